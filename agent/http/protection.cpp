#include "agent/http/protection.h"

namespace cal {

namespace {

bool is_required(ClientCertificate demand) {
  return demand == ClientCertificate::require_any ||
         demand == ClientCertificate::require_and_verify;
}

bool is_verified(ClientCertificate demand) {
  return demand == ClientCertificate::verify_if_given ||
         demand == ClientCertificate::require_and_verify;
}

}  // namespace

std::string lost_protection(const HttpAccess& before, const WebConfig& after) {
  if ((before.tls && !after.tls) || (before.auth && after.users.empty())) {
    return "it removes TLS or all users";
  }
  if (!before.tls) return "";
  if ((is_required(before.tls->client) && !is_required(after.tls->client)) ||
      (is_verified(before.tls->client) && !is_verified(after.tls->client))) {
    return "it no longer requires client certificates (client_auth_type)";
  }
  if (!before.tls->client_names.empty() && after.tls->client_names.empty()) {
    return "it removes the allowed client names (client_allowed_sans)";
  }
  return "";
}

}  // namespace cal
