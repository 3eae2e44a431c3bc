// Why a directory could not be queried or did not answer: what every call of this folder returns
// instead of a value. reasons.h has the reason for each kind.
#pragma once

#include <tl/expected.hpp>

#include <string>

namespace cal::ldap {

struct Refusal;  // refusal.h

enum class FaultKind {
  resolve_failed,
  connect_failed,     // also: the connection was lost
  tls_failed,         // the handshake failed, but not because of the certificate
  tls_untrusted,      // the certificate's issuer is not trusted
  tls_expired,        // the certificate has expired or is not yet valid
  tls_name_mismatch,  // the certificate was issued for another name
  bind_refused,       // the credentials, or the way they were sent, were refused
  not_permitted,      // bound, but without permission for the request
  server_error,       // the server returned another error, or more than the limits
  // The certificate does not prove that the server that DNS named belongs to the domain.
  tls_domain_mismatch,
  timeout,
};

// `message` says what was tried, on what, what came back, and what to check, without any secret:
// "bind to ldaps://dc1:636 as svc@EX: invalid credentials (49/52e); check the user name and
// password".
struct Fault {
  FaultKind kind;
  std::string message;
  const Refusal* refusal = nullptr;  // of a bind that the server or the KDC refused
  std::string host = {};             // of the server that failed; empty: not known
  bool is_of_all_servers = false;    // no other server needs to be tried
};

template <class T>
using Result = tl::expected<T, Fault>;

}  // namespace cal::ldap
