// Why AdminSDHolder protects an account, against a fake directory.
#include "probes/ad/protecting_groups.h"
#include "tests/catch.h"
#include "tests/fakes/directory_access.h"
#include "tests/fakes/directory_entries.h"
#include "tests/fakes/ldap_server.h"

using namespace cal;
using namespace cal::fakes;
using ad::Protection;

namespace {

const std::string print_operators_dn = "CN=Print Operators,CN=Builtin," + base;

Protection protection_of(LdapEntry account, std::vector<LdapEntry> groups) {
  LdapServer server;
  add_domain(server);
  server.add(std::move(account));
  server.add(group("Domain Users", 513, security_group, {}));
  for (auto& each : groups) server.add(std::move(each));
  server.start();
  auto session = open_session(server);
  return ad::find_protection(session, {base, "ebs.example.com", "EBS", domain_sid},
                             domain_sid.with_rid(1104), soon());
}

LdapEntry print_operators() {
  return entry(print_operators_dn,
               {{"sAMAccountName", {"Print Operators"}},
                {"objectClass", {"group"}},
                {"groupType", {"-2147483643"}},
                {"objectSid", {security::Sid::parse_text("S-1-5-32-550")->octets()}}});
}

}  // namespace

TEST_CASE("a protecting group is found with the way to it", "[protection]") {
  const auto found = protection_of(
      user("petra", 1104, {dn_of("Printing")}),
      {group("Printing", 1200, security_group, {print_operators_dn}), print_operators()});
  REQUIRE(found.groups.size() == 1);
  CHECK(found.groups[0].chain == std::vector<std::string>{"petra", "Printing", "Print Operators"});
  CHECK(found.not_seen.empty());
  CHECK_FALSE(found.is_over());
}

TEST_CASE("a distribution group gives no protection", "[protection]") {
  const auto found = protection_of(
      user("petra", 1104, {dn_of("Printing")}),
      {group("Printing", 1200, distribution_group, {print_operators_dn}), print_operators()});
  CHECK(found.is_over());
}

TEST_CASE("a protection is over only if all groups were seen", "[protection]") {
  CHECK(protection_of(user("petra", 1104, {dn_of("Plain")}),
                      {group("Plain", 1200, security_group, {})})
            .is_over());
  const auto hidden = protection_of(user("petra", 1104, {dn_of("Hidden")}), {});
  CHECK(hidden.not_seen == "Hidden is hidden from the agent");
  CHECK_FALSE(hidden.is_over());
}

TEST_CASE("a group in the token counts although the way to it is hidden", "[protection]") {
  const auto found =
      protection_of(with(user("petra", 1104, {}), "tokenGroups",
                         {domain_users, builtin_users, domain_sid.with_rid(512).octets()}),
                    {});
  REQUIRE(found.groups.size() == 1);
  CHECK(found.groups[0].sid == domain_sid.with_rid(512));
  CHECK(found.groups[0].chain.empty());
}

TEST_CASE("the groups that protect are those of the operating system", "[protection]") {
  const ad::Domain domain{base, "ebs.example.com", "EBS", domain_sid};
  for (const auto* sid : {"S-1-5-32-544", "S-1-5-32-548", "S-1-5-32-549", "S-1-5-32-550",
                          "S-1-5-32-551", "S-1-5-32-552", "S-1-5-21-7-8-9-519"}) {
    CHECK(ad::is_protecting(*security::Sid::parse_text(sid), domain));
  }
  for (const auto* sid : {"S-1-5-32-545", "S-1-5-32-561", "S-1-5-21-7-8-9-512", "S-1-1-0"}) {
    CHECK_FALSE(ad::is_protecting(*security::Sid::parse_text(sid), domain));
  }
  for (const auto rid : {512U, 516U, 518U, 519U, 521U}) {
    CHECK(ad::is_protecting(domain_sid.with_rid(rid), domain));
  }
  CHECK_FALSE(ad::is_protecting(domain_sid.with_rid(513), domain));
}
