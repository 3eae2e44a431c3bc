#include "agent/http/allowed_hosts.h"

#include "agent/base/host_port.h"
#include "agent/base/text.h"

#include <arpa/inet.h>

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
std::string origin_of(std::string_view url) {
  const auto host = url.find("://");
  if (host == url.npos) return "";
  return folded(url.substr(0, url.find('/', host + 3)));
}

}  // namespace

AllowedHosts::AllowedHosts(const std::vector<std::string>& names, std::string_view external_url)
    : external_origin_(origin_of(external_url)) {
  for (const auto& name : names) names_.insert(comparable(name));
  if (external_origin_.empty()) return;
  const auto at = std::string_view(external_origin_).substr(external_origin_.find("://") + 3);
  if (const auto parts = parse_host_port(at)) names_.insert(comparable(parts->host));
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
