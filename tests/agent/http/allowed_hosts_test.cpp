#include "agent/http/allowed_hosts.h"

#include "tests/catch.h"

using cal::AllowedHosts;

namespace {

const AllowedHosts hosts({"localhost", "Cal1", "cal1.example.com."},
                         "https://cal.example.com:8443/ebs");

}  // namespace

TEST_CASE("a Host is an address or a name of the list, with any port", "[allowed_hosts]") {
  const auto [host, is_allowed] = GENERATE(table<std::string, bool>({
      {"127.0.0.1", true},
      {"192.0.2.1:10105", true},
      {"[2001:db8::1]:10105", true},
      {"[::1]", true},
      {"[fe80::1%25eth0]:10105", true},
      {"localhost:10105", true},
      {"LOCALHOST", true},
      {"cal1", true},
      {"cal1.example.com", true},
      {"CAL1.example.com.:80", true},
      {"cal.example.com", true},
      {"", false},
      {":10105", false},
      {"rebind.example.org", false},
      {"rebind.example.org:10105", false},
      {"localhost.example.org", false},
      {"127.0.0.1.example.org", false},
      {"127.0.0.1:99999", false},
      {"127.1", false},
      {"[localhost]", false},
      {"[::1", false},
      {"example.com", false},
      {"cal1 example", false},
  }));
  CAPTURE(host);
  CHECK(hosts.allows_host(host) == is_allowed);
}

TEST_CASE("an Origin is that of the Host, or of the external URL", "[allowed_hosts]") {
  struct Case {
    std::string origin;
    std::string host;
    bool tls;
    bool is_allowed;
  };
  const auto each = GENERATE(values<Case>({
      {"http://127.0.0.1:10105", "127.0.0.1:10105", false, true},
      {"http://LOCALHOST:10105", "localhost:10105", false, true},
      {"https://cal1", "cal1", false, true},
      {"https://cal1", "cal1", true, true},
      {"https://cal.example.com:8443", "localhost:10105", false, true},
      {"http://cal1", "cal1", true, false},
      {"http://127.0.0.1:8080", "127.0.0.1:10105", false, false},
      {"http://192.0.2.9", "192.0.2.1:10105", false, false},
      {"https://cal.example.com", "localhost:10105", false, false},
      {"http://cal.example.com:8443", "localhost:10105", false, false},
      {"null", "localhost:10105", false, false},
      {"http://", "", false, true},  // such a Host is refused before
  }));
  CAPTURE(each.origin, each.host, each.tls);
  CHECK(hosts.allows_origin(each.origin, each.host, each.tls) == each.is_allowed);
}

TEST_CASE("without names and an external URL only addresses are allowed", "[allowed_hosts]") {
  const AllowedHosts none({}, "");
  CHECK(none.allows_host("127.0.0.1:10105"));
  CHECK_FALSE(none.allows_host("localhost"));
  CHECK_FALSE(none.allows_origin("", "localhost", false));
}
