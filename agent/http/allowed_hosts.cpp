#include "agent/http/allowed_hosts.h"

#include "agent/base/host_port.h"
#include "agent/base/text.h"
#include "agent/base/url.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>

namespace cal {

namespace {

bool is_address(int family, const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(family, host.c_str(), bytes.data()) == 1;
}

std::string comparable(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return folded(name);
}

// "https://cal.example.com:8443" of "https://cal.example.com:8443/ebs".
std::string origin_of(const PageUrl& url) {
  if (url.authority.empty()) return "";
  return fmt::format("{}://{}", folded(url.scheme), folded(url.authority));
}

}  // namespace

AllowedHosts::AllowedHosts(const std::vector<std::string>& names, std::string_view external_url)
    : external_origin_(origin_of(parse_page_url(external_url))) {
  for (const auto& name : names) names_.insert(comparable(name));
  const auto external = parse_host_port(parse_page_url(external_url).authority);
  if (external && !external->host.empty()) names_.insert(comparable(external->host));
}

bool AllowedHosts::allows_host(std::string_view host) const {
  const auto parts = parse_host_port(host);
  if (!parts || parts->host.empty()) return false;
  const std::string name(parts->host);
  if (parts->bracketed) return is_address(AF_INET6, name.substr(0, name.find('%')));
  return is_address(AF_INET, name) || names_.contains(comparable(name));
}

bool AllowedHosts::allows_origin(std::string_view origin, std::string_view host, bool tls) const {
  const auto asked = folded(origin);
  if (!external_origin_.empty() && asked == external_origin_) return true;
  const auto here = folded(host);
  return asked == "https://" + here || (!tls && asked == "http://" + here);
}

}  // namespace cal
