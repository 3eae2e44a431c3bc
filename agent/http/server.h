// The HTTP server: an event thread per listening socket, and a few workers for what takes time.
// Handlers run on several threads at once. A body that is too long gives 413 (or the connection is
// closed, if the client did not announce the length), a request whose handler or thread fails 500,
// and 503 when too many wait. Bodies of requests are read and ignored.
// With TLS, a required client certificate that is missing or wrong is 403; with users, a request
// without the right password is 401. A Host that is not ours is 421, such an Origin of a POST 403,
// and a request that two readers may understand differently 400.
#pragma once

#include "agent/http/allowed_hosts.h"
#include "agent/http/basic_auth.h"
#include "agent/http/connections.h"
#include "agent/http/message.h"
#include "agent/http/rate_limit.h"
#include "agent/http/router.h"
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
class Sweeper;
class WorkerPool;

// Which clients are answered, and over what.
struct HttpAccess {
  std::shared_ptr<const HttpTls> tls = {};     // null: plain HTTP
  std::shared_ptr<BasicAuth> auth = {};        // null: everyone
  Headers headers = {};                        // of every reply from now on
  std::shared_ptr<RateLimit> limit = nullptr;  // null: any number of requests
};

class HttpServer {
 public:
  struct Settings {
    // "localhost:10105", ":10105" (every address of both families), "[::1]:0" (any free port)
    std::vector<std::string> listen_addresses;
    // In total; lowered to what the limit of open files allows. One client may have three quarters
    // of them, and an eighth is for clients that were served lately; see Connections.
    unsigned connection_limit = 4096;
    std::chrono::milliseconds request_deadline{10'000};  // for a complete request, with handshake
    unsigned idle_timeout_seconds = 30;
    unsigned workers = 2;
    std::size_t waiting_limit = 64;  // deferred requests that wait for a worker
    Router::Prefix prefix = {};
    // A request with another Host gets 421, and a POST with another Origin 403. Empty: any will do.
    std::optional<AllowedHosts> hosts = {};
    // Paths that are served under every Host.
    std::vector<std::string> paths_for_any_host = {};
    // A request from loopback may be anybody's, even if nothing in it shows that.
    bool behind_proxy = false;
    // Receives the message of every exception; on any thread.
    std::function<void(std::string_view message)> on_error = [](std::string_view) {};
  };

  // Raises the process's soft limit of open files to the hard limit.
  explicit HttpServer(Settings settings);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();  // stops

  // Its routes are set before start().
  Router& router() { return router_; }

  // Listens and serves; its threads inherit the caller's signal mask. Throws std::runtime_error
  // with a message for people when it cannot listen on an address.
  void start(HttpAccess access = {});

  // Changes the access. New users and headers apply at once. With another certificate, open
  // connections get the replies to their requests and are closed within two seconds.
  void replace(HttpAccess access);

  // Waits for running handlers, and up to two seconds for clients that are still sending a request
  // or receiving a reply; then closes every connection. May be called again.
  void stop();

  // What it listens on, with the actual ports: "http://127.0.0.1:10105", "https://[::1]:10105".
  std::vector<std::string> addresses() const;

  // Connections that ended before their TLS handshake did, since the start.
  std::uint64_t failed_handshakes() const { return connections_.failed_handshakes(); }

 private:
  enum class Given { now, later };
  struct Exchange;   // one request under way
  struct Callbacks;  // what libmicrohttpd calls

  Given answer(MHD_Connection* connection, Exchange& exchange, const Request& request,
               const HttpTls* tls);
  Audience audience_of(MHD_Connection* connection, std::string_view host, std::string_view version,
                       const HttpTls* tls) const;
  std::optional<Reply> refusal_of_host(MHD_Connection* connection, const Request& request,
                                       bool tls) const;
  Given authenticate(MHD_Connection* connection, Exchange& exchange, const Request& request,
                     const Router::Action& action);
  Given act(MHD_Connection* connection, Exchange& exchange, const Request& request,
            const Router::Action& action);
  std::function<void()> work_for(MHD_Connection* connection, Exchange& exchange,
                                 const Request& request, const Router::Action& action) const;
  void hand_over(WorkerPool& pool, MHD_Connection* connection, Exchange& exchange,
                 std::function<void()> work) const noexcept;
  Reply reply_of(const Router::Action& action, const Request& request) const;
  void report(std::string_view step) const noexcept;
  std::unique_ptr<HttpDaemons> new_daemons(std::shared_ptr<const HttpTls> tls);
  std::shared_ptr<const HttpAccess> access() const;

  const Settings settings_;
  const unsigned connection_limit_;
  Connections connections_;
  std::unique_ptr<Sweeper> sweeper_;
  const Reply internal_error_;  // made in time, since it is needed when memory runs out
  const Reply busy_;
  Router router_;
  std::atomic<bool> stopping_ = false;
  std::unique_ptr<WorkerPool> workers_;
  std::unique_ptr<WorkerPool> authenticators_;  // one thread: bcrypt must not take every processor
  std::vector<Listener> listeners_;
  std::unique_ptr<HttpDaemons> daemons_;
  mutable std::mutex access_mutex_;
  std::shared_ptr<const HttpAccess> access_;  // under access_mutex_
};

}  // namespace cal
