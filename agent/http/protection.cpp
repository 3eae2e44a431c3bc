#include "agent/http/protection.h"

namespace cal {

std::string lost_protection(const HttpAccess& before, const WebConfig& after) {
  if ((before.tls && !after.tls) || (before.auth && after.users.empty())) {
    return "it removes TLS or all users";
  }
  if (before.limit && !after.limit) return "it removes the rate limit (rate_limit)";
  if (!before.tls) return "";
  if (after.tls->min_version < before.tls->min_version) {
    return "it accepts an older version of TLS (min_version)";
  }
  if ((before.tls->requires_one() && !after.tls->requires_one()) ||
      (before.tls->verifies() && !after.tls->verifies())) {
    return "it no longer requires client certificates (client_auth_type)";
  }
  if (before.tls->verifies() && !before.tls->client_ca_of_system &&
      after.tls->client_ca_of_system) {
    return "it no longer names the CA of the client certificates (client_ca_file)";
  }
  if (!before.tls->client_names.empty() && after.tls->client_names.empty()) {
    return "it removes the allowed client names (client_allowed_sans)";
  }
  return "";
}

}  // namespace cal
