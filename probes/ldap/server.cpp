#include "probes/ldap/server.h"

#include <fmt/format.h>
#include <ldap.h>

#include <memory>
#include <string_view>

namespace cal::ldap {

namespace {

struct UrlDeleter {
  void operator()(LDAPURLDesc* url) const { ldap_free_urldesc(url); }
};

}  // namespace

Result<Server> parse_server(const std::string& uri) {
  const auto malformed = [&] {
    return tl::unexpected(Fault{
        FaultKind::resolve_failed,
        fmt::format("parse the URI {}: not of the form ldaps://HOST[:PORT] or ldap://HOST[:PORT]",
                    uri)});
  };
  LDAPURLDesc* raw = nullptr;
  if (ldap_url_parse(uri.c_str(), &raw) != LDAP_URL_SUCCESS) return malformed();
  const std::unique_ptr<LDAPURLDesc, UrlDeleter> url(raw);

  const std::string_view scheme = url->lud_scheme;
  const bool tls_from_start = scheme == "ldaps";
  if (!tls_from_start && scheme != "ldap") return malformed();
  if (url->lud_host == nullptr || *url->lud_host == '\0') return malformed();
  if (url->lud_dn != nullptr && *url->lud_dn != '\0') return malformed();
  if (url->lud_port <= 0 || url->lud_port > UINT16_MAX) return malformed();
  const std::string host = url->lud_host;
  return Server{uri, host, static_cast<std::uint16_t>(url->lud_port), tls_from_start, host};
}

}  // namespace cal::ldap
