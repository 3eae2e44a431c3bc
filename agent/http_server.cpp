#include "agent/http_server.h"

#include "agent/http_listen.h"
#include "agent/worker_pool.h"

#include <fmt/format.h>
#include <microhttpd.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <utility>

namespace cal {

namespace {

constexpr std::size_t body_limit = std::size_t{64} * 1024;
// Holds a request's head and the reply's; a longer head is refused by libmicrohttpd (414, 431).
constexpr std::size_t connection_memory = std::size_t{16} * 1024;
constexpr unsigned daemon_flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_SUSPEND_RESUME;

Reply plain_reply(int status, std::string text) {
  return Response{.status = status, .body = std::move(text) + '\n'};
}

Reply busy_reply() {
  return Response{.status = MHD_HTTP_SERVICE_UNAVAILABLE,
                  .body = "busy, try again\n",
                  .headers = {{"Retry-After", "1"}}};
}

Reply wrong_method_reply(bool has_get, bool has_post) {
  const auto* allowed = has_get && has_post ? "GET, HEAD, POST" : has_get ? "GET, HEAD" : "POST";
  return Response{.status = MHD_HTTP_METHOD_NOT_ALLOWED,
                  .body = "method not allowed\n",
                  .headers = {{"Allow", allowed}}};
}

std::string_view request_header(MHD_Connection* connection, const char* name) {
  const char* value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  return value == nullptr ? std::string_view{} : value;
}

bool announces_too_long_a_body(MHD_Connection* connection) {
  const auto text = request_header(connection, MHD_HTTP_HEADER_CONTENT_LENGTH);
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  return error == std::errc::result_out_of_range || length > body_limit;
}

// How many connections the process may hold, after it took all the descriptors it may have; some
// are left to everything else.
unsigned connections_possible(unsigned wanted) {
  constexpr rlim_t reserve = 128;
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return wanted;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const auto usable = files.rlim_cur > 2 * reserve ? files.rlim_cur - reserve : files.rlim_cur / 2;
  return static_cast<unsigned>(std::min<rlim_t>(wanted, usable));
}

}  // namespace

struct HttpServer::Exchange {
  std::size_t body_bytes = 0;
  std::optional<Reply> reply = {};
};

struct HttpServer::Callbacks {
  static MHD_Result queue(MHD_Connection* connection, const Reply& reply) {
    return MHD_queue_response(connection, static_cast<unsigned>(reply.status()), reply.get());
  }

  // Called with the head, then with each part of the body, then for the reply, and again after a
  // suspended connection is resumed. A reply to the first call would cost the connection.
  static MHD_Result on_request(void* server, MHD_Connection* connection, const char* path,
                               const char* method, const char*, const char*, std::size_t* body_size,
                               void** state) noexcept {
    if (*state == nullptr) {
      *state = std::make_unique<Exchange>().release();
      if (!announces_too_long_a_body(connection)) return MHD_YES;
      return queue(connection, plain_reply(MHD_HTTP_CONTENT_TOO_LARGE, "body too long"));
    }
    auto& exchange = *static_cast<Exchange*>(*state);
    if (*body_size > 0) {
      exchange.body_bytes += std::exchange(*body_size, 0);
      return exchange.body_bytes <= body_limit ? MHD_YES : MHD_NO;
    }
    if (!exchange.reply) {
      const Request request{.method = method,
                            .path = path,
                            .accepts_gzip = accepts_gzip(
                                request_header(connection, MHD_HTTP_HEADER_ACCEPT_ENCODING))};
      const auto given = static_cast<HttpServer*>(server)->answer(connection, exchange, request);
      if (given == Given::later) return MHD_YES;
    }
    return queue(connection, *exchange.reply);
  }

  static void on_completed(void*, MHD_Connection*, void** state, MHD_RequestTerminationCode) {
    const std::unique_ptr<Exchange> ended(static_cast<Exchange*>(std::exchange(*state, nullptr)));
  }
};

void HttpServer::StopDaemon::operator()(MHD_Daemon* daemon) const { MHD_stop_daemon(daemon); }

HttpServer::HttpServer(Settings settings) : settings_(std::move(settings)) {}

HttpServer::~HttpServer() { stop(); }

HttpServer::Route& HttpServer::route(std::string path, Match match) {
  const auto known = std::find_if(routes_.begin(), routes_.end(), [&](const Route& each) {
    return each.match == match && each.path == path;
  });
  if (known != routes_.end()) return *known;
  return routes_.emplace_back(Route{.path = std::move(path), .match = match});
}

void HttpServer::get(std::string path, Run run, Handler handler) {
  route(std::move(path), Match::exact).get = {run, std::move(handler)};
}

void HttpServer::post(std::string path, Run run, Handler handler) {
  route(std::move(path), Match::exact).post = {run, std::move(handler)};
}

void HttpServer::get_below(std::string prefix, Run run, Handler handler) {
  route(std::move(prefix), Match::prefix).get = {run, std::move(handler)};
}

const HttpServer::Route* HttpServer::find(std::string_view path) const {
  const Route* longest = nullptr;
  for (const auto& each : routes_) {
    if (each.match == Match::exact && path == each.path) return &each;
    if (each.match == Match::prefix && path.starts_with(each.path) &&
        (longest == nullptr || each.path.size() > longest->path.size())) {
      longest = &each;
    }
  }
  return longest;
}

HttpServer::Given HttpServer::answer(MHD_Connection* connection, Exchange& exchange,
                                     const Request& request) {
  const auto* found = find(request.path);
  if (found == nullptr) {
    exchange.reply = plain_reply(MHD_HTTP_NOT_FOUND, "not found");
    return Given::now;
  }
  const bool is_get = request.method == "GET" || request.method == "HEAD";
  const bool is_post = request.method == "POST";
  const auto& action = is_post ? found->post : found->get;
  if ((!is_get && !is_post) || !action.handler) {
    exchange.reply =
        wrong_method_reply(found->get.handler != nullptr, found->post.handler != nullptr);
    return Given::now;
  }
  if (action.run == Run::deferred) return defer(connection, exchange, request, action);
  exchange.reply = reply_of(action, request);
  return Given::now;
}

// The worker has the exchange from the moment the job is submitted until it resumes the connection.
HttpServer::Given HttpServer::defer(MHD_Connection* connection, Exchange& exchange,
                                    const Request& request, const Action& action) {
  MHD_suspend_connection(connection);
  const bool accepted = workers_->submit([this, connection, &exchange, request, &action] {
    exchange.reply = stopping_ ? busy_reply() : reply_of(action, request);
    MHD_resume_connection(connection);
  });
  if (!accepted) {
    exchange.reply = busy_reply();
    MHD_resume_connection(connection);
  }
  return Given::later;
}

Reply HttpServer::reply_of(const Action& action, const Request& request) const {
  const auto failed = [&](std::string_view what) {
    settings_.on_error(fmt::format("handle {} {}: {}", request.method, request.path, what));
    return plain_reply(MHD_HTTP_INTERNAL_SERVER_ERROR, "internal error");
  };
  try {
    return action.handler(request);
  } catch (const std::exception& error) {
    return failed(error.what());
  } catch (...) {
    return failed("unknown exception");
  }
}

void HttpServer::start() {
  std::vector<Listener> listeners;
  for (const auto& address : settings_.listen_addresses) {
    for (auto& each : listen_on(address)) listeners.push_back(std::move(each));
  }
  workers_ =
      std::make_unique<WorkerPool>("http-worker", settings_.workers, settings_.waiting_limit);
  const auto limit = connections_possible(settings_.connection_limit) /
                     static_cast<unsigned>(std::max<std::size_t>(listeners.size(), 1));
  for (auto& each : listeners) {
    addresses_.push_back("http://" + each.address());
    daemons_.emplace_back(MHD_start_daemon(
        daemon_flags, 0, nullptr, nullptr, &Callbacks::on_request, this, MHD_OPTION_LISTEN_SOCKET,
        each.release(), MHD_OPTION_NOTIFY_COMPLETED, &Callbacks::on_completed, nullptr,
        MHD_OPTION_CONNECTION_LIMIT, std::max(limit, 1U), MHD_OPTION_CONNECTION_TIMEOUT,
        settings_.idle_timeout_seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT, connection_memory,
        MHD_OPTION_END));
    if (!daemons_.back()) {
      throw std::runtime_error(
          fmt::format("serve on {}: {}", each.address(), std::strerror(errno)));
    }
  }
}

void HttpServer::stop() {
  stopping_ = true;
  // First the workers, since libmicrohttpd aborts when it is stopped with a suspended connection.
  if (workers_) workers_->stop();
  daemons_.clear();
}

}  // namespace cal
