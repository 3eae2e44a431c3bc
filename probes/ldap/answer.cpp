#include "probes/ldap/answer.h"

#include <fmt/format.h>
#include <ldap.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace cal::ldap {

namespace {

// What Active Directory writes after "data" in the text of invalidCredentials, a Win32 code in hex.
struct SubCode {
  std::string_view data;
  std::string_view meaning;
  std::string_view hint;
};

constexpr std::array<SubCode, 10> sub_codes{{
    {"525", "no such user", "check the user name"},
    {"52e", "invalid credentials", "check the user name and password"},
    {"52f", "an account restriction applies", "check the account's restrictions"},
    {"530", "the account is not allowed to log on at this time",
     "extend the account's logon hours"},
    {"531", "the account is not allowed to log on from this host",
     "allow it to log on to all computers"},
    {"532", "the password has expired", "set a new password, or one that never expires"},
    {"533", "the account is disabled", "enable the account"},
    {"701", "the account has expired", "set a later expiration date"},
    {"773", "the password must be changed at the next logon", "change it, or clear the flag"},
    {"775", "the account is locked out", "unlock it, then find what locks it"},
}};

const SubCode* sub_code_of(std::string_view diagnostic) {
  constexpr std::string_view before = "data ";
  const auto at = diagnostic.find(before);
  if (at == std::string_view::npos) return nullptr;
  const auto data = diagnostic.substr(at + before.size());
  const auto* const found = std::ranges::find_if(sub_codes, [&](const SubCode& row) {
    return data.starts_with(row.data) &&
           (data.size() == row.data.size() ||
            std::isxdigit(static_cast<unsigned char>(data[row.data.size()])) == 0);
  });
  return found == sub_codes.end() ? nullptr : &*found;
}

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
    case LDAP_INSUFFICIENT_ACCESS:
      return request == Request::bind ? FaultKind::bind_refused : FaultKind::not_permitted;
    case LDAP_AUTH_METHOD_NOT_SUPPORTED:
    case LDAP_STRONG_AUTH_REQUIRED:
    case LDAP_CONFIDENTIALITY_REQUIRED:
    case LDAP_INVALID_DN_SYNTAX:
    case LDAP_INAPPROPRIATE_AUTH:
    case LDAP_INVALID_CREDENTIALS:
    case LDAP_UNWILLING_TO_PERFORM:
    case LDAP_AUTH_UNKNOWN:
      return request == Request::bind ? FaultKind::bind_refused : FaultKind::server_error;
    default:
      return wants_a_bind(answer) ? FaultKind::not_permitted : FaultKind::server_error;
  }
}

std::string_view hint_of(Request request, const Answer& answer) {
  switch (answer.code) {
    case LDAP_STRONG_AUTH_REQUIRED:
    case LDAP_CONFIDENTIALITY_REQUIRED:
      return "use ldaps:// or StartTLS; with gssapi use plain ldap://, which GSSAPI signs and "
             "seals";
    case LDAP_INVALID_CREDENTIALS:
      return "check the user name and password, or the keytab";
    case LDAP_UNWILLING_TO_PERFORM:
      return request == Request::bind
                 ? "with gssapi use plain ldap://, which GSSAPI signs and seals"
                 : "";
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

}  // namespace

std::string printable(std::string_view text) {
  std::string shown(text.substr(0, 300));
  std::ranges::replace_if(
      shown, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  std::ranges::replace_if(
      shown, [](char c) { return static_cast<unsigned char>(c) >= 0x7f; }, '?');
  shown.erase(shown.find_last_not_of(' ') + 1);
  return shown;
}

Fault timeout_fault(const std::string& tried) {
  return {FaultKind::timeout,
          fmt::format("{}: no answer in time; check whether the server hangs", tried)};
}

Fault fault_of(Request request, const std::string& tried, const Answer& answer) {
  if (answer.code == LDAP_TIMEOUT) return timeout_fault(tried);
  const FaultKind kind = kind_of(request, answer);
  if (kind == FaultKind::connect_failed) {
    return {kind,
            fmt::format("{}: the connection was lost; check whether the server is running", tried)};
  }
  if (answer.code == LDAP_INVALID_CREDENTIALS) {
    if (const auto* sub = sub_code_of(answer.diagnostic)) {
      return {kind, fmt::format("{}: {} ({}/{}); {}", tried, sub->meaning, answer.code, sub->data,
                                sub->hint)};
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
