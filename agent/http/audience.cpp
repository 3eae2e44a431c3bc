#include "agent/http/audience.h"

#include "agent/base/host_port.h"
#include "agent/base/text.h"
#include "agent/http/connection_info.h"
#include "agent/http/tls.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <string>

namespace cal {

namespace {

// What proxies add, each its own selection.
constexpr std::array proxy_headers{"Forwarded",           "Via",
                                   "X-Forwarded-For",     "X-Forwarded-Host",
                                   "X-Forwarded-Proto",   "X-Forwarded-By",
                                   "X-Forwarded-Port",    "X-Forwarded-Server",
                                   "X-Real-IP",           "X-Client-IP",
                                   "X-Cluster-Client-IP", "True-Client-IP",
                                   "CF-Connecting-IP"};

bool is_loopback(const in_addr& address) {
  return (ntohl(address.s_addr) >> 24U) == IN_LOOPBACKNET;
}

bool is_loopback(const in6_addr& address) {
  constexpr unsigned char loopback = 127;
  return IN6_IS_ADDR_LOOPBACK(&address) ||
         (IN6_IS_ADDR_V4MAPPED(&address) && address.s6_addr[12] == loopback);
}

bool is_loopback(const sockaddr* address) {
  const void* any = address;
  return address->sa_family == AF_INET6
             ? is_loopback(static_cast<const sockaddr_in6*>(any)->sin6_addr)
             : is_loopback(static_cast<const sockaddr_in*>(any)->sin_addr);
}

}  // namespace

bool is_loopback_host(std::string_view host) {
  const auto parts = parse_host_port(host);
  if (!parts) return false;
  const std::string name(parts->host);
  in_addr ipv4{};
  in6_addr ipv6{};
  if (parts->bracketed) return inet_pton(AF_INET6, name.c_str(), &ipv6) == 1 && is_loopback(ipv6);
  return folded(name) == "localhost" ||
         (inet_pton(AF_INET, name.c_str(), &ipv4) == 1 && is_loopback(ipv4));
}

bool is_local(MHD_Connection* connection, std::string_view host, std::string_view version) {
  const auto header = [&](const char* name) {
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  };
  return is_loopback(client_address(connection)) && is_loopback_host(host) &&
         version ==
             MHD_HTTP_VERSION_1_1 &&  // an nginx without options asks with 1.0, and no header
         std::ranges::none_of(proxy_headers, [&](auto* name) { return header(name) != nullptr; });
}

bool has_proved_certificate(MHD_Connection* connection, const HttpTls& tls) {
  const bool means_somebody = !tls.client_ca_of_system || !tls.client_names.empty();
  return tls.verifies() && means_somebody && has_client_certificate(connection);
}

}  // namespace cal
