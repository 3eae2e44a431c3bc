// The daemons of libmicrohttpd that serve with one certificate, one for each listening socket.
// Another certificate means another generation on the same sockets: libmicrohttpd cannot change one
// that runs.
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
  // Takes no more requests and waits for those under way: without an end for those that a thread of
  // ours works on, not long for clients that take their time. Then closes every connection.
  ~HttpDaemons();

  // Takes no more connections, and waits a little for those that are open to end: what a client has
  // begun is still answered.
  void drain();

  HttpServer& server() { return server_; }
  Connections& connections() { return connections_; }
  const HttpTls* tls() const { return tls_.get(); }

  // False when no more requests are taken; else one is under way until leave().
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
  std::vector<int> quiet_sockets_;  // of the daemons that listen no more
  std::mutex mutex_;
  std::condition_variable idle_;
  unsigned open_ = 0;       // connections; under mutex_
  unsigned under_way_ = 0;  // requests; under mutex_
  unsigned suspended_ = 0;  // under mutex_
  bool retiring_ = false;   // under mutex_
};

}  // namespace cal
