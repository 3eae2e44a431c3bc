#include "probes/net/endpoint.h"

#include "agent/base/host_port.h"
#include "probes/net/no_proxy.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace cal::net {

namespace {

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using ParsedUrl = std::unique_ptr<CURLU, UrlDeleter>;

ParsedUrl parse(const std::string& text) {
  ParsedUrl url(curl_url());
  const auto status =
      curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME);
  if (status != CURLUE_OK) return nullptr;
  return url;
}

// Empty when the URL has no such part.
std::string part(const ParsedUrl& url, CURLUPart which, unsigned flags = 0) {
  char* value = nullptr;
  if (curl_url_get(url.get(), which, &value, flags) != CURLUE_OK) return "";
  std::string text = value;
  curl_free(value);
  return text;
}

std::string host_of(const ParsedUrl& url) {
  auto host = part(url, CURLUPART_HOST);
  if (host.starts_with('[') && host.ends_with(']')) return host.substr(1, host.size() - 2);
  return host;
}

// "[fe80::1%25eth0]"
bool has_zone(const ParsedUrl& url) { return !part(url, CURLUPART_ZONEID).empty(); }

// Each label of a name has 1 to 63 octets (RFC 1035, 2.3.4).
bool has_labels(std::string_view host) {
  constexpr std::size_t max_label = 63;
  while (true) {
    const auto end = std::min(host.find('.'), host.size());
    if (end == 0 || end > max_label) return false;
    if (end == host.size()) return true;
    host.remove_prefix(end + 1);
  }
}

std::optional<std::uint16_t> port_of(const ParsedUrl& url, unsigned flags) {
  const auto text = part(url, CURLUPART_PORT, flags);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

}  // namespace

tl::expected<Url, std::string> parse_url(const std::string& text) {
  constexpr std::string_view allowed =
      "write https://HOST/PATH, http://HOST/PATH or tcp://HOST:PORT";
  const auto fault = [&](std::string_view what) {
    return tl::unexpected(fmt::format("'{}' {}; {}", text, what, allowed));
  };
  const auto parsed = parse(text);
  if (!parsed) return fault("is not a URL");
  Url url{text, Scheme::https, host_of(parsed), 0, text};
  if (has_zone(parsed))
    return fault("has an IPv6 address with a zone, which holds on one host only");
  if (url.host.ends_with('.')) {
    url.host.pop_back();
    curl_url_set(parsed.get(), CURLUPART_HOST, url.host.c_str(), 0);
    url.request = part(parsed, CURLUPART_URL);
  }
  if (!has_labels(url.host)) return fault("has a host that is not a name");
  const auto scheme = part(parsed, CURLUPART_SCHEME);
  if (scheme == "tcp") {
    url.scheme = Scheme::tcp;
    if (!part(parsed, CURLUPART_QUERY).empty() || part(parsed, CURLUPART_PATH) != "/") {
      return fault("has a path");
    }
  } else if (scheme == "http") {
    url.scheme = Scheme::http;
  } else if (scheme != "https") {
    return fault("has an unsupported scheme");
  }
  if (!part(parsed, CURLUPART_USER).empty() || !part(parsed, CURLUPART_PASSWORD).empty()) {
    return tl::unexpected<std::string>(
        "the URL contains a user or a password, which every page and metric would "
        "show; leave it out: an answer that asks for a password counts as reached");
  }
  if (std::ranges::any_of(url.host, [](char c) { return static_cast<signed char>(c) <= ' '; })) {
    return fault("has a host that is not ASCII (write its xn-- form)");
  }
  if (url.host.size() > max_host_length) return fault("has a host that is too long");
  const auto port = port_of(parsed, url.scheme == Scheme::tcp ? 0U : CURLU_DEFAULT_PORT);
  if (!port) return fault("has no port");
  url.port = *port;
  return url;
}

std::string in_url(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

std::string Proxy::text() const { return fmt::format("{}:{}", in_url(host), port); }

tl::expected<Proxy, std::string> parse_proxy(const std::string& text) {
  constexpr std::uint16_t usual_port = 1080;
  const bool has_scheme = text.find("://") != std::string::npos;
  const auto parsed = parse(has_scheme ? text : "http://" + text);
  if (!parsed) return tl::unexpected<std::string>("is not a URL; write http://HOST:PORT");
  if (part(parsed, CURLUPART_SCHEME) != "http") {
    return tl::unexpected<std::string>("is not an HTTP proxy; write http://HOST:PORT");
  }
  const auto path = part(parsed, CURLUPART_PATH);
  if (path.ends_with(".pac") || path.ends_with(".dat")) {
    return tl::unexpected<std::string>(
        "names a file; a PAC file is not evaluated, so write the proxy that it chooses as "
        "http://HOST:PORT");
  }
  if (has_zone(parsed)) {
    return tl::unexpected<std::string>("has an IPv6 address with a zone; write http://HOST:PORT");
  }
  Proxy proxy{host_of(parsed), port_of(parsed, 0).value_or(usual_port)};
  if (proxy.host.ends_with('.')) proxy.host.pop_back();
  if (proxy.host.size() > max_host_length) {
    return tl::unexpected<std::string>("has a host that is too long; write http://HOST:PORT");
  }
  const auto user = part(parsed, CURLUPART_USER, CURLU_URLDECODE);
  if (!user.empty()) {
    proxy.credentials = user + ":" + part(parsed, CURLUPART_PASSWORD, CURLU_URLDECODE);
  }
  return proxy;
}

std::string no_proxy_of_environment(const Variable& variable) {
  auto list = variable("no_proxy");
  return list.empty() ? variable("NO_PROXY") : list;
}

tl::expected<std::optional<Proxy>, std::string> proxy_of_environment(const Url& url,
                                                                     const Variable& variable) {
  std::vector<std::string> names;
  if (url.scheme == Scheme::http) names = {"http_proxy"};
  if (url.scheme == Scheme::https) names = {"https_proxy", "HTTPS_PROXY"};
  names.insert(names.end(), {"all_proxy", "ALL_PROXY"});
  const auto set =
      std::ranges::find_if(names, [&](const auto& name) { return !variable(name).empty(); });
  if (set == names.end()) return std::nullopt;
  if (is_exempt(url.host, no_proxy_of_environment(variable))) return std::nullopt;
  auto proxy = parse_proxy(variable(*set));
  if (!proxy) {
    return tl::unexpected<std::string>(
        fmt::format("the variable {} in the agent's environment {}", *set, proxy.error()));
  }
  return *std::move(proxy);
}

std::string_view name_of(FamilyChoice family) {
  if (!family) return "any";
  return *family == Family::v4 ? "ipv4" : "ipv6";
}

}  // namespace cal::net
