#include "agent/http/server.h"

#include "agent/base/host_port.h"
#include "agent/base/text.h"
#include "agent/http/audience.h"
#include "agent/http/connection_info.h"
#include "agent/http/daemons.h"
#include "agent/http/listen.h"
#include "agent/http/request_head.h"
#include "agent/http/sweeper.h"
#include "agent/http/worker_pool.h"

#include <fmt/format.h>
#include <microhttpd.h>
#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <exception>
#include <new>
#include <optional>
#include <utility>

namespace cal {

namespace {

constexpr std::size_t body_limit = std::size_t{64} * 1024;
constexpr std::size_t waiting_for_authentication = 64;

Reply plain_reply(int status, std::string text) {
  return Response{.status = status, .body = std::move(text) + '\n'};
}

// The client cannot know where its next request would begin.
Reply bad_request_reply(const std::string& fault) {
  return Response{.status = MHD_HTTP_BAD_REQUEST,
                  .body = fmt::format("bad request: {}\n", fault),
                  .headers = {{"Connection", "close"}}};
}

Reply busy_reply() {
  return Response{.status = MHD_HTTP_SERVICE_UNAVAILABLE,
                  .body = "busy, try again\n",
                  // A client that asks for too much has to connect again for each reply.
                  .headers = {{"Retry-After", "1"}, {"Connection", "close"}}};
}

Reply limited_reply(const RateLimit::Settings& limit) {
  const auto wait = std::chrono::ceil<std::chrono::seconds>(limit.interval);
  return Response{.status = MHD_HTTP_TOO_MANY_REQUESTS,
                  .body = "too many requests\n",
                  .headers = {{"Retry-After", std::to_string(wait.count())}}};
}

Reply unauthorized_reply() {
  return Response{
      .status = MHD_HTTP_UNAUTHORIZED,
      .body = "a user name and a password are required\n",
      .headers = {{"WWW-Authenticate", "Basic realm=\"cal_exporter\", charset=\"UTF-8\""}}};
}

std::string_view request_header(MHD_Connection* connection, const char* name) {
  const char* value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  return value == nullptr ? std::string_view{} : value;
}

std::string_view argument(MHD_Connection* connection, const char* name) {
  const char* value = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, name);
  return value == nullptr ? std::string_view{} : value;
}

// Null when there was no memory for it.
Connections::Open* open_connection(MHD_Connection* connection) {
  return static_cast<Connections::Open*>(socket_context(connection));
}

// libmicrohttpd accepts no more connections at its own limit. So it is above that of Connections.
constexpr unsigned above_our_limit = 16;

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
  HttpDaemons& daemons;
  std::size_t body_bytes = 0;
  std::optional<Reply> reply = {};
};

struct HttpServer::Callbacks {
  static MHD_Result queue(MHD_Connection* connection, const HttpServer& server,
                          const Reply& reply) {
    try {
      return MHD_queue_response(connection, static_cast<unsigned>(reply.status()),
                                reply.get(server.access()->headers).get());
    } catch (...) {
      server.report("reply");
      return MHD_NO;
    }
  }

  static MHD_Result on_request(void* closure, MHD_Connection* connection, const char* path,
                               const char* method, const char* version, const char*,
                               std::size_t* body_size, void** state) noexcept {
    auto& daemons = *static_cast<HttpDaemons*>(closure);
    try {
      return proceed(daemons, connection, path, method, version, *body_size, state);
    } catch (...) {
      daemons.server().report("request");
      return MHD_NO;  // closes the connection
    }
  }

  // Called with the head, then with each part of the body, then for the reply, and again after a
  // suspended connection is resumed. A reply to the first call would cost the connection.
  static MHD_Result proceed(HttpDaemons& daemons, MHD_Connection* connection, const char* path,
                            const char* method, const char* version, std::size_t& body_size,
                            void** state) {
    auto& server = daemons.server();
    if (*state == nullptr) {
      if (!daemons.enter()) return MHD_NO;  // closes the connection; the client asks again
      *state = new (std::nothrow) Exchange{daemons};  // on_completed takes it back
      if (*state == nullptr) {
        daemons.leave();
        return MHD_NO;
      }
      if (const auto fault = head_fault(connection); !fault.empty()) {
        return queue(connection, server, bad_request_reply(fault));
      }
      if (!announces_too_long_a_body(connection)) return MHD_YES;
      return queue(connection, server, plain_reply(MHD_HTTP_CONTENT_TOO_LARGE, "body too long"));
    }
    auto& exchange = *static_cast<Exchange*>(*state);
    if (body_size > 0) {
      exchange.body_bytes += std::exchange(body_size, 0);
      return exchange.body_bytes <= body_limit ? MHD_YES : MHD_NO;
    }
    if (!exchange.reply) {
      if (auto* open = open_connection(connection)) daemons.connections().request_complete(*open);
      const auto target = parse_target(path, request_header(connection, MHD_HTTP_HEADER_HOST));
      if (!target) {
        return queue(connection, server,
                     bad_request_reply("the target is neither a path nor a URL of http or https"));
      }
      const Request request{
          .method = method,
          .path = server.router_.path_below_prefix(target->path),
          .accepts_gzip = accepts_gzip(request_header(connection, MHD_HTTP_HEADER_ACCEPT_ENCODING)),
          .search = argument(connection, "search"),
          .network = argument(connection, "network"),
          .cause = argument(connection, "cause"),
          .host = target->host,
          .audience = server.audience_of(connection, target->host, version, daemons.tls())};
      const auto given = server.answer(connection, exchange, request, daemons.tls());
      if (given == Given::later) return MHD_YES;
    }
    return queue(connection, server, *exchange.reply);
  }

  static void on_completed(void*, MHD_Connection* connection, void** state,
                           MHD_RequestTerminationCode end) noexcept {
    const std::unique_ptr<Exchange> ended(static_cast<Exchange*>(std::exchange(*state, nullptr)));
    if (!ended) return;
    if (auto* open = open_connection(connection)) {
      const bool is_served = end == MHD_REQUEST_TERMINATED_COMPLETED_OK && ended->reply &&
                             ended->reply->status() < MHD_HTTP_BAD_REQUEST;
      ended->daemons.connections().replied(*open, is_served, std::chrono::steady_clock::now());
    }
    ended->daemons.leave();
  }
};

HttpServer::HttpServer(Settings settings)
    : settings_(std::move(settings)),
      connection_limit_(connections_possible(settings_.connection_limit)),
      connections_({.total = connection_limit_,
                    .request = settings_.request_deadline,
                    .next_request = settings_.request_deadline +
                                    std::chrono::seconds(settings_.idle_timeout_seconds)}),
      internal_error_(plain_reply(MHD_HTTP_INTERNAL_SERVER_ERROR, "internal error")),
      busy_(busy_reply()),
      router_(settings_.prefix),
      access_(std::make_shared<const HttpAccess>()) {}

HttpServer::~HttpServer() { stop(); }

HttpServer::Given HttpServer::answer(MHD_Connection* connection, Exchange& exchange,
                                     const Request& request, const HttpTls* tls) {
  if (tls != nullptr) {
    if (const auto fault = client_certificate_fault(connection, *tls); !fault.empty()) {
      exchange.reply = plain_reply(MHD_HTTP_FORBIDDEN, fault);
      return Given::now;
    }
  }
  if (const auto limit = access()->limit;
      limit && !limit->allow(std::chrono::steady_clock::now())) {
    exchange.reply = limited_reply(limit->settings());
    return Given::now;
  }
  if (auto refusal = refusal_of_host(connection, request, tls != nullptr)) {
    exchange.reply = std::move(refusal);
    return Given::now;
  }
  return authenticate(connection, exchange, request, router_.action_of(request));
}

// Before the password, if one is needed.
Audience HttpServer::audience_of(MHD_Connection* connection, std::string_view host,
                                 std::string_view version, const HttpTls* tls) const {
  const bool local = !settings_.behind_proxy && is_local(connection, host, version);
  const bool proved = tls != nullptr && has_proved_certificate(connection, *tls);
  return local || proved ? Audience::trusted : Audience::anyone;
}

// A browser lets a page read what comes from the page's own origin, and sends forms to any. So the
// name in Host must be ours, and a POST must not come from another site's page.
std::optional<Reply> HttpServer::refusal_of_host(MHD_Connection* connection, const Request& request,
                                                 bool tls) const {
  if (!settings_.hosts) return std::nullopt;
  const auto host = request.host;
  const bool any_host = std::ranges::find(settings_.paths_for_any_host, request.path) !=
                        settings_.paths_for_any_host.end();
  if (!any_host && !settings_.hosts->allows_host(host)) {
    return plain_reply(MHD_HTTP_MISDIRECTED_REQUEST,
                       fmt::format("'{}' is not a name of this server; if it is one, start "
                                   "cal_exporter with --web.allowed-hosts and that name",
                                   printable(host.substr(0, max_host_length))));
  }
  const auto origin = request_header(connection, MHD_HTTP_HEADER_ORIGIN);
  if (request.method == "POST" && !origin.empty() &&
      !settings_.hosts->allows_origin(origin, host, tls)) {
    return plain_reply(MHD_HTTP_FORBIDDEN,
                       fmt::format("'{}' is not the origin of this server's pages; see "
                                   "--web.external-url",
                                   printable(origin.substr(0, max_host_length))));
  }
  return std::nullopt;
}

HttpServer::Given HttpServer::authenticate(MHD_Connection* connection, Exchange& exchange,
                                           const Request& request, const Router::Action& action) {
  const auto auth = access()->auth;
  if (!auth) return act(connection, exchange, request, action);
  const auto given = parse_basic(request_header(connection, MHD_HTTP_HEADER_AUTHORIZATION));
  const auto known = given ? auth->remembered(*given) : false;
  auto of_user = request;  // used only once the password is found right
  if (tls_session(connection) != nullptr) of_user.audience = Audience::trusted;
  if (known) {
    if (*known) return act(connection, exchange, of_user, action);
    exchange.reply = unauthorized_reply();
    return Given::now;
  }
  auto check = [=, this, &exchange, &action] {
    if (stopping_ || !auth->check(*given)) {
      exchange.reply = stopping_ ? busy_ : unauthorized_reply();
      return exchange.daemons.resume(connection);
    }
    hand_over(*workers_, connection, exchange, work_for(connection, exchange, of_user, action));
  };
  WorkerPool::Job job = std::move(check);
  exchange.daemons.suspend(connection);
  hand_over(*authenticators_, connection, exchange, std::move(job));
  return Given::later;
}

HttpServer::Given HttpServer::act(MHD_Connection* connection, Exchange& exchange,
                                  const Request& request, const Router::Action& action) {
  if (action.run == Router::Run::immediate) {
    exchange.reply = reply_of(action, request);
    return Given::now;
  }
  auto work = work_for(connection, exchange, request, action);
  exchange.daemons.suspend(connection);
  hand_over(*workers_, connection, exchange, std::move(work));
  return Given::later;
}

std::function<void()> HttpServer::work_for(MHD_Connection* connection, Exchange& exchange,
                                           const Request& request,
                                           const Router::Action& action) const {
  return [this, connection, &exchange, request, &action] {
    exchange.reply = stopping_ ? busy_ : reply_of(action, request);
    exchange.daemons.resume(connection);
  };
}

// Passes a suspended connection and its exchange to a thread of `pool`. `work` sets the reply and
// resumes the connection as its last step. When it throws the reply is 500; when too many wait,
// 503.
void HttpServer::hand_over(WorkerPool& pool, MHD_Connection* connection, Exchange& exchange,
                           std::function<void()> work) const noexcept {
  const auto fail = [this, connection, &exchange] {
    report("request");
    exchange.reply = internal_error_;
    exchange.daemons.resume(connection);
  };
  try {
    const bool accepted = pool.submit(
        [fail, work = std::move(work)] {
          try {
            work();
          } catch (...) {
            fail();
          }
        },
        client_of(client_address(connection)));
    if (accepted) return;
    exchange.reply = busy_;
    exchange.daemons.resume(connection);
  } catch (...) {
    fail();
  }
}

Reply HttpServer::reply_of(const Router::Action& action, const Request& request) const {
  try {
    return action.handler(request);
  } catch (...) {
    report(fmt::format("handle {} {}", request.method, request.path));
    return internal_error_;
  }
}

// Reports the exception that is being handled. When even this fails, the client still gets 500.
void HttpServer::report(std::string_view step) const noexcept {
  try {
    try {
      std::rethrow_exception(std::current_exception());
    } catch (const std::exception& error) {
      settings_.on_error(fmt::format("{}: {}", step, error.what()));
    } catch (...) {
      settings_.on_error(fmt::format("{}: unknown exception", step));
    }
  } catch (...) {
    return;
  }
}

void HttpServer::start(HttpAccess access) {
  for (const auto& address : settings_.listen_addresses) {
    for (auto& each : listen_on(address)) listeners_.push_back(std::move(each));
  }
  workers_ =
      std::make_unique<WorkerPool>("http-worker", settings_.workers, settings_.waiting_limit);
  authenticators_ = std::make_unique<WorkerPool>("http-auth", 1, waiting_for_authentication);
  access_ = std::make_shared<const HttpAccess>(std::move(access));
  sweeper_ = std::make_unique<Sweeper>(connections_);
  daemons_ = new_daemons(access_->tls);
}

void HttpServer::replace(HttpAccess access) {
  const auto fresh = std::make_shared<const HttpAccess>(std::move(access));
  // First what can fail. While both serve, a connection has one certificate or the other.
  std::unique_ptr<HttpDaemons> daemons;
  if (fresh->tls != this->access()->tls) daemons = new_daemons(fresh->tls);
  {
    const std::lock_guard lock(access_mutex_);
    access_ = fresh;
  }
  if (!daemons) return;
  daemons_->drain();
  daemons_ = std::move(daemons);
}

std::unique_ptr<HttpDaemons> HttpServer::new_daemons(std::shared_ptr<const HttpTls> tls) {
  return std::make_unique<HttpDaemons>(
      *this, connections_, listeners_, std::move(tls),
      HttpDaemons::Limits{connection_limit_ + above_our_limit, settings_.idle_timeout_seconds},
      &Callbacks::on_request, &Callbacks::on_completed);
}

std::shared_ptr<const HttpAccess> HttpServer::access() const {
  const std::lock_guard lock(access_mutex_);
  return access_;
}

std::vector<std::string> HttpServer::addresses() const {
  std::vector<std::string> urls;
  for (const auto& listener : listeners_) {
    urls.push_back((access()->tls ? "https://" : "http://") + listener.address());
  }
  return urls;
}

void HttpServer::stop() {
  stopping_ = true;
  // First the threads that answer suspended connections; an authenticator hands over to a worker.
  if (authenticators_) authenticators_->stop();
  if (workers_) workers_->stop();
  daemons_.reset();
  sweeper_.reset();
  listeners_.clear();
}

}  // namespace cal
