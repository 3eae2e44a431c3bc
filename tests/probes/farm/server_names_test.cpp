#include "probes/farm/server_names.h"

#include "tests/catch.h"

using namespace cal;
using namespace cal::farm;

namespace {

LicenseServer server_of(const std::string& name, const std::string& domain,
                        const std::string& dns_name = "") {
  LicenseServer server{name, SystemTime{}};
  server.domain = domain;
  server.dns_name = dns_name;
  return server;
}

}  // namespace

TEST_CASE("a license server is found by each of its names", "[farm]") {
  std::vector<LicenseServer> servers{server_of("LS1", "a.test", "ls1.a.test"),
                                     server_of("LS2", "a.test")};
  servers[0].addresses = {"192.0.2.11", "192.0.2.11"};
  const ServerNames names(servers);
  for (const auto* listed : {"LS1", " ls1 ", "ls1.a.test", "LS1.a.test.", "192.0.2.11"}) {
    CHECK(names.find(listed, std::nullopt) == servers.data());
  }
  CHECK(names.find("ls2.a.test", "a.test") == &servers[1]);
  // Another server, since LS1 has another DNS name.
  CHECK(names.find("ls1.b.test", "a.test") == nullptr);
  CHECK(names.find("LS3", "a.test") == nullptr);
  CHECK(names.find("192.0.2.12", "a.test") == nullptr);
}

TEST_CASE("of servers with one name, that of the host's domain is meant, or none", "[farm]") {
  std::vector<LicenseServer> servers{server_of("LS1", "a.test"), server_of("LS1", "b.test")};
  const ServerNames names(servers);
  CHECK(names.find("LS1", "B.test") == &servers[1]);
  CHECK(names.find("LS1", "c.test") == nullptr);
  CHECK(names.find("LS1", std::nullopt) == nullptr);
  servers.push_back(server_of("LS1", "b.test"));
  CHECK(ServerNames(servers).find("LS1", "b.test") == nullptr);
}
