#include "probes/net/no_proxy.h"

#include "tests/catch.h"

using namespace cal::net;

// The rows are what curl 7.88 does with the same variable.
TEST_CASE("no_proxy is read as curl reads it", "[no_proxy]") {
  const auto& [host, no_proxy, exempt] = GENERATE(table<std::string, std::string, bool>({
      {"x.example.com", "*", true},
      {"x.example.com", "*,a", false},
      {"x.example.com", " *", false},
      {"x.example.com", "example.com", true},
      {"x.example.com", ".example.com", true},
      {"x.example.com", "example.com.", true},
      {"x.example.com", "localhost, x.Example.COM", true},
      {"x.example.com", "localhost x.example.com", true},
      {"x.example.com", ",,\tx.example.com,", true},
      {"x.example.com", "le.com", false},
      {"x.example.com", "y.x.example.com", false},
      {"x.example.com", "*.example.com", false},
      {"x.example.com", "x.example.com:443", false},
      {"x.example.com", "", false},
      {"x.example.com", " , ", false},
      {"x.example.com", ".", false},
      {"example.com", ".example.com", true},
      {"192.0.2.7", "192.0.2.7", true},
      {"192.0.2.7", "192.0.2.0/24", true},
      {"192.0.2.7", "192.0.2.99/24", true},
      {"192.0.2.7", "192.0.2.4/30", true},
      {"192.0.2.7", "192.0.2.8/29", false},
      {"192.0.2.7", "192.0.2.7/32", true},
      {"192.0.2.7", "192.0.2.0/33", false},
      {"192.0.2.7", "192.0.2.7/0", true},
      {"192.0.2.7", "192.0.2.8/0", false},
      {"192.0.2.7", "192.0.2", false},
      {"192.0.2.7", ".2.7", false},
      {"192.0.2.7", "192.0.2.7:80", false},
      {"x.192.0.2.7.example.com", "192.0.2.0/24", false},
      {"2001:db8::7", "2001:db8::7", true},
      {"2001:db8::7", "2001:DB8:0::/64", true},
      {"2001:db8::7", "2001:db8::8/125", false},
      {"2001:db8::7", "2001:db8::4/126", true},
      {"2001:db8::7", "2001:db8::/129", false},
      {"2001:db8::7", "[2001:db8::7]", false},
      {"2001:db8::7", "192.0.2.0/24", false},
  }));
  INFO(host << " in '" << no_proxy << "'");
  CHECK(is_exempt(host, no_proxy) == exempt);
}

TEST_CASE("entries of no_proxy that exempt no host are named", "[no_proxy]") {
  using List = std::vector<std::string>;
  CHECK(entries_without_effect("localhost,.example.com, 10.0.0.0/8 ::1,2001:db8::/32") == List{});
  CHECK(entries_without_effect("*") == List{});
  CHECK(entries_without_effect("a:80,*.example.com *,[::1],10.0.0.1:80,x/y") ==
        List{"a:80", "*.example.com", "*", "[::1]", "10.0.0.1:80", "x/y"});
}
