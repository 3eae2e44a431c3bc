#include "probes/net/resolver.h"
#include "tests/catch.h"
#include "tests/fakes/dns_server.h"
#include "tests/fakes/ipv6.h"
#include "tests/fakes/no_descriptors.h"

using namespace std::chrono_literals;
using cal::Deadline;
using cal::fakes::DnsServer;
using cal::net::ResolveError;
using cal::net::Resolver;

namespace {

std::vector<std::string> texts(const std::vector<cal::net::Address>& addresses) {
  std::vector<std::string> result;
  for (const auto& address : addresses) result.push_back(address.text());
  return result;
}

}  // namespace

TEST_CASE("a name has addresses of both families", "[resolver]") {
  const DnsServer dns({{"dc1.ebs.example.com", {.addresses = {"192.0.2.1", "2001:db8::1"}}}});
  const Resolver resolver({dns.address()});
  const auto found = resolver.resolve("dc1.ebs.example.com", Deadline::in(10s));
  REQUIRE(found);
  CHECK_THAT(texts(*found),
             Catch::UnorderedEquals(std::vector<std::string>{"192.0.2.1", "2001:db8::1"}));
}

TEST_CASE("a name with IPv4 only is found", "[resolver]") {
  const DnsServer dns({{"dc1.ebs.example.com", {.addresses = {"192.0.2.1", "192.0.2.2"}}}});
  const auto found = Resolver({dns.address()}).resolve("dc1.ebs.example.com", Deadline::in(10s));
  REQUIRE(found);
  CHECK(found->size() == 2);
}

TEST_CASE("a lack of descriptors is not reported as unreachable name servers", "[resolver]") {
  const DnsServer dns({{"dc1.ebs.example.com", {.addresses = {"192.0.2.1"}}}});
  const Resolver resolver({dns.address()});
  const cal::fakes::NoDescriptors none;
  CHECK_THROWS_WITH(resolver.resolve("dc1.ebs.example.com", Deadline::in(10s)),
                    Catch::Contains("Too many open files"));
}

TEST_CASE("an IP literal resolves to itself without a query", "[resolver]") {
  const DnsServer dns({});
  const auto* literal = GENERATE("192.0.2.7", "2001:db8::7");
  const auto found = Resolver({dns.address()}).resolve(literal, Deadline::in(10s));
  REQUIRE(found);
  CHECK(texts(*found) == std::vector<std::string>{literal});
  CHECK(dns.questions() == 0);
}

TEST_CASE("localhost is this host, whichever servers are asked", "[resolver]") {
  const DnsServer dns({});
  const Resolver resolver({dns.address()});
  const auto* name = GENERATE("localhost", "LocalHost");
  const auto family = GENERATE(values<std::optional<cal::net::Family>>(
      {std::nullopt, cal::net::Family::v4, cal::net::Family::v6}));
  const auto found = resolver.ask_dns({{name, family}}, Deadline::in(10s)).front().answer;
  REQUIRE(found);
  REQUIRE_FALSE(found->empty());
  for (const auto& address : *found) {
    CHECK(address.family == family.value_or(address.family));
    const auto text = address.text();
    CHECK((text.starts_with("127.") || text == "::1"));
  }
  CHECK(dns.questions() == 0);
}

TEST_CASE("the faults of name servers are distinguished", "[resolver]") {
  struct Row {
    DnsServer::Name name;
    ResolveError error;
  };
  const auto row = GENERATE(
      Row{{.fault = DnsServer::Fault::nxdomain}, ResolveError::not_found},
      Row{{.addresses = {}}, ResolveError::not_found},
      Row{{.fault = DnsServer::Fault::refused}, ResolveError::refused},
      Row{{.fault = DnsServer::Fault::servfail}, ResolveError::server_failure},
      Row{{.fault = DnsServer::Fault::notauth}, ResolveError::server_failure},
      Row{{.addresses = {"192.0.2.1"}, .fault = DnsServer::Fault::garbage}, ResolveError::other});
  const DnsServer dns({{"dc1.ebs.example.com", row.name}});
  const Resolver resolver({dns.address()});
  const auto address = resolver.resolve("dc1.ebs.example.com", Deadline::in(20s));
  REQUIRE_FALSE(address);
  CHECK(address.error().error == row.error);
  const auto service = resolver.resolve_srv("dc1.ebs.example.com", Deadline::in(20s));
  REQUIRE_FALSE(service);
  if (row.error != ResolveError::other) CHECK(service.error().error == row.error);
  CHECK_THAT(address.error().message, Catch::Contains("dc1.ebs.example.com"));
}

TEST_CASE("a lookup on a silent name server ends at the deadline", "[resolver]") {
  const DnsServer dns({{"dc1.ebs.example.com", {.fault = DnsServer::Fault::silence}}});
  const auto begun = std::chrono::steady_clock::now();
  const auto found = Resolver({dns.address()}).resolve("dc1.ebs.example.com", Deadline::in(300ms));
  CHECK(std::chrono::steady_clock::now() - begun < 10s);
  REQUIRE_FALSE(found);
  CHECK(found.error().error == ResolveError::timeout);
}

TEST_CASE("the second name server answers when the first one fails", "[resolver]") {
  const DnsServer broken({{"dc1.ebs.example.com", {.fault = DnsServer::Fault::servfail}}});
  const DnsServer good({{"dc1.ebs.example.com", {.addresses = {"192.0.2.1"}}}});
  const auto found = Resolver({broken.address(), good.address()})
                         .resolve("dc1.ebs.example.com", Deadline::in(20s));
  REQUIRE(found);
  CHECK(texts(*found) == std::vector<std::string>{"192.0.2.1"});
}

TEST_CASE("the system's resolver uses the hosts file", "[resolver]") {
  const auto found = Resolver().resolve("localhost", Deadline::in(10s));
  REQUIRE(found);
  CHECK_THAT(texts(*found), Catch::VectorContains(std::string("127.0.0.1")) ||
                                Catch::VectorContains(std::string("::1")));
}

TEST_CASE("services are ordered by priority, then by weight", "[resolver]") {
  const DnsServer dns({{"_ldap._tcp.ebs.example.com",
                        {.services = {{10, 5, 389, "b.ebs.example.com"},
                                      {20, 9, 389, "c.ebs.example.com"},
                                      {10, 50, 3389, "a.ebs.example.com"}}}}});
  const auto found =
      Resolver({dns.address()}).resolve_srv("_ldap._tcp.ebs.example.com", Deadline::in(10s));
  REQUIRE(found);
  REQUIRE(found->size() == 3);
  CHECK((*found)[0].host == "a.ebs.example.com");
  CHECK((*found)[0].port == 3389);
  CHECK((*found)[1].host == "b.ebs.example.com");
  CHECK((*found)[2].host == "c.ebs.example.com");
}

TEST_CASE("a service that is declared absent is not found", "[resolver]") {
  // RFC 2782: a target of "." means that the service is decidedly not available.
  const DnsServer dns({{"_ldap._tcp.ebs.example.com", {.services = {{0, 0, 0, ""}}}}});
  const auto found =
      Resolver({dns.address()}).resolve_srv("_ldap._tcp.ebs.example.com", Deadline::in(10s));
  REQUIRE_FALSE(found);
  CHECK(found.error().error == ResolveError::not_found);
}

TEST_CASE("many names are looked up in parallel, each with its own answer", "[resolver]") {
  std::map<std::string, DnsServer::Name> names;
  std::vector<cal::net::Question> questions;
  for (int i = 0; i < 600; ++i) {
    const auto name = "host" + std::to_string(i) + ".example.com";
    const auto last = std::to_string(i % 250 + 1);
    names[name] = {.addresses = {"192.0.2." + last, "2001:db8::" + last}};
    questions.push_back({name, i % 2 == 0 ? cal::net::Family::v4 : cal::net::Family::v6});
  }
  questions.push_back({"gone.example.com", std::nullopt});
  questions.push_back({"192.0.2.7", std::nullopt});
  const DnsServer dns(names);
  const auto lookups = Resolver({dns.address()}).ask_dns(questions, Deadline::in(60s));
  REQUIRE(lookups.size() == questions.size());
  for (std::size_t i = 0; i < 600; ++i) {
    const auto last = std::to_string(i % 250 + 1);
    REQUIRE(lookups[i].answer);
    REQUIRE(texts(*lookups[i].answer) ==
            std::vector<std::string>{(i % 2 == 0 ? "192.0.2." : "2001:db8::") + last});
  }
  CHECK(lookups[600].answer.error().error == ResolveError::not_found);
  CHECK(texts(*lookups[601].answer) == std::vector<std::string>{"192.0.2.7"});
}

TEST_CASE("a name without an address of the family asked for is not found", "[resolver]") {
  const DnsServer dns({{"v4.example.com", {.addresses = {"192.0.2.1"}}}});
  const auto lookups = Resolver({dns.address()})
                           .ask_dns({{"v4.example.com", cal::net::Family::v6}}, Deadline::in(60s));
  REQUIRE_FALSE(lookups[0].answer);
  CHECK(lookups[0].answer.error().error == ResolveError::not_found);
  CHECK_THAT(lookups[0].answer.error().message, Catch::Contains("the IPv6 address"));
}

TEST_CASE("a resolver lists the servers that it asks", "[resolver]") {
  CHECK(texts(Resolver({"192.0.2.1", "[2001:db8::1]:5353"}).servers()) ==
        std::vector<std::string>{"192.0.2.1", "2001:db8::1"});
}

TEST_CASE("the hosts file is read regardless of which servers are asked", "[resolver]") {
  const auto found = Resolver::in_hosts_file({"localhost", cal::net::Family::v4});
  CHECK(texts(found) == std::vector<std::string>{"127.0.0.1"});
  CHECK(Resolver::in_hosts_file({"gone.example.com", std::nullopt}).empty());
  CHECK(Resolver().uses_hosts_file());
  CHECK_FALSE(Resolver({"192.0.2.1"}).uses_hosts_file());
}

TEST_CASE("a name server without an open port is refused at once, by address of either family",
          "[resolver]") {
  const std::string server = GENERATE("127.0.0.1", "[::1]");
  if (server == "[::1]" && !cal::fakes::has_ipv6()) return;
  const auto port = DnsServer({}).address();  // closed again
  const auto address = server + port.substr(port.find(':'));
  const auto begun = std::chrono::steady_clock::now();
  const Resolver resolver({address, address});
  const auto found = resolver.resolve("dc1.ebs.example.com", Deadline::in(20s));
  CHECK(std::chrono::steady_clock::now() - begun < 5s);
  REQUIRE_FALSE(found);
  CHECK(found.error().error == ResolveError::refused);
  CHECK_THAT(found.error().message, Catch::Contains("nothing listens on the port"));
  const auto service = resolver.resolve_srv("dc1.ebs.example.com", Deadline::in(20s));
  REQUIRE_FALSE(service);
  CHECK(service.error().error == ResolveError::refused);
}

TEST_CASE("a closed port next to a name server that answers, fails or is silent", "[resolver]") {
  const auto closed = DnsServer({}).address();
  struct Row {
    DnsServer::Name name;
    std::optional<ResolveError> error;
  };
  const auto row =
      GENERATE_COPY(Row{{.addresses = {"192.0.2.1"}}, std::nullopt},
                    Row{{.fault = DnsServer::Fault::nxdomain}, ResolveError::not_found},
                    Row{{.fault = DnsServer::Fault::silence}, ResolveError::timeout});
  const DnsServer dns({{"dc1.ebs.example.com", row.name}});
  const auto found =
      Resolver({closed, dns.address()}).resolve("dc1.ebs.example.com", Deadline::in(3s));
  CHECK(found.has_value() == !row.error);
  if (row.error) CHECK(found.error().error == *row.error);
}
