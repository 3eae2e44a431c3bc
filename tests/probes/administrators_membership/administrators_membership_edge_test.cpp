// The membership probe against a fake directory, for what Samba does not do.
#include "tests/catch.h"
#include "tests/fakes/directory_entries.h"

#include <algorithm>
#include <atomic>
#include <string>

using namespace cal;
using namespace cal::fakes;

namespace {

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
  fakes::add_domain(server);
  server.add(with(user("licadmin", 1104, {}), "tokenGroups", {domain_users, builtin_users}));
  server.add(administrators(other_members(4'000)));
  server.start();
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
  CHECK(ask(server, "*@ebs.example.com").reason->word == "account_not_found");
  CHECK(ask(server, "licadmin)(objectClass=*@ebs.example.com").reason->word == "account_not_found");
  CHECK(ask(server, "EBS\\LICADMIN").reason->word == "member_direct");
}

TEST_CASE("a distribution group grants nothing, wherever it is in the chain", "[membership]") {
  // The type of the group next to the account, and of the one next to Administrators.
  struct Row {
    std::string first, second;
    std::string_view reason;
    std::string named;
  };
  const auto row = GENERATE(values<Row>({
      {security_group, security_group, "member_nested", ""},
      {distribution_group, security_group, "not_member", "Helpers is a distribution group"},
      {security_group, distribution_group, "not_member", "Operators is a distribution group"},
      {distribution_group, distribution_group, "not_member",
       "Helpers, Operators are distribution groups"},
  }));
  const bool member_of_is_hidden = GENERATE(false, true);
  CAPTURE(row.named, member_of_is_hidden);
  LdapServer server;
  fakes::add_domain(server);
  server.add(user("licadmin", 1104, {dn_of("Helpers")}));
  server.add(group("Helpers", 1200, row.first, {dn_of("Operators")}));
  server.add(group("Operators", 1201, row.second,
                   member_of_is_hidden ? std::vector<std::string>{}
                                       : std::vector<std::string>{administrators_dn}));
  server.add(administrators({dn_of("Operators")}));
  server.start();
  const auto outcome = ask(server);
  CHECK(outcome.reason->word == row.reason);
  CHECK(outcome.summary.find(row.named) != std::string::npos);
  CHECK(outcome.evidence.at(0).text.find(row.named) != std::string::npos);
}

TEST_CASE("a mailing list that leads nowhere is not named", "[membership]") {
  LdapServer server;
  fakes::add_domain(server);
  server.add(user("licadmin", 1104, {dn_of("News")}));
  server.add(group("News", 1200, distribution_group, {}));
  server.add(administrators({dn_of("x")}));
  server.start();
  const auto outcome = ask(server);
  CHECK(outcome.reason->word == "not_member");
  CHECK(outcome.summary.find("distribution") == std::string::npos);
}

TEST_CASE("a distribution group as the required group has no members with rights", "[membership]") {
  LdapServer server;
  fakes::add_domain(server);
  server.add(user("licadmin", 1104, {dn_of("News")}));
  server.add(with(group("News", 1200, distribution_group, {}), "member", {dn_of("licadmin")}));
  server.start();
  const auto outcome = ask_all(server, {{"EBS\\licadmin", "News"}});
  CHECK(outcome.reason->word == "not_member");
  CHECK(outcome.summary.find("News is a distribution group") != std::string::npos);
}

TEST_CASE("tokenGroups decides where it is readable", "[membership]") {
  const bool in_token = GENERATE(false, true);
  LdapServer server;
  fakes::add_domain(server);
  auto token = std::vector{domain_users, builtin_users};
  if (in_token) token.push_back(domain_sid.with_rid(1200).octets());
  server.add(with(user("licadmin", 1104, {dn_of("Helpers")}), "tokenGroups", token));
  server.add(without(group("Helpers", 1200, "", {administrators_dn}), "groupType"));
  server.add(administrators({dn_of("Helpers")}));
  server.start();
  CHECK(ask(server).reason->word == (in_token ? "member_nested" : "not_member"));
}

TEST_CASE("whether an account can log on is unknown if an attribute did not come back",
          "[membership]") {
  const std::string hidden =
      GENERATE("userAccountControl", "accountExpires", "msDS-User-Account-Control-Computed");
  LdapServer server;
  fakes::add_domain(server);
  server.add(without(user("licadmin", 1104, {administrators_dn}), hidden));
  server.add(administrators({dn_of("licadmin")}));
  server.start();
  const auto outcome = ask(server);
  CHECK(outcome.reason->word == "logon_not_seen");
  CHECK(outcome.evidence.at(0).text.find(hidden) != std::string::npos);
  CHECK(outcome.evidence.at(0).text.find("Account Restrictions") != std::string::npos);
}

TEST_CASE("an account whose groups were not all seen is not called a stranger", "[membership]") {
  struct Row {
    std::vector<std::string> member_of;
    std::string named;
  };
  const auto row = GENERATE(values<Row>({
      {{}, "neither tokenGroups nor memberOf of licadmin was returned"},
      {{"CN=Far,CN=Users,DC=child," + base}, "Far belongs to another domain"},
      {{"CN=Far,CN=Users,DC=other,DC=example"}, "Far belongs to another domain"},
      {{dn_of("Hidden")}, "Hidden is hidden from the agent"},
      {{dn_of("Untyped")}, "groupType of Untyped was not returned"},
  }));
  CAPTURE(row.named);
  LdapServer server;
  fakes::add_domain(server);
  server.add(user("licadmin", 1104, row.member_of));
  server.add(without(group("Untyped", 1200, "", {administrators_dn}), "groupType"));
  server.add(administrators({dn_of("x")}));
  server.start();
  const auto outcome = ask(server);
  CHECK(outcome.reason->word == "membership_not_seen");
  CHECK(outcome.reason->verdict == Verdict::unknown);
  CHECK(outcome.evidence.at(0).text.find(row.named) != std::string::npos);
}

TEST_CASE("a search for groups that ends in a referral is a walk that was cut", "[membership]") {
  LdapServer server(
      {.on_search =
           [](const fakes::LdapRequest& request) -> std::optional<LdapServer::SearchAnswer> {
        if (request.filter.kind != fakes::LdapFilter::Kind::any_of) return std::nullopt;
        return LdapServer::SearchAnswer{.result = {10, "", {"ldap://other.example.com/"}}};
      }});
  fakes::add_domain(server);
  server.add(user("licadmin", 1104, {dn_of("Helpers")}));
  server.add(group("Helpers", 1200, security_group, {administrators_dn}));
  server.add(administrators({dn_of("x")}));
  server.start();
  CHECK(ask(server).reason->word == "membership_not_seen");
}

TEST_CASE("memberOf beyond the first range is read, or the walk was cut", "[membership]") {
  const bool knows_ranges = GENERATE(true, false);
  LdapServer server(
      {.max_values = 1'500,
       .on_search =
           [&](const fakes::LdapRequest& request) -> std::optional<LdapServer::SearchAnswer> {
         const bool later = std::ranges::any_of(request.attributes, [](const auto& name) {
           return name.starts_with("memberOf;range=");
         });
         if (knows_ranges || !later) return std::nullopt;
         return LdapServer::SearchAnswer{.entries = {{request.base, {}}}};
       }});
  auto groups = other_members(2'000);
  groups.push_back(administrators_dn);
  fakes::add_domain(server);
  for (int i = 0; i < 2'000; ++i) {
    server.add(
        group("u" + std::to_string(i), 2'000 + static_cast<std::uint32_t>(i), security_group, {}));
  }
  server.add(user("licadmin", 1104, groups));
  server.add(administrators({dn_of("x")}));
  server.start();
  CHECK(ask(server).reason->word == (knows_ranges ? "member_direct" : "membership_not_seen"));
}

TEST_CASE("one odd account does not blind the others", "[membership]") {
  struct Row {
    std::string account;
    std::string_view reason;
  };
  const auto row = GENERATE(values<Row>({
      {"EBS/dana", "name_not_usable"},
      {" EBS\\dana", "name_not_usable"},
      {"CN=referred,CN=Users,DC=ebs,DC=example,DC=com", "server_error"},
      {"CN=invalid,CN=Users,DC=ebs,DC=example,DC=com", "server_error"},
      {"CN=dana,CN=Users,DC=child,DC=ebs,DC=example,DC=com", "other_domain"},
      {"LDAP://dc9/CN=licadmin, CN=Users, DC=ebs, DC=example, DC=com", "member_direct"},
      {"licadmin@ebs.example.com.", "member_direct"},
  }));
  CAPTURE(row.account);
  LdapServer server(
      {.on_search =
           [](const fakes::LdapRequest& request) -> std::optional<LdapServer::SearchAnswer> {
        if (request.base.starts_with("CN=referred")) {
          return LdapServer::SearchAnswer{.result = {10, "", {"ldap://other.example.com/"}}};
        }
        if (request.base.starts_with("CN=invalid")) {
          return LdapServer::SearchAnswer{.result = {34, "invalid DN"}};
        }
        return std::nullopt;
      }});
  fill(server, {administrators_dn}, {});
  const auto outcome = ask_all(server, {{row.account}, {"EBS\\licadmin"}});
  CHECK(outcome.reason->word == row.reason);
  CHECK(outcome.evidence.at(1).text == "licadmin → Administrators");
}

TEST_CASE("a UPN that another domain of the forest can hold is not missing", "[membership]") {
  LdapServer server;
  fill(server, {administrators_dn}, {});
  CHECK(ask(server, "dana@ebs.example.com").reason->word == "account_not_found");
  LdapServer forest;
  forest.add({"CN=CHILD,CN=Partitions,CN=Configuration," + base,
              {{"objectClass", {"crossRef"}},
               {"nCName", {"DC=child," + base}},
               {"nETBIOSName", {"CHILD"}},
               {"dnsRoot", {"child.ebs.example.com"}}}});
  fill(forest, {administrators_dn}, {});
  const auto outcome = ask(forest, "dana@ebs.example.com");
  CHECK(outcome.reason->word == "other_domain");
  CHECK(outcome.evidence.at(0).text.find("child.ebs.example.com") != std::string::npos);
}

TEST_CASE("groups below Administrators and the licensing server are looked up for the plan",
          "[membership][repair]") {
  LdapServer server;
  fakes::add_domain(server);
  server.add(with(user("licadmin", 1104, {}), "tokenGroups", {domain_users, builtin_users}));
  server.add(administrators({dn_of("Installers")}));
  server.add(group("Installers", 1300, security_group, {administrators_dn}));
  server.add(group("Deep", 1301, security_group, {dn_of("Installers")}));
  server.add(group("Mail", 1302, distribution_group, {administrators_dn}));
  server.add(with(without(user("LS1$", 1400, {}), "primaryGroupID"), "primaryGroupID", {"516"}));
  server.start();
  const auto outcome = ask_all(server, {{"EBS\\licadmin"}}, "EBS\\LS1$");
  REQUIRE(outcome.reason->word == "not_member");
  REQUIRE(outcome.repair.size() == 4);
  CHECK(outcome.repair[1].text.find("a member of Administrators (") != std::string::npos);
  CHECK(outcome.repair[2].text.find("a member of Installers (") != std::string::npos);
  CHECK(outcome.repair[2].prediction.find("licadmin → Installers → Administrators") !=
        std::string::npos);
  CHECK(std::ranges::any_of(outcome.repair[2].beside, [](const std::string& note) {
    return note.find("So do: Deep.") != std::string::npos;
  }));
}

TEST_CASE("a directory that cannot be asked for the plan still has its answer",
          "[membership][repair]") {
  std::atomic<bool> asked = false;
  LdapServer server({.on_search = [&](const fakes::LdapRequest& request)
                         -> std::optional<LdapServer::SearchAnswer> {
    const auto& parts = request.filter.parts;  // (&(objectClass=group)(|(memberOf=…)))
    if (parts.size() != 2 || parts[1].parts.empty() || parts[1].parts[0].attribute != "memberOf") {
      return std::nullopt;
    }
    asked = true;
    return LdapServer::SearchAnswer{.result = {53, "unwilling"}};
  }});
  fakes::add_domain(server);
  server.add(with(user("licadmin", 1104, {}), "tokenGroups", {domain_users, builtin_users}));
  server.add(administrators({}));
  server.start();
  const auto outcome = ask(server);
  CHECK(outcome.reason->word == "not_member");
  CHECK_FALSE(outcome.repair.empty());
  CHECK(asked);
}
