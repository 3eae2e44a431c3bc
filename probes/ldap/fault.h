// Why a directory could not be asked, or did not answer: what every call of this edge returns
// instead of a value. design.md 2 lists the words.
#pragma once

#include <tl/expected.hpp>

#include <string>

namespace cal::ldap {

enum class FaultKind {
  resolve_failed,
  connect_failed,     // also: the connection was lost
  tls_failed,         // the handshake failed for another reason than the certificate
  tls_untrusted,      // the certificate's issuer is not among those we trust
  tls_expired,        // the certificate has expired or is not yet valid
  tls_name_mismatch,  // the certificate is made out to another name
  bind_refused,       // the credentials, or the way they were given, were refused
  not_permitted,      // bound, but not allowed to ask this
  server_error,       // the server answered with another error, or beyond our bounds
  timeout,
};

// `message` says what was tried, on what, what came back and a hint, without any secret:
// "bind to ldaps://dc1:636 as svc@EX: invalid credentials (49/52e); check user and password".
struct Fault {
  FaultKind kind;
  std::string message;
};

template <class T>
using Result = tl::expected<T, Fault>;

}  // namespace cal::ldap
