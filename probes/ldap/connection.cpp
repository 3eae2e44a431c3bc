#include "probes/ldap/connection.h"

#include "agent/base/file.h"
#include "probes/ldap/tls_diagnosis.h"
#include "probes/ldap_io/certificate.h"
#include "probes/ldap_io/tls_context.h"
#include "probes/net/ca_file.h"

#include <fmt/format.h>
#include <openldap.h>

#include <algorithm>
#include <mutex>

namespace cal::ldap {

namespace {

// The largest message accepted: far above any entry, far below what would harm the host.
constexpr std::size_t max_message = 4U << 20U;

std::string take_text(char* text) {
  std::string taken = text == nullptr ? "" : text;
  ldap_memfree(text);
  return taken;
}

// libldap sets up its globals in its first call, without a lock, so that call must not be
// concurrent.
void initialize_once() {
  static std::once_flag once;
  std::call_once(once, [] {
    int level = 0;
    ldap_get_option(nullptr, LDAP_OPT_DEBUG_LEVEL, &level);
  });
}

// Sets every option that could come from ldap.conf or the environment, so that the host's
// configuration changes nothing.
void set_options(LDAP* handle) {
  const int version = LDAP_VERSION3;
  const int never = LDAP_DEREF_NEVER;
  const int no_limit = LDAP_NO_LIMIT;
  ldap_set_option(handle, LDAP_OPT_PROTOCOL_VERSION, &version);
  ldap_set_option(handle, LDAP_OPT_DEREF, &never);
  ldap_set_option(handle, LDAP_OPT_SIZELIMIT, &no_limit);
  ldap_set_option(handle, LDAP_OPT_TIMELIMIT, &no_limit);
  ldap_set_option(handle, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
  ldap_set_option(handle, LDAP_OPT_X_SASL_NOCANON, LDAP_OPT_ON);
  // The stream enforces the deadline. With libldap's own timeouts, its handshake switches the
  // socket between blocking and non-blocking and hangs on a peer that stops in the middle of a
  // record.
  ldap_set_option(handle, LDAP_OPT_CONNECT_ASYNC, LDAP_OPT_OFF);
  ldap_set_option(handle, LDAP_OPT_NETWORK_TIMEOUT, nullptr);
  ldap_set_option(handle, LDAP_OPT_TIMEOUT, nullptr);
}

}  // namespace

void FreeMessage::operator()(ldapmsg* message) const { ldap_msgfree(message); }

void Connection::Unbind::operator()(::ldap* handle) const {
  ldap_unbind_ext(handle, nullptr, nullptr);
}

Result<Connection> Connection::over(UniqueFd socket, ServerTurns::Turn turn, const Server& server,
                                    Deadline deadline) {
  initialize_once();
  auto transport = std::make_unique<Transport>(net::Stream(std::move(socket), deadline),
                                               AnswerBudget::of_process());
  transport->begin_step(max_inflow::before_tls, deadline);
  LDAP* handle = nullptr;
  // libldap takes from the URI the host to expect in the certificate and the Kerberos service.
  const std::string uri = server.certified_name == server.host
                              ? server.uri
                              : fmt::format("ldap://{}:{}", server.certified_name, server.port);
  int code = ldap_init_fd(transport->fd(), LDAP_PROTO_EXT, uri.c_str(), &handle);
  Connection connection(std::move(turn), std::move(transport), handle);
  if (code == LDAP_SUCCESS) {
    set_options(handle);
    const bool in_place = connection.transport_->put_under(handle, max_message) &&
                          connection.notices_->put_over(handle);
    code = in_place ? LDAP_SUCCESS : LDAP_LOCAL_ERROR;
  }
  if (code != LDAP_SUCCESS) {
    return tl::unexpected(fault_of(Request::bind, "set up a handle for " + server.uri, {code, {}}));
  }
  return connection;
}

Answer Connection::answer_in(LDAPMessage* message) const {
  int code = LDAP_SUCCESS;
  char* diagnostic = nullptr;
  char** referrals = nullptr;
  const int parsed = ldap_parse_result(handle(), message, &code, nullptr, &diagnostic, &referrals,
                                       nullptr, /*freeit=*/0);
  Answer answer{parsed == LDAP_SUCCESS ? code : parsed, take_text(diagnostic)};
  if (referrals != nullptr && referrals[0] != nullptr) answer.diagnostic = referrals[0];
  ldap_memvfree(reinterpret_cast<void**>(referrals));
  return without_password(std::move(answer));
}

Password& Connection::hide(Password password) {
  password_ = std::make_unique<Password>(std::move(password));
  return *password_;
}

Answer Connection::without_password(Answer answer) const {
  if (!password_) return answer;
  return {answer.code, without_secret(answer.diagnostic, {password_->data(), password_->size()})};
}

Fault Connection::local_fault(Request request, const std::string& tried, int code) const {
  if (transport_->sent_too_much()) {
    return {FaultKind::server_error,
            fmt::format("{}: the server sent more than {} kB; check what answers on this port",
                        tried, transport_->limit() / 1024)};
  }
  if (transport_->found_no_memory()) return no_memory_fault(tried);
  if (transport_->timed_out()) return timeout_fault(tried);
  if (const auto& notice = notices_->notice()) {
    return fault_of(request, tried, without_password({notice->code, notice->text}));
  }
  char* diagnostic = nullptr;
  ldap_get_option(handle(), LDAP_OPT_DIAGNOSTIC_MESSAGE, &diagnostic);
  return fault_of(request, tried, without_password({code, take_text(diagnostic)}));
}

Result<Message> Connection::wait_for(int id, Messages wanted, const std::string& tried,
                                     Request request, Deadline deadline) {
  const auto left = deadline.left().count();
  timeval most{left / 1000, left % 1000 * 1000};
  LDAPMessage* raw = nullptr;
  const int how_many = wanted == Messages::next ? LDAP_MSG_ONE : LDAP_MSG_ALL;
  const int kind = ldap_result(handle(), id, how_many, &most, &raw);
  Message message(raw);
  if (kind > 0) return message;
  if (kind == 0) {
    ldap_abandon_ext(handle(), id, nullptr, nullptr);
    return tl::unexpected(timeout_fault(tried));
  }
  int code = LDAP_SERVER_DOWN;
  ldap_get_option(handle(), LDAP_OPT_RESULT_CODE, &code);
  return tl::unexpected(local_fault(request, tried, code));
}

Result<void> Connection::request_tls(const std::string& tried, Deadline deadline) {
  int id = 0;
  const int sent = ldap_start_tls(handle(), nullptr, nullptr, &id);
  if (sent != LDAP_SUCCESS) return tl::unexpected(local_fault(Request::start_tls, tried, sent));
  const auto message = wait_for(id, Messages::all, tried, Request::start_tls, deadline);
  if (!message) return tl::unexpected(message.error());
  if (const Answer answer = answer_in(message->get()); answer.code != LDAP_SUCCESS) {
    return tl::unexpected(fault_of(Request::start_tls, tried, answer));
  }
  return {};
}

// Asked once more of the connection itself, so that no setting that is ignored lets a password out.
Answer Connection::agreed_answer() const {
  if (const auto bits = short_rsa_key(certificate_of_der(certificate()).get())) {
    return {LDAP_CONNECT_ERROR, fmt::format("the certificate's key has {} bits", *bits)};
  }
  char* text = nullptr;
  ldap_get_option(handle(), LDAP_OPT_X_TLS_VERSION, &text);
  const auto version = take_text(text);  // "TLS1.3", "TLSv1.3"
  if (version.ends_with("1.2") || version.ends_with("1.3")) return {LDAP_SUCCESS, {}};
  return {LDAP_CONNECT_ERROR, fmt::format("the server agreed to '{}' only", version)};
}

std::string Connection::certificate() const {
  berval der{};
  if (ldap_get_option(handle(), LDAP_OPT_X_TLS_PEERCERT, &der) != LDAP_OPT_SUCCESS) return {};
  std::string taken(der.bv_val == nullptr ? "" : std::string(der.bv_val, der.bv_len));
  ber_memfree(der.bv_val);
  return taken;
}

Answer Connection::install_tls(const std::filesystem::path& ca_file) {
  if (!use_tls_context(handle(), ca_file)) {
    return {LDAP_PARAM_ERROR, fmt::format("the CA file {} cannot be used", ca_file.string())};
  }
  int code = ldap_install_tls(handle());
  if (code == LDAP_SUCCESS) return agreed_answer();
  if (transport_->timed_out()) code = LDAP_TIMEOUT;
  char* diagnostic = nullptr;
  ldap_get_option(handle(), LDAP_OPT_DIAGNOSTIC_MESSAGE, &diagnostic);
  return {code, take_text(diagnostic)};
}

namespace {

struct Reached {
  UniqueFd socket;
  net::Address address;
};

Result<Reached> reach(const Server& server, const std::vector<net::Address>& addresses,
                      Deadline deadline) {
  const std::string tried = "connect to " + server.uri;
  std::string failures;
  bool all_timed_out = true;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const Deadline share = deadline.share(static_cast<int>(addresses.size() - i));
    auto socket = net::connect_tcp(addresses[i], server.port, share);
    if (socket) return Reached{std::move(*socket), addresses[i]};
    all_timed_out = all_timed_out && socket.error().error == net::ConnectError::timeout;
    failures += (failures.empty() ? "" : ", ") + socket.error().message;
  }
  return tl::unexpected(
      Fault{all_timed_out ? FaultKind::timeout : FaultKind::connect_failed,
            fmt::format("{}: {}; check that the server is running and no firewall is in the way",
                        tried, failures)});
}

Result<void> secure(Connection& connection, const TlsPeer& peer, const Server& server,
                    Deadline deadline) {
  if (peer.start_tls) {
    auto requested = connection.request_tls("StartTLS with " + server.uri, deadline);
    const bool no_answer = !requested && (requested.error().kind == FaultKind::connect_failed ||
                                          requested.error().kind == FaultKind::timeout);
    if (no_answer) {
      return tl::unexpected(explain_start_tls(peer, "StartTLS with " + server.uri,
                                              std::move(requested.error()), deadline));
    }
    if (!requested) return requested;
  }
  const std::string tried = "TLS with " + server.uri;
  if (const auto why = net::why_no_ca_file(peer.ca_file); !why.empty()) {
    return tl::unexpected(Fault{FaultKind::tls_failed, fmt::format("{}: the CA file {} {}", tried,
                                                                   peer.ca_file.string(), why)});
  }
  connection.begin_step(max_inflow::handshake, deadline);
  const Answer answer = connection.install_tls(peer.ca_file);
  switch (answer.code) {
    case LDAP_SUCCESS:
      return {};
    case LDAP_TIMEOUT:
      return tl::unexpected(timeout_fault(tried));
    case LDAP_PARAM_ERROR:
      return tl::unexpected(
          Fault{FaultKind::tls_failed,
                fmt::format("{}: {}; it must be a readable PEM file", tried, answer.diagnostic)});
    default:
      // libldap does not report what is wrong with a certificate, so examine it here.
      return tl::unexpected(diagnose_tls(peer, tried, answer.diagnostic, deadline));
  }
}

}  // namespace

Result<Connection> connect(const Server& server, const Settings& settings,
                           const net::Resolver& resolver, Deadline deadline,
                           std::vector<Phase>& phases) {
  const auto addresses = [&] {
    const PhaseTimer timer(phases, "resolve");
    return resolver.resolve(server.host, deadline);
  }();
  if (!addresses) {
    const auto kind = addresses.error().error == net::ResolveError::timeout
                          ? FaultKind::timeout
                          : FaultKind::resolve_failed;
    return tl::unexpected(Fault{kind, addresses.error().message});
  }

  auto reached = [&] {
    const PhaseTimer timer(phases, "connect");
    return reach(server, *addresses, deadline);
  }();
  if (!reached) return tl::unexpected(reached.error());

  auto turn = ServerTurns::of_process().take(
      fmt::format("{} {}", reached->address.text(), server.port), deadline);
  if (!turn) {
    return tl::unexpected(Fault{
        FaultKind::timeout,
        fmt::format("wait for {}: {} sessions with this server were under way all the time; it is "
                    "too slow, or longer intervals are needed",
                    server.uri, ServerTurns::default_max_sessions)});
  }

  auto connection =
      Connection::over(std::move(reached->socket), std::move(*turn), server, deadline);
  if (!connection || (!server.tls_from_start && !settings.start_tls)) return connection;
  if (settings.bind.method == BindMethod::simple) {  // an earlier bind has sent it to this server
    if (auto password = Password::read(settings.bind.password_file)) {
      connection->hide(std::move(*password));
    }
  }
  const PhaseTimer timer(phases, "tls");
  const TlsPeer peer{reached->address, server.port, server.certified_name, !server.tls_from_start,
                     settings.ca_file.empty() ? system_ca_file : settings.ca_file};
  if (const auto secured = secure(*connection, peer, server, deadline); !secured) {
    return tl::unexpected(secured.error());
  }
  return connection;
}

}  // namespace cal::ldap
