#include "probes/net/endpoint.h"

#include "tests/catch.h"

#include <map>

using namespace cal::net;

namespace {

Variable environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? "" : found->second;
  };
}

// "host:port" of the proxy, or an empty string.
std::string proxy_for(const std::string& url, std::map<std::string, std::string> variables) {
  const auto proxy =
      proxy_of_environment(*parse_url(url), environment(std::move(variables))).value();
  return proxy ? proxy->text() : "";
}

}  // namespace

TEST_CASE("a URL has a scheme, a host and a port", "[endpoint]") {
  struct Row {
    std::string text;
    Scheme scheme;
    std::string host;
    std::uint16_t port;
  };
  const auto row = GENERATE(values<Row>({
      {"https://go.microsoft.com", Scheme::https, "go.microsoft.com", 443},
      {"http://go.microsoft.com/fwlink/?LinkId=1", Scheme::http, "go.microsoft.com", 80},
      {"https://go.microsoft.com:8443/", Scheme::https, "go.microsoft.com", 8443},
      {"tcp://dc1.ebs.example.com:389", Scheme::tcp, "dc1.ebs.example.com", 389},
      {"https://go.microsoft.com./", Scheme::https, "go.microsoft.com", 443},
      {"https://192.0.2.1/", Scheme::https, "192.0.2.1", 443},
      {"tcp://[2001:db8::1]:443", Scheme::tcp, "2001:db8::1", 443},
      {"http://[::1]:9/", Scheme::http, "::1", 9},
      {"https://[2001:DB8::1]/", Scheme::https, "2001:DB8::1", 443},
  }));
  const auto url = parse_url(row.text);
  REQUIRE(url);
  CHECK(url->text == row.text);
  CHECK(url->scheme == row.scheme);
  CHECK(url->host == row.host);
  CHECK(url->port == row.port);
}

TEST_CASE("the error for an invalid endpoint says why it is invalid", "[endpoint]") {
  const auto& [text, why] = GENERATE(table<std::string, std::string>({
      {"go.microsoft.com", "is not a URL"},
      {"https://", "is not a URL"},
      {"https://host name/", "is not a URL"},
      {"ftp://go.microsoft.com", "has an unsupported scheme"},
      {"tcp://go.microsoft.com", "has no port"},
      {"https://go.microsoft.com:0", "has no port"},
      {"tcp://go.microsoft.com:443/path", "has a path"},
      {"https://bücher.example", "not ASCII"},
      {"https://user:secret@go.microsoft.com", "contains a user or a password"},
      {"http://[fe80::1%25eth0]/", "has an IPv6 address with a zone"},
      {"http://[fe80::1%eth0]/", "has an IPv6 address with a zone"},
      {"tcp://[fe80::1%25eth0]:53", "has an IPv6 address with a zone"},
      {"http://[::1/", "is not a URL"},
      {"https://go.microsoft.com../", "has a host that is not a name"},
      {"https://./", "has a host that is not a name"},
      {"https://go..microsoft.com/", "has a host that is not a name"},
      {"https://" + std::string(64, 'a') + ".example.com/", "has a host that is not a name"},
  }));
  const auto url = parse_url(text);
  REQUIRE_FALSE(url);
  CHECK_THAT(url.error(), Catch::Contains(why));
  CHECK_THAT(url.error(), !Catch::Contains("secret"));
}

TEST_CASE("a final dot is left out of the request, and an address is requested as written",
          "[endpoint]") {
  const auto& [text, request] = GENERATE(table<std::string, std::string>({
      {"https://go.microsoft.com./a?b=c.", "https://go.microsoft.com/a?b=c."},
      {"http://go.microsoft.com.:8080", "http://go.microsoft.com:8080/"},
      {"http://[::1]:9/", "http://[::1]:9/"},
      {"https://go.microsoft.com/.", "https://go.microsoft.com/."},
  }));
  CHECK(parse_url(text)->request == request);
}

TEST_CASE("a proxy is an HTTP proxy", "[endpoint]") {
  CHECK(parse_proxy("http://proxy.example.com:3128")->text() == "proxy.example.com:3128");
  CHECK(parse_proxy("proxy.example.com")->text() == "proxy.example.com:1080");
  CHECK(parse_proxy("http://[2001:db8::1]:8080/")->text() == "[2001:db8::1]:8080");
  CHECK(parse_proxy("http://user:p%40ss@proxy:3128")->credentials == "user:p@ss");
  CHECK(parse_proxy("http://user:p%40ss@proxy:3128")->text() == "proxy:3128");
  CHECK(parse_proxy("http://[::1]:3128")->host == "::1");
  CHECK(parse_proxy("http://proxy.example.com.:3128")->text() == "proxy.example.com:3128");
  CHECK_THAT(parse_proxy("http://[fe80::1%25eth0]:3128").error(), Catch::Contains("with a zone"));
  CHECK_FALSE(parse_proxy("socks5://proxy:1080"));
  CHECK_FALSE(parse_proxy("https://proxy:3128"));
  CHECK_FALSE(parse_proxy("http://"));
}

TEST_CASE("the environment names the proxy by the URL's scheme", "[endpoint]") {
  const std::map<std::string, std::string> all{
      {"http_proxy", "http://a:1"}, {"https_proxy", "http://b:2"}, {"all_proxy", "http://c:3"}};
  CHECK(proxy_for("http://x.example.com", all) == "a:1");
  CHECK(proxy_for("https://x.example.com", all) == "b:2");
  CHECK(proxy_for("tcp://x.example.com:25", all) == "c:3");
  CHECK(proxy_for("https://x.example.com", {{"HTTPS_PROXY", "http://d:4"}}) == "d:4");
  // A web server's request header Proxy: becomes HTTP_PROXY.
  CHECK(proxy_for("http://x.example.com", {{"HTTP_PROXY", "http://d:4"}}).empty());
  CHECK(proxy_for("http://x.example.com", {}).empty());
}

TEST_CASE("no_proxy exempts a host, and NO_PROXY only in its absence", "[endpoint]") {
  const std::map<std::string, std::string> proxy{{"https_proxy", "http://b:2"}};
  const auto with = [&](std::map<std::string, std::string> more) {
    more.insert(proxy.begin(), proxy.end());
    return proxy_for("https://x.example.com", more);
  };
  CHECK(with({{"no_proxy", "example.com"}}).empty());
  CHECK(with({{"NO_PROXY", "example.com"}}).empty());
  CHECK(with({{"no_proxy", "other"}, {"NO_PROXY", "example.com"}}) == "b:2");
  CHECK(with({{"no_proxy", ""}, {"NO_PROXY", "example.com"}}).empty());
}

TEST_CASE("a PAC file is not a proxy", "[endpoint]") {
  const auto* text = GENERATE("http://config.example.com/proxy.pac", "http://wpad/wpad.dat");
  CHECK_THAT(parse_proxy(text).error(), Catch::Contains("a PAC file is not evaluated"));
}

TEST_CASE("the error for an invalid proxy in the environment names its variable", "[endpoint]") {
  const auto proxy = proxy_of_environment(*parse_url("https://x.example.com"),
                                          environment({{"all_proxy", "socks5://s:1"}}));
  REQUIRE_FALSE(proxy);
  CHECK(proxy.error() ==
        "the variable all_proxy in the agent's environment is not an HTTP proxy; write "
        "http://HOST:PORT");
}
