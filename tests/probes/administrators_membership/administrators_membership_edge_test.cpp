// The membership probe against a fake directory, for what Samba does not do.
#include "probes/administrators_membership/administrators_membership.h"
#include "probes/shared/directory_probe.h"
#include "tests/fakes/directory_access.h"
#include "tests/fakes/ldap_server.h"

#include <catch2/catch.hpp>

#include <string>

using namespace cal;
using fakes::base;
using fakes::domain_sid;
using fakes::LdapEntry;
using fakes::LdapServer;

namespace {

const std::string administrators_dn = "CN=Administrators,CN=Builtin," + base;

LdapEntry entry(const std::string& dn, std::vector<LdapEntry::Attribute> attributes) {
  attributes.push_back({"distinguishedName", {dn}});
  return {dn, std::move(attributes)};
}

LdapEntry user(const std::string& name, std::uint32_t rid, std::vector<std::string> member_of) {
  LdapEntry made =
      entry("CN=" + name + ",CN=Users," + base, {{"sAMAccountName", {name}},
                                                 {"objectClass", {"user"}},
                                                 {"objectSid", {domain_sid.with_rid(rid).octets()}},
                                                 {"userAccountControl", {"512"}}});
  if (!member_of.empty()) made.attributes.push_back({"memberOf", std::move(member_of)});
  return made;
}

// A domain with a user `licadmin` whose memberOf is `member_of`, and the group's `members`.
void fill(LdapServer& server, std::vector<std::string> member_of,
          std::vector<std::string> members) {
  fakes::add_domain(server);
  server.add(user("licadmin", 1104, std::move(member_of)));
  server.add(
      entry(administrators_dn, {{"sAMAccountName", {"Administrators"}},
                                {"objectClass", {"group"}},
                                {"objectSid", {security::well_known::administrators.octets()}},
                                {"member", std::move(members)}}));
  server.start();
}

Outcome ask(const LdapServer& server, const std::string& account = "EBS\\licadmin") {
  using Settings = administrators_membership::Settings;
  using Membership =
      DirectoryProbe<Settings, administrators_membership::gather, administrators_membership::judge>;
  return fakes::run_probe<Membership>(server, Settings{{{account}}});
}

std::vector<std::string> other_members(int count) {
  std::vector<std::string> members;
  for (int i = 0; i < count; ++i) {
    members.push_back("CN=u" + std::to_string(i) + ",CN=Users," + base);
  }
  return members;
}

}  // namespace

TEST_CASE("a member whose memberOf is hidden is found in the group, beyond the first range",
          "[membership]") {
  LdapServer server({.max_values = 1'500});
  auto members = other_members(4'000);
  members.push_back("CN=licadmin,CN=Users," + base);
  fill(server, {}, members);
  const auto outcome = ask(server);
  CHECK(outcome.reason->word == "member_direct");
  CHECK(outcome.evidence.at(0).text == "licadmin → Administrators");
}

TEST_CASE("a group that the server returns in ranges is counted completely", "[membership]") {
  LdapServer server({.max_values = 1'500});
  fill(server, {}, other_members(4'000));
  const auto outcome = ask(server);
  INFO(outcome.summary);
  CHECK(outcome.reason->word == "not_member");
  CHECK(outcome.evidence.at(0).text.find("and 3992 more") != std::string::npos);
}

TEST_CASE("a server that truncates its answers is a server_error, not a missing account",
          "[membership]") {
  LdapServer server(
      {.on_search =
           [](const fakes::LdapRequest& request) -> std::optional<LdapServer::SearchAnswer> {
        if (request.scope == 0) return std::nullopt;
        return LdapServer::SearchAnswer{.result = {4, "size limit"}};
      }});
  fill(server, {}, {});
  CHECK(ask(server).reason->word == "server_error");
}

TEST_CASE("a referral is not followed and not taken for an answer", "[membership]") {
  LdapServer server(
      {.on_search =
           [](const fakes::LdapRequest& request) -> std::optional<LdapServer::SearchAnswer> {
        if (request.base.find("Partitions") == std::string::npos) return std::nullopt;
        return LdapServer::SearchAnswer{
            .result = {10, "", {"ldap://other.example.com/CN=Configuration"}}};
      }});
  fill(server, {administrators_dn}, {});
  const auto outcome = ask(server);
  CHECK(outcome.reason->word == "server_error");
  CHECK(outcome.summary.find("refer") != std::string::npos);
}

TEST_CASE("an account with hostile characters is escaped, not interpreted", "[membership]") {
  LdapServer server;
  fill(server, {administrators_dn}, {});
  CHECK(ask(server, "EBS\\*").reason->word == "account_not_found");
  CHECK(ask(server, "EBS\\licadmin)(objectClass=*").reason->word == "account_not_found");
  CHECK(ask(server, "EBS\\LICADMIN").reason->word == "member_direct");
}
