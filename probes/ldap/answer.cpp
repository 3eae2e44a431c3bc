#include "probes/ldap/answer.h"

#include "probes/ldap/refusal.h"

#include <fmt/format.h>
#include <ldap.h>

#include <algorithm>
#include <cctype>

namespace cal::ldap {

namespace {

// The code's name as libldap spells it, starting in lower case.
std::string name_of(int code) {
  std::string name = ldap_err2string(code);
  if (!name.empty()) name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
  return name;
}

// Whether the server requires a bind first. This has no result code: Active Directory and Samba
// return operationsError.
bool wants_a_bind(const Answer& answer) {
  return answer.code == LDAP_OPERATIONS_ERROR &&
         (answer.diagnostic.find("successful bind must be completed") != std::string::npos ||
          answer.diagnostic.find("without authentication") != std::string::npos);
}

FaultKind kind_of(Request request, const Answer& answer) {
  switch (answer.code) {
    case LDAP_SERVER_DOWN:
    case LDAP_CONNECT_ERROR:
      return FaultKind::connect_failed;
    case LDAP_TIMEOUT:
      return FaultKind::timeout;
    default:
      break;
  }
  if (request == Request::start_tls) return FaultKind::tls_failed;
  switch (answer.code) {
    case LDAP_INSUFFICIENT_ACCESS:
      return FaultKind::not_permitted;
    case LDAP_AUTH_UNKNOWN:
      return request == Request::bind ? FaultKind::bind_refused : FaultKind::server_error;
    default:
      return wants_a_bind(answer) ? FaultKind::not_permitted : FaultKind::server_error;
  }
}

std::string_view hint_of(Request request, const Answer& answer) {
  if (request == Request::start_tls) {
    return "check that the server has a certificate for Server Authentication with its private "
           "key: without one it cannot begin TLS";
  }
  switch (answer.code) {
    case LDAP_STRONG_AUTH_REQUIRED:
    case LDAP_CONFIDENTIALITY_REQUIRED:
      return "use ldaps:// or StartTLS; with gssapi use plain ldap://, which GSSAPI signs and "
             "seals";
    case LDAP_REFERRAL:
      return "the server does not hold this object and refers to another; use a server of its "
             "domain";
    case LDAP_SIZELIMIT_EXCEEDED:
      return "the server truncated the answer";
    case LDAP_BUSY:
    case LDAP_UNAVAILABLE:
      return "the server is overloaded or shutting down; check its event log";
    default:
      return "";
  }
}

// A code that Active Directory gave says it all; otherwise the server's text may say more.
Fault refused_bind(const std::string& tried, const Answer& answer, const Refusal& refusal) {
  auto message = fmt::format("{}: {}", tried, refusal.meaning);
  if (refusal.code != std::to_string(answer.code)) {
    message += fmt::format(" ({})", refusal.code);
  } else {
    message += fmt::format(" ({})", answer.code);
    if (!answer.diagnostic.empty()) message += ": " + printable(answer.diagnostic);
  }
  return {FaultKind::bind_refused, fmt::format("{}; {}", message, refusal.hint), &refusal};
}

std::string in_ascii(std::string_view text) {
  std::string shown(text);
  std::ranges::replace_if(
      shown, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  std::ranges::replace_if(
      shown, [](char c) { return static_cast<unsigned char>(c) >= 0x7f; }, '?');
  shown.erase(shown.find_last_not_of(' ') + 1);
  return shown;
}

}  // namespace

std::string printable(std::string_view text) { return in_ascii(text.substr(0, 300)); }

std::string without_secret(std::string_view text, std::string_view secret) {
  constexpr std::string_view instead = "(the password)";
  std::string shown = in_ascii(text);
  auto hidden = in_ascii(secret);
  hidden.erase(0, hidden.find_first_not_of(' '));
  if (hidden.empty()) return shown;
  for (auto at = shown.find(hidden); at != shown.npos; at = shown.find(hidden, at)) {
    shown.replace(at, hidden.size(), instead);
    at += instead.size();
  }
  return shown;
}

Fault timeout_fault(const std::string& tried) {
  return {FaultKind::timeout,
          fmt::format("{}: no answer in time; check whether the server hangs", tried)};
}

Fault no_memory_fault(const std::string& tried) {
  return {FaultKind::timeout,
          fmt::format("{}: no memory for the answer was free in time, since the answers of other "
                      "directory servers use it; look for one that sends too much",
                      tried)};
}

Fault fault_of(Request request, const std::string& tried, const Answer& answer) {
  if (answer.code == LDAP_TIMEOUT) return timeout_fault(tried);
  const FaultKind kind = kind_of(request, answer);
  if (kind == FaultKind::connect_failed) {
    return {kind,
            fmt::format("{}: the connection was lost; check whether the server is running", tried)};
  }
  if (request == Request::bind) {
    if (const auto* refusal = refusal_of(answer.code, answer.diagnostic)) {
      return refused_bind(tried, answer, *refusal);
    }
  }
  std::string message = fmt::format("{}: {} ({})", tried, name_of(answer.code), answer.code);
  if (!answer.diagnostic.empty()) message += ": " + printable(answer.diagnostic);
  if (const auto hint = hint_of(request, answer); !hint.empty()) {
    message += fmt::format("; {}", hint);
  }
  return {kind, std::move(message)};
}

}  // namespace cal::ldap
