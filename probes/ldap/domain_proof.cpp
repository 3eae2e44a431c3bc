#include "probes/ldap/domain_proof.h"

#include "probes/ldap_io/certificate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace cal::ldap {

namespace {

constexpr std::string_view kdc_authentication = "1.3.6.1.5.2.3.5";
constexpr unsigned max_names = 100;  // of a certificate; the rest are not looked at
constexpr std::size_t max_shown = 5;

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

bool is_host_name(std::string_view name) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
  return !name.empty() && !name.starts_with('.') && !name.ends_with('.') &&
         name.find("..") == name.npos && name.find_first_not_of(allowed) == name.npos;
}

// The DNS names, in lower case. Names with characters that no host has, such as NUL, are left out.
std::vector<std::string> host_names(const Certificate& certificate) {
  std::vector<std::string> names;
  for (unsigned i = 0; i < max_names; ++i) {
    std::array<char, 256> buffer{};
    std::size_t size = buffer.size();
    const int kind =
        gnutls_x509_crt_get_subject_alt_name(certificate.get(), i, buffer.data(), &size, nullptr);
    if (kind == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) break;
    if (kind != GNUTLS_SAN_DNSNAME) continue;
    auto name = in_lower_case({buffer.data(), size});
    const std::string_view host(name);
    if (is_host_name(host.substr(host.starts_with("*.") ? 2 : 0))) names.push_back(std::move(name));
  }
  return names;
}

bool has_kdc_purpose(const Certificate& certificate) {
  for (unsigned i = 0; i < max_names; ++i) {
    std::array<char, 128> buffer{};
    std::size_t size = buffer.size();
    const int code =
        gnutls_x509_crt_get_key_purpose_oid(certificate.get(), i, buffer.data(), &size, nullptr);
    if (code == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) return false;
    if (code >= 0 && kdc_authentication == buffer.data()) return true;
  }
  return false;
}

std::string some_of(const std::vector<std::string>& names) {
  if (names.empty()) return "no host";
  const std::size_t shown = std::min(names.size(), max_shown);
  return fmt::format("{}{}",
                     fmt::join(names.begin(), names.begin() + static_cast<long>(shown), ", "),
                     shown < names.size() ? " and others" : "");
}

}  // namespace

std::optional<std::string> missing_domain_proof(std::string_view certificate,
                                                std::string_view domain) {
  const auto read = certificate_of_der(certificate);
  if (!read) return "it cannot be read";
  const auto names = host_names(read);
  const auto wanted = in_lower_case(domain);
  if (std::ranges::find(names, wanted) != names.end()) return std::nullopt;
  if (!has_kdc_purpose(read)) {
    return fmt::format(
        "it names {}, but not {} itself, and lacks the purpose KDC Authentication ({})",
        some_of(names), domain, kdc_authentication);
  }
  const auto is_in_domain = [&](const std::string& name) { return name.ends_with("." + wanted); };
  if (std::ranges::any_of(names, is_in_domain)) return std::nullopt;
  return fmt::format(
      "it has the purpose KDC Authentication, but names {}{}, and neither {} nor a "
      "host in it",
      names.empty() ? "" : "only ", some_of(names), domain);
}

std::string domain_of_srv(std::string_view srv) {
  if (srv.ends_with('.')) srv.remove_suffix(1);
  // Up to the last label that starts with an underscore, it is a part of the question.
  const auto label = srv.rfind("._");
  const auto end = srv.find('.', label == srv.npos ? 0 : label + 1);
  const bool asks_for_more = label != srv.npos || srv.starts_with('_');
  return std::string(asks_for_more && end != srv.npos ? srv.substr(end + 1) : srv);
}

}  // namespace cal::ldap
