// The HTTP server: routes, an event thread per listening socket, and a few workers for what takes
// time. Routes are set before start(); afterwards handlers run on several threads at once.
// GET routes answer HEAD too. Unknown path 404, other method 405, over-long body 413; a handler's
// exception is 500. Bodies of requests are read and ignored.
#pragma once

#include "agent/http_message.h"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct MHD_Connection;
struct MHD_Daemon;

namespace cal {

class WorkerPool;

class HttpServer {
 public:
  using Handler = std::function<Reply(const Request&)>;

  // Where a handler runs: `immediate` on the event thread, where it must not block; `deferred` on a
  // worker, while its connection waits. When too many wait the reply is 503.
  enum class Run { immediate, deferred };

  struct Settings {
    // "localhost:10105", ":10105" (every address of both families), "[::1]:0" (any free port)
    std::vector<std::string> listen_addresses;
    unsigned connection_limit = 4096;  // in all; lowered to what the file limit allows
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
  void start();
  // Waits for the handlers that run, then closes every connection. May be called again.
  void stop();

  // What it listens on, with the ports chosen: "http://127.0.0.1:10105", "http://[::1]:10105".
  std::vector<std::string> addresses() const { return addresses_; }

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
  struct StopDaemon {
    void operator()(MHD_Daemon* daemon) const;
  };

  Route& route(std::string path, Match match);
  const Route* find(std::string_view path) const;
  Given answer(MHD_Connection* connection, Exchange& exchange, const Request& request);
  Given defer(MHD_Connection* connection, Exchange& exchange, const Request& request,
              const Action& action);
  Reply reply_of(const Action& action, const Request& request) const;

  Settings settings_;
  std::vector<Route> routes_;
  std::vector<std::string> addresses_;
  std::atomic<bool> stopping_ = false;
  std::unique_ptr<WorkerPool> workers_;
  std::vector<std::unique_ptr<MHD_Daemon, StopDaemon>> daemons_;
};

}  // namespace cal
