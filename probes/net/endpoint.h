// What is tested about one endpoint on the Internet: its URL, the proxy to use, and what counts as
// reached. Values; parsing is pure.
#pragma once

#include "probes/net/address.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cal::net {

enum class Scheme { http, https, tcp };

struct Url {
  std::string text;  // as written in the configuration
  Scheme scheme;
  std::string host;  // a name without a final dot, or an address without brackets
  std::uint16_t port;
  std::string request = {};  // the text, but without a final dot of the host
};

// "https://host[:port][/path]", "http://…" in the same form, or "tcp://host:port". The error says
// what is wrong and what is allowed.
tl::expected<Url, std::string> parse_url(const std::string& text);

// A host as written in a URL: an IPv6 address in brackets.
std::string in_url(const std::string& host);

// An HTTP proxy.
struct Proxy {
  std::string host;
  std::uint16_t port;
  std::string credentials = {};  // "user:password", a secret; empty: none

  std::string text() const;  // "host:port", for people
};

// "http://host:port"; the scheme is optional, and so is the port, which defaults to 1080 as in
// curl.
tl::expected<Proxy, std::string> parse_proxy(const std::string& text);

// The proxy for a URL in the environment, by curl's rules: http_proxy (lower case only),
// https_proxy, all_proxy and no_proxy. `variable` returns a variable's value, or an empty string.
using Variable = std::function<std::string(const std::string& name)>;
tl::expected<std::optional<Proxy>, std::string> proxy_of_environment(const Url& url,
                                                                     const Variable& variable);

// The list of exempt hosts, as curl chooses it: NO_PROXY only if no_proxy is not set (no_proxy.h).
std::string no_proxy_of_environment(const Variable& variable);

// The addresses of a host that are used: those of one family, or (empty) whichever answers.
using FamilyChoice = std::optional<Family>;
std::string_view name_of(FamilyChoice family);  // "any", "ipv4", "ipv6": the value of a label

enum class TlsTrust {
  require,
  report  // an unknown issuer is only reported; a wrong name or an expired certificate is a fault
};

struct Endpoint {
  Url url;
  std::vector<FamilyChoice> families = {std::nullopt};  // each is tested separately
  std::vector<int> expect_status = {};                  // empty: any
  std::string expect_body = {};                         // empty: any
  TlsTrust tls_trust = TlsTrust::require;
  std::optional<Proxy> proxy = std::nullopt;
  std::string purpose = {};  // what it stands for, for people; another one may stand for the same
  bool owned = false;        // whoever configured it also renews its certificate
};

}  // namespace cal::net
