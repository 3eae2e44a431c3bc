// The daemons of libmicrohttpd that serve with one certificate, one for each listening socket. A
// new certificate needs new daemons on the same sockets, because libmicrohttpd cannot change a
// running one.
#pragma once

#include "agent/http/connections.h"
#include "agent/http/listen.h"
#include "agent/http/tls.h"

#include <microhttpd.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

namespace cal {

class HttpServer;

class HttpDaemons {
 public:
  struct Limits {
    unsigned connections;  // of each daemon; above what `Connections` admits
    unsigned idle_seconds;
  };

  // Serves at once; the callbacks get this object as their closure. Throws std::runtime_error.
  HttpDaemons(HttpServer& server, Connections& connections, const std::vector<Listener>& listeners,
              std::shared_ptr<const HttpTls> tls, Limits limits,
              MHD_AccessHandlerCallback on_request, MHD_RequestCompletedCallback on_completed);
  HttpDaemons(const HttpDaemons&) = delete;
  HttpDaemons& operator=(const HttpDaemons&) = delete;
  // Takes no more requests and waits for those under way: as long as it takes for those on our
  // threads, and a short time for slow clients. Then closes every connection.
  ~HttpDaemons();

  // Takes no more connections and waits a short time for the open ones to end, so that clients get
  // the replies to requests they have begun.
  void drain();

  HttpServer& server() { return server_; }
  Connections& connections() { return connections_; }
  const HttpTls* tls() const { return tls_.get(); }

  // False when no more requests are taken; otherwise one is under way until leave().
  bool enter();
  void leave();

  // A suspended connection is answered by another thread, which resumes it.
  void suspend(MHD_Connection* connection);
  void resume(MHD_Connection* connection);

 private:
  void start(const Listener& listener, Limits limits, MHD_AccessHandlerCallback on_request,
             MHD_RequestCompletedCallback on_completed);
  void quiesce();
  void stop();
  static MHD_Result on_accept(void* closure, const sockaddr* address, socklen_t) noexcept;
  static void on_connection(void* closure, MHD_Connection* connection, void** context,
                            MHD_ConnectionNotificationCode change) noexcept;
  Connections::Open* opened(MHD_Connection* connection) noexcept;
  void count(MHD_ConnectionNotificationCode change);

  HttpServer& server_;
  Connections& connections_;
  std::shared_ptr<const HttpTls> tls_;
  std::vector<MHD_Daemon*> daemons_;
  std::vector<int> quiet_sockets_;  // of daemons that no longer listen
  std::mutex mutex_;
  std::condition_variable idle_;
  unsigned open_ = 0;       // connections; under mutex_
  unsigned under_way_ = 0;  // requests; under mutex_
  unsigned suspended_ = 0;  // under mutex_
  bool retiring_ = false;   // under mutex_
};

}  // namespace cal
