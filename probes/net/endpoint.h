// What is asked about one endpoint of the Internet: its URL, the proxy on the way, and what counts
// as reached. Values; parsing is pure.
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
  std::string text;  // as it was written
  Scheme scheme;
  std::string host;  // a name, or an address without brackets
  std::uint16_t port;
};

// "https://host[:port][/path]", http likewise, or "tcp://host:port". The error says what is wrong
// and what is allowed.
tl::expected<Url, std::string> parse_url(const std::string& text);

// A host as it stands in a URL: an IPv6 address in brackets.
std::string in_url(const std::string& host);

// An HTTP proxy.
struct Proxy {
  std::string host;
  std::uint16_t port;
  std::string credentials = {};  // "user:password", a secret; empty: none

  std::string text() const;  // "host:port", for people
};

// "http://host:port"; the scheme may be left out, and a port, which is 1080 then, as for curl.
tl::expected<Proxy, std::string> parse_proxy(const std::string& text);

// The proxy that the environment names for a URL, by curl's rules: http_proxy (in lower case only),
// https_proxy, all_proxy and no_proxy. `variable` gives a variable's value, or an empty text.
using Variable = std::function<std::string(const std::string& name)>;
tl::expected<std::optional<Proxy>, std::string> proxy_of_environment(const Url& url,
                                                                     const Variable& variable);

// Which addresses of a host are used: those of one family, or all, whichever answers.
using FamilyChoice = std::optional<Family>;
std::string_view name_of(FamilyChoice family);  // "any", "ipv4", "ipv6": the value of a label

enum class TlsTrust {
  require,
  report  // an unknown issuer is only reported; a wrong name and an expired certificate still count
};

struct Endpoint {
  Url url;
  std::vector<FamilyChoice> families = {std::nullopt};  // each is a way of its own
  std::vector<int> expect_status = {};                  // empty: any
  std::string expect_body = {};                         // empty: any
  TlsTrust tls_trust = TlsTrust::require;
  std::optional<Proxy> proxy = std::nullopt;
};

}  // namespace cal::net
