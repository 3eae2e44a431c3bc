// The membership probe when the directory does not return everything.
#include "tests/catch.h"
#include "tests/fakes/directory_entries.h"

#include <string>

using namespace cal;
using namespace cal::fakes;

namespace {

// licadmin is in Helpers, which is a member of nothing; Administrators has another member.
Outcome ask_about(const LdapEntry& licadmin, const LdapEntry& helpers) {
  LdapServer server;
  add_domain(server);
  server.add(licadmin);
  server.add(helpers);
  server.add(administrators({dn_of("x")}));
  server.start();
  return ask(server);
}

// A group with the common name Helpers.
LdapEntry helpers_named(const std::string& account_name, std::uint32_t rid) {
  auto helpers = without(group("Helpers", rid, security_group, {}), "sAMAccountName");
  return with(with(std::move(helpers), "sAMAccountName", {account_name}), "cn", {"Helpers"});
}

}  // namespace

TEST_CASE("an account is called no member only if everything that decides was seen",
          "[membership]") {
  struct Row {
    std::string hidden_from_account;
    std::string hidden_from_group;
    bool token;
    std::string_view reason;
    std::string named;
  };
  const auto row = GENERATE(values<Row>({
      {"", "", true, "not_member", ""},
      {"", "", false, "not_member", ""},
      {"memberOf", "", true, "not_member", ""},
      {"memberOf", "", false, "membership_not_seen", "memberOf"},
      {"primaryGroupID", "", true, "not_member", ""},
      {"primaryGroupID", "", false, "membership_not_seen", "primaryGroupID"},
      {"pwdLastSet", "", false, "not_member", ""},
      {"", "groupType", true, "not_member", ""},
      {"", "groupType", false, "membership_not_seen", "groupType of Helpers"},
      {"", "distinguishedName", false, "membership_not_seen", "Helpers is hidden"},
      {"objectSid", "", false, "not_permitted", "objectSid"},
      {"objectSid", "", true, "not_permitted", "objectSid"},
  }));
  CAPTURE(row.hidden_from_account, row.hidden_from_group, row.token);
  auto licadmin = user("licadmin", 1104, {dn_of("Helpers")});
  if (row.token) licadmin = with(std::move(licadmin), "tokenGroups", {domain_users, builtin_users});
  const auto outcome =
      ask_about(without(std::move(licadmin), row.hidden_from_account),
                without(group("Helpers", 1200, security_group, {}), row.hidden_from_group));
  INFO(outcome.evidence.at(0).text);
  CHECK(outcome.reason->word == row.reason);
  CHECK(outcome.evidence.at(0).text.find(row.named) != std::string::npos);
}

TEST_CASE("a group of another domain is not looked for by its name here", "[membership]") {
  struct Row {
    std::string group;
    std::string_view reason;
  };
  const auto row = GENERATE(values<Row>({{"EBS\\Helpers", "member_direct"},
                                         {"ebs.example.com.\\Helpers", "member_direct"},
                                         {"Helpers@ebs.example.com", "member_direct"},
                                         {"OTHER\\Helpers", "group_not_found"},
                                         {"Helpers@other.example.com", "group_not_found"}}));
  CAPTURE(row.group);
  LdapServer server;
  add_domain(server);
  server.add(user("licadmin", 1104, {dn_of("Helpers")}));
  server.add(group("Helpers", 1200, security_group, {}));
  server.start();
  const auto outcome = ask_all(server, {{"EBS\\licadmin", row.group}});
  CHECK(outcome.reason->word == row.reason);
}

TEST_CASE("a name that several groups have means the one whose account name it is, or none",
          "[membership]") {
  const auto [account_name, reason] = GENERATE(table<std::string, std::string_view>(
      {{"Helpers", "member_direct"}, {"HELPERS", "member_direct"}, {"Others", "group_ambiguous"}}));
  CAPTURE(account_name);
  LdapServer server;
  add_domain(server);
  server.add(user("licadmin", 1104, {dn_of("Helpers")}));
  auto namesake = helpers_named("Elsewhere", 1201);
  namesake.dn = "CN=Helpers,OU=Staff," + namesake.dn.substr(namesake.dn.find("DC="));
  server.add(namesake);
  server.add(helpers_named(account_name, 1200));
  server.start();
  const auto outcome = ask_all(server, {{"EBS\\licadmin", "Helpers"}});
  INFO(outcome.summary);
  CHECK(outcome.reason->word == reason);
  if (reason != "group_ambiguous") return;
  CHECK(outcome.summary.find("2 groups have the name Helpers") != std::string::npos);
  CHECK(outcome.evidence.at(0).text.find("OU=Staff") != std::string::npos);
  CHECK(outcome.evidence.at(0).open_text.value_or("").find("OU=Staff") == std::string::npos);
}

TEST_CASE("a group is not an account, however it is written", "[membership]") {
  const auto account =
      GENERATE(values<std::string>({"EBS\\Helpers", "Helpers@ebs.example.com", "Helpers",
                                    dn_of("Helpers"), "S-1-5-21-1-2-3-1200", "S-1-5-32-544"}));
  CAPTURE(account);
  LdapServer server;
  add_domain(server);
  server.add(group("Helpers", 1200, security_group, {administrators_dn}));
  server.add(administrators({dn_of("Helpers")}));
  server.start();
  const auto outcome = ask(server, account);
  CHECK(outcome.reason->word == "name_not_usable");
  CHECK(outcome.summary.find("it is a group, which cannot log on") != std::string::npos);
}

TEST_CASE("a directory server that serves no domain is named", "[membership]") {
  LdapServer server(LdapServer::Options{.base_dn = ""});
  server.start();
  const auto outcome = ask(server);
  CHECK(outcome.reason->word == "server_error");
  CHECK(outcome.summary.find("no defaultNamingContext") != std::string::npos);
}
