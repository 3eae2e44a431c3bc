#include "probes/ldap/directory.h"

#include "agent/base/log.h"
#include "probes/ldap/bind.h"
#include "probes/ldap/bind_account.h"
#include "probes/ldap/connection.h"
#include "probes/ldap/domain_proof.h"
#include "probes/ldap/server.h"
#include "probes/ldap/session_impl.h"
#include "probes/net/resolver.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>

namespace cal::ldap {

struct Directory::State {
  State(Settings given, std::shared_ptr<BindGuard> shared_guard, std::string of_network)
      : settings(std::move(given)),
        accounts(bind_accounts(settings)),
        network(std::move(of_network)),
        resolver(settings.name_servers),
        guard(std::move(shared_guard)) {
    guard->add_network(network);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { guard->remove_network(network); }

  const Settings settings;
  const std::vector<BindAccount> accounts;
  const std::string network;
  const net::Resolver resolver;
  const std::shared_ptr<BindGuard> guard;
  std::mutex mutex;
  std::string next;                        // guarded by the mutex: the server to try first
  std::optional<Milliseconds> interval{};  // guarded by the mutex
};

namespace {

// How far an attempt got: the fault that got furthest says most about what is wrong.
int progress_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::resolve_failed:
      return 0;
    case FaultKind::connect_failed:
    case FaultKind::timeout:
      return 1;
    case FaultKind::tls_failed:
    case FaultKind::tls_untrusted:
    case FaultKind::tls_expired:
    case FaultKind::tls_name_mismatch:
    case FaultKind::tls_domain_mismatch:
      return 2;
    case FaultKind::server_error:
      return 3;
    case FaultKind::bind_refused:
    case FaultKind::not_permitted:
      return 4;
  }
  return 0;
}

// One fault for all attempts: the kind that got furthest, and every message.
Fault join(Fault first, Fault second) {
  const bool further = progress_of(second.kind) > progress_of(first.kind);
  return {further ? second.kind : first.kind, fmt::format("{} | {}", first.message, second.message),
          second.refusal, further ? second.host : first.host};
}

std::string uri_of(const net::Service& service, const Settings& settings) {
  const bool sealed_by_gssapi = settings.bind.method == BindMethod::gssapi;
  return settings.start_tls || sealed_by_gssapi
             ? fmt::format("ldap://{}:{}", service.host, service.port)
             : fmt::format("ldaps://{}", service.host);
}

Result<std::vector<std::string>> servers_of(const Settings& settings, const net::Resolver& resolver,
                                            Deadline deadline) {
  if (settings.srv.empty()) return settings.uris;
  const auto services = resolver.resolve_srv("_ldap._tcp." + settings.srv, deadline);
  if (!services) {
    const bool late = services.error().error == net::ResolveError::timeout;
    return tl::unexpected(
        Fault{late ? FaultKind::timeout : FaultKind::resolve_failed, services.error().message});
  }
  std::vector<std::string> uris;
  for (const auto& service : *services) uris.push_back(uri_of(service, settings));
  return uris;
}

// A password goes only to a server that is listed, or that proves to belong to the domain.
Result<Connection> proven(Result<Connection> connection, const std::string& domain,
                          const std::string& uri) {
  if (!connection) return connection;
  const auto missing = missing_domain_proof(connection->certificate(), domain);
  if (!missing) return connection;
  return tl::unexpected(
      Fault{FaultKind::tls_domain_mismatch,
            fmt::format("TLS with {}: the certificate does not prove that this is a domain "
                        "controller of {}: {}; the password was not sent. Give the domain "
                        "controller a certificate from the template Kerberos Authentication, or "
                        "list the server in `uri` instead of `srv`, or use `method: gssapi`",
                        uri, domain, *missing)});
}

Result<Connection> connect_as_configured(const Server& server, const Settings& settings,
                                         const net::Resolver& resolver, Deadline deadline,
                                         std::vector<Phase>& phases) {
  auto connection = connect(server, settings, resolver, deadline, phases);
  if (settings.srv.empty() || settings.bind.method != BindMethod::simple) return connection;
  const auto domain = domain_of_srv(settings.srv);
  if (!connection && connection.error().kind == FaultKind::tls_name_mismatch) {
    // The certificate may name the domain without the host.
    Server by_domain = server;
    by_domain.certified_name = domain;
    std::vector<Phase> retried;
    if (auto again = connect(by_domain, settings, resolver, deadline, retried)) {
      phases = std::move(retried);
      return proven(std::move(again), domain, server.uri);
    }
  }
  return proven(std::move(connection), domain, server.uri);
}

// What messages call the account.
std::string user_of(const BindSettings& bind) {
  return bind.user.empty() ? "the keytab's principal" : bind.user;
}

void log_bind(const std::string& uri, const BindSettings& bind, const Result<void>& bound,
              SteadyTime start) {
  if (!logs(LogLevel::debug)) return;
  log(LogLevel::debug, "bind",
      {{"server", uri},
       {"user", user_of(bind)},
       {"method", bind.method == BindMethod::simple ? "simple" : "gssapi"},
       {"result", bound ? "ok" : bound.error().message},
       {"duration_seconds", seconds_text(std::chrono::steady_clock::now() - start)}});
}

}  // namespace

Directory::Directory(Settings settings, std::shared_ptr<BindGuard> guard, std::string network)
    : state_(std::make_unique<State>(std::move(settings), std::move(guard), std::move(network))) {}
Directory::~Directory() = default;

const Settings& Directory::settings() const { return state_->settings; }

void Directory::opened_every(Milliseconds interval) {
  const std::lock_guard lock(state_->mutex);
  state_->interval = std::min(interval, state_->interval.value_or(interval));
}

BindGuard::Attempt Directory::attempt_at(const std::string& uri) const {
  const std::lock_guard lock(state_->mutex);
  return {.network = state_->network,
          .accounts = state_->accounts,
          .secret = {},
          .secret_option = {},
          .tried = fmt::format("bind to {} as {}", uri, user_of(state_->settings.bind)),
          .interval = state_->interval.value_or(Milliseconds{0})};
}

std::unique_ptr<Directory> Directory::with(Settings settings) const {
  auto other = std::make_unique<Directory>(std::move(settings), state_->guard, state_->network);
  const std::lock_guard lock(state_->mutex);
  other->state_->interval = state_->interval;
  return other;
}

std::unique_ptr<Directory> Directory::of_domain(const std::string& domain) const {
  auto settings = state_->settings;
  settings.uris.clear();
  settings.srv = domain;
  settings.is_other_domain = true;
  return with(std::move(settings));
}

Result<std::unique_ptr<Directory>> Directory::global_catalog_of(const std::string& uri) const {
  const auto server = parse_server(uri);
  if (!server) return tl::unexpected(server.error());
  auto settings = state_->settings;
  settings.srv.clear();
  settings.uris = {settings.global_catalog};
  if (settings.global_catalog.empty()) {
    const bool is_ipv6 = server->host.find(':') != std::string::npos;
    settings.uris = {
        fmt::format(fmt::runtime(is_ipv6 ? "{}://[{}]:{}" : "{}://{}:{}"),
                    server->tls_from_start ? "ldaps" : "ldap", server->host,
                    server->tls_from_start ? global_catalog_tls_port : global_catalog_port)};
  }
  return with(std::move(settings));
}

Result<Session> Directory::open_at(const std::string& uri, Deadline deadline) {
  const auto& settings = state_->settings;
  const auto server = parse_server(uri);
  if (!server) return tl::unexpected(server.error());
  std::vector<Phase> phases;
  auto connection = connect_as_configured(*server, settings, state_->resolver, deadline, phases);
  if (!connection) return tl::unexpected(connection.error());
  {
    const PhaseTimer timer(phases, "bind");
    const bool tls = server->tls_from_start || settings.start_tls;
    connection->begin_step(max_inflow::bind, deadline);
    const auto start = std::chrono::steady_clock::now();
    auto bound = bind(*connection, settings.bind, tls, attempt_at(uri), *state_->guard, deadline);
    log_bind(uri, settings.bind, bound, start);
    if (!bound) return tl::unexpected(std::move(bound.error()));
  }
  Session session(std::make_unique<Session::Impl>(std::move(*connection), uri, std::move(phases)));
  auto root = session.read("", {"*", "+"}, deadline);
  if (!root) return tl::unexpected(root.error());
  if (*root) session.impl_->root_dse = std::move(**root);
  return session;
}

Result<Session> Directory::open(Deadline deadline) {
  auto uris = servers_of(state_->settings, state_->resolver, deadline);
  if (!uris) return tl::unexpected(uris.error());
  {
    const std::lock_guard lock(state_->mutex);
    const auto first = std::ranges::find(*uris, state_->next);
    if (first != uris->end()) std::rotate(uris->begin(), first, first + 1);
  }
  std::optional<Fault> fault;
  for (std::size_t i = 0; i < uris->size(); ++i) {
    const auto& uri = (*uris)[i];
    auto session = open_at(uri, deadline.share(static_cast<int>(uris->size() - i)));
    if (session) {
      const std::lock_guard lock(state_->mutex);
      state_->next = uri;
      return session;
    }
    auto& failed = session.error();
    if (const auto server = parse_server(uri)) failed.host = server->host;
    const bool is_last = failed.kind == FaultKind::bind_refused || failed.is_of_all_servers;
    fault = fault ? join(std::move(*fault), std::move(failed)) : std::move(failed);
    if (is_last) break;
    // One that fails at the bind must not take every bind that may be sent.
    const std::lock_guard lock(state_->mutex);
    state_->next = (*uris)[(i + 1) % uris->size()];
  }
  if (fault) return tl::unexpected(std::move(*fault));
  return tl::unexpected(
      Fault{FaultKind::resolve_failed, "open the directory: no server is configured"});
}

}  // namespace cal::ldap
