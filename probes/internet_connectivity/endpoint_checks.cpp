#include "probes/internet_connectivity/endpoint_checks.h"

#include "agent/base/powershell.h"
#include "probes/net/address.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace cal::internet_connectivity {

namespace {

using net::Fault;

// A name or an address that means the same in every shell.
bool is_plain(std::string_view host) {
  constexpr std::string_view others = "-.:_";
  return std::ranges::all_of(host, [&](char c) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || (c >= '0' && c <= '9') || others.find(c) != others.npos;
  });
}

std::string certificate_text(const net::Endpoint& endpoint, const std::string& host) {
  const auto& url = endpoint.url;
  const bool is_name = !net::Address::parse(url.host);
  const auto& proxy = endpoint.proxy;
  return fmt::format(
      "To see the certificate from {}: `openssl s_client -connect {}:{}{}{}`.", host,
      net::in_url(url.host), url.port, is_name ? fmt::format(" -servername {}", url.host) : "",
      proxy && is_plain(proxy->host) ? fmt::format(" -proxy {}", proxy->text()) : "");
}

}  // namespace

std::vector<std::string> checks_of(const net::WayFacts& way, Fault fault, const std::string& host) {
  const auto& url = way.endpoint->url;
  const auto literal = powershell_literal(url.text);
  if (!literal || !is_plain(url.host)) return {};
  const auto request = fmt::format("`Invoke-WebRequest {} -UseBasicParsing`", *literal);
  switch (fault) {
    case Fault::tls_expired:
    case Fault::tls_untrusted:
    case Fault::tls_name_mismatch:
      return {certificate_text(*way.endpoint, host),
              fmt::format("It works when {} on the licensing server gets an answer, and no error "
                          "about trust. A port test succeeds with this fault, too.",
                          request)};
    case Fault::tls_failed:
      return {
          fmt::format("It works when {} on the licensing server gets an answer, whatever its "
                      "status. A port test succeeds with this fault, too.",
                      request)};
    case Fault::tcp_refused:
    case Fault::tcp_timeout:
    case Fault::tcp_unreachable:
      if (way.endpoint->proxy) return {};
      return {
          fmt::format("It works when `Test-NetConnection {} -Port {}` on the licensing server "
                      "reports TcpTestSucceeded : True.",
                      url.host, url.port)};
    case Fault::dns_not_found:
    case Fault::dns_refused:
    case Fault::dns_server_failure:
    case Fault::dns_timeout:
      return {
          fmt::format("It works when `Resolve-DnsName {}` on the licensing server returns "
                      "addresses.",
                      url.host)};
    case Fault::http_error:
    case Fault::captive_portal:
    case Fault::content_mismatch:
    case Fault::answer_not_proven:
      return {fmt::format("To see who answers, on the licensing server: {}.", request)};
    case Fault::no_interface_up:
    case Fault::no_address:
    case Fault::no_route:
    case Fault::proxy_unreachable:
    case Fault::proxy_auth_required:
      break;
  }
  return {};
}

}  // namespace cal::internet_connectivity
