// The HTTP server: routes, an event thread per listening socket, and a few workers for what takes
// time. Routes are set before start(); afterwards handlers run on several threads at once.
// GET routes answer HEAD too. Unknown path 404, other method 405, over-long body 413 (or the end of
// the connection, where its length was not said before); a handler's exception is 500. Bodies of
// requests are read and ignored. With TLS a client certificate that is asked for and missing or
// wrong is 403, with users a request without the right password is 401.
#pragma once

#include "agent/http/basic_auth.h"
#include "agent/http/message.h"
#include "agent/http/tls.h"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct MHD_Connection;

namespace cal {

class HttpDaemons;
class Listener;
class WorkerPool;

// Who may ask, and over what.
struct HttpAccess {
  std::shared_ptr<const HttpTls> tls;  // null: plain HTTP
  std::shared_ptr<BasicAuth> auth;     // null: everybody
  Headers headers;                     // of every reply that is made from now on
};

class HttpServer {
 public:
  using Handler = std::function<Reply(const Request&)>;

  // Where a handler runs: `immediate` on the event thread, where it must not block; `deferred` on a
  // worker, while its connection waits. When too many wait the reply is 503.
  enum class Run { immediate, deferred };

  struct Settings {
    // "localhost:10105", ":10105" (every address of both families), "[::1]:0" (any free port)
    std::vector<std::string> listen_addresses;
    // In all; lowered to what the file limit allows. One client may have three quarters of them, so
    // that none keeps the others out.
    unsigned connection_limit = 4096;
    unsigned idle_timeout_seconds = 30;
    unsigned workers = 2;
    std::size_t waiting_limit = 64;  // deferred requests that wait for a worker
    // Told about every exception of a handler; from any thread.
    std::function<void(std::string_view message)> on_error = [](std::string_view) {};
  };

  explicit HttpServer(Settings settings);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();  // stops

  void get(std::string path, Run run, Handler handler);
  void post(std::string path, Run run, Handler handler);
  // Every path that begins with `prefix` ("/runbooks/") and has no route of its own. The longest
  // prefix wins.
  void get_below(std::string prefix, Run run, Handler handler);

  // Listens and serves; its threads inherit the caller's signal mask. Raises the process's soft
  // limit of open files to the hard one. Throws std::runtime_error with a message for people when
  // an address cannot be had.
  void start(HttpAccess access = {});

  // Other access from now on. New users and headers count at once; with another certificate the
  // connections that are open end within two seconds, after the replies to what they asked.
  void replace(HttpAccess access);

  // Waits for the handlers that run, and two seconds for clients that have not sent their request
  // or taken their reply; then closes every connection. May be called again.
  void stop();

  // What it listens on, with the ports chosen: "http://127.0.0.1:10105", "https://[::1]:10105".
  std::vector<std::string> addresses() const;

 private:
  struct Action {
    Run run = Run::immediate;
    Handler handler = {};
  };
  enum class Match { exact, prefix };
  struct Route {
    std::string path;
    Match match;
    Action get = {};
    Action post = {};
  };
  enum class Given { now, later };
  struct Exchange;   // one request under way
  struct Callbacks;  // what libmicrohttpd calls

  Route& route(std::string path, Match match);
  const Route* find(std::string_view path) const;
  const Action& action_of(const Request& request) const;
  Given answer(MHD_Connection* connection, Exchange& exchange, const Request& request,
               const HttpTls* tls);
  Given authenticate(MHD_Connection* connection, Exchange& exchange, const Request& request,
                     const Action& action);
  Given act(MHD_Connection* connection, Exchange& exchange, const Request& request,
            const Action& action);
  void act_later(MHD_Connection* connection, Exchange& exchange, const Request& request,
                 const Action& action);
  Reply reply_of(const Action& action, const Request& request) const;
  std::unique_ptr<HttpDaemons> new_daemons(std::shared_ptr<const HttpTls> tls);
  std::shared_ptr<const HttpAccess> access() const;

  Settings settings_;
  const Action not_found_;
  const Action wrong_method_;
  std::vector<Route> routes_;
  std::atomic<bool> stopping_ = false;
  std::unique_ptr<WorkerPool> workers_;
  std::unique_ptr<WorkerPool> authenticators_;  // one thread: bcrypt may not take every processor
  std::vector<Listener> listeners_;
  std::unique_ptr<HttpDaemons> daemons_;
  mutable std::mutex access_mutex_;
  std::shared_ptr<const HttpAccess> access_;  // under access_mutex_
};

}  // namespace cal
