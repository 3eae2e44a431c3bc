// Since when an account is not a usable member, against a fake directory: Samba has no metadata of
// links.
#include "agent/base/text.h"
#include "tests/catch.h"
#include "tests/fakes/directory_entries.h"

#include <algorithm>
#include <string>

using namespace cal;
using namespace cal::fakes;

namespace {

const std::string dc2 =
    "CN=NTDS Settings,CN=DC2,CN=Servers,CN=Site,CN=Sites,CN=Configuration," + base;

std::string link(const std::string& member, bool removed, const std::string& day,
                 const std::string& writer = dc2, const std::string& attribute = "member") {
  const auto time = day + "T09:12:07Z";
  return "<DS_REPL_VALUE_META_DATA>\n\t<pszAttributeName>" + attribute +
         "</pszAttributeName>\n\t<pszObjectDn>" + member + "</pszObjectDn>\n\t<ftimeDeleted>" +
         (removed ? time : "1601-01-01T00:00:00Z") +
         "</ftimeDeleted>\n\t<dwVersion>2</dwVersion>\n\t<ftimeLastOriginatingChange>" + time +
         "</ftimeLastOriginatingChange>\n\t<uuidLastOriginatingDsaInvocationID>"
         "578e00d0-c6e1-4116-886c-7a06f681a0c4</uuidLastOriginatingDsaInvocationID>\n\t"
         "<pszLastOriginatingDsaDN>" +
         writer + "</pszLastOriginatingDsaDN>\n</DS_REPL_VALUE_META_DATA>" + std::string(1, '\0');
}

std::string stamp(const std::string& attribute) {
  return "<DS_REPL_ATTR_META_DATA><pszAttributeName>" + attribute +
         "</pszAttributeName><dwVersion>3</dwVersion><ftimeLastOriginatingChange>"
         "2026-11-24T09:12:07Z</ftimeLastOriginatingChange><pszLastOriginatingDsaDN>" +
         dc2 + "</pszLastOriginatingDsaDN></DS_REPL_ATTR_META_DATA>";
}

const std::string guid(16, '\x11');

LdapEntry with_links(LdapEntry entry, std::vector<std::string> links) {
  return with(with(std::move(entry), "msDS-ReplValueMetaData", std::move(links)), "objectGUID",
              {guid});
}

// licadmin is in Helpers, which leads nowhere; Admins leads to Administrators.
Outcome ask_with(std::vector<std::string> of_administrators, std::vector<std::string> of_admins,
                 std::size_t max_values = 0) {
  LdapServer server({.max_values = max_values});
  add_domain(server);
  server.add(with(user("licadmin", 1104, {dn_of("Helpers")}), "tokenGroups",
                  {domain_users, builtin_users}));
  server.add(group("Helpers", 1200, security_group, {}));
  auto admins = group("Admins", 1201, security_group, {administrators_dn});
  server.add(with_links(std::move(admins), std::move(of_admins)));
  server.add(with_links(administrators({dn_of("Admins")}), std::move(of_administrators)));
  server.start();
  return ask(server);
}

std::vector<std::string> when_it_broke(const Outcome& outcome) {
  std::vector<std::string> texts;
  for (const auto& each : outcome.evidence) {
    if (each.item == "when it broke") texts.push_back(each.text);
  }
  return texts;
}

const auto present = link(dn_of("Admins"), false, "2019-05-06");
const std::string left_on = " on 2026-11-24 09:12:07 UTC, written on DC2";

}  // namespace

TEST_CASE("what left the group, or one that leads to it, is named with its time", "[history]") {
  struct Row {
    std::vector<std::string> of_administrators;
    std::vector<std::string> of_admins;
    std::vector<std::string> expected;
  };
  const auto row = GENERATE(values<Row>({
      {{present, link(dn_of("licadmin"), true, "2026-11-24")},
       {},
       {"EBS\\licadmin left Administrators" + left_on}},
      {{present, link(dn_of("helpers"), true, "2026-11-24")},
       {},
       {"helpers left Administrators" + left_on}},
      {{present},
       {link(dn_of("licadmin"), true, "2026-11-24")},
       {"EBS\\licadmin left Admins" + left_on}},
      // The newest first.
      {{link(dn_of("licadmin"), true, "2026-10-24")},
       {link(dn_of("licadmin"), true, "2026-11-24")},
       {"EBS\\licadmin left Admins" + left_on,
        "EBS\\licadmin left Administrators on 2026-10-24 09:12:07 UTC, written on DC2"}},
      // Another's departure, another attribute, and what was added again.
      {{present, link(dn_of("dana"), true, "2026-11-24"),
        link(dn_of("licadmin"), true, "2026-11-24", dc2, "managedBy")},
       {link(dn_of("licadmin"), false, "2026-11-24")},
       {"no group that was looked at has lost EBS\\licadmin, or a group of it, within the time "
        "that removed members are kept (the tombstone lifetime)"}},
      // Nothing was shown.
      {{},
       {},
       {"the directory does not show when members left Administrators (msDS-ReplValueMetaData of "
        "the group)"}},
      // One that is damaged may have been it.
      {{present, "<DS_REPL_VALUE_META_DATA>"}, {present}, {}},
  }));
  const auto outcome = ask_with(row.of_administrators, row.of_admins);
  REQUIRE(outcome.reason->word == "not_member");
  CHECK(when_it_broke(outcome) == row.expected);
  const bool has_left = !row.expected.empty() && row.expected.front().ends_with(left_on);
  CHECK((outcome.began ? utc_text(*outcome.began) : "") ==
        (has_left ? "2026-11-24T09:12:07Z" : ""));
}

TEST_CASE("the time of a departure is not that of another fault", "[history]") {
  LdapServer server;
  add_domain(server);
  auto licadmin = with(without(user("licadmin", 1104, {}), "userAccountControl"),
                       "userAccountControl", {"514"});
  server.add(with(std::move(licadmin), "tokenGroups", {domain_users, builtin_users}));
  server.add(
      with_links(administrators({dn_of("x")}), {link(dn_of("licadmin"), true, "2026-11-24")}));
  server.start();
  const auto outcome = ask(server);
  REQUIRE(outcome.reason->word == "account_disabled");
  CHECK_FALSE(outcome.began);
}

TEST_CASE("metadata that come in ranges are read completely", "[history]") {
  std::vector<std::string> links;
  for (int i = 0; i < 40; ++i) {
    links.push_back(link(dn_of("u" + std::to_string(i)), i % 2 == 0, "2026-11-23"));
  }
  links.push_back(link(dn_of("licadmin"), true, "2026-11-24"));
  CHECK(when_it_broke(ask_with(links, {present}, 10)) ==
        std::vector{"EBS\\licadmin left Administrators" + left_on});
}

TEST_CASE("beside the plan is the query for who it was, without any name of a person",
          "[history]") {
  const auto outcome = ask_with({link(dn_of("licadmin"), true, "2026-11-24")}, {present});
  REQUIRE(outcome.who_queries.size() == 1);
  const auto& query = outcome.who_queries[0];
  CHECK(query.text.starts_with("The attribute member of CN=Administrators"));
  CHECK(query.text.find(": since then EBS\\licadmin is not a member of Administrators.") !=
        std::string::npos);
  CHECK(query.setup.find("$writer = 'DC2'") != std::string::npos);
  CHECK(query.setup.find("'11111111-1111-1111-1111-111111111111'") != std::string::npos);
  CHECK(query.setup.find("FromUnixTimeSeconds(1795511522)") != std::string::npos);
  CHECK(query.command.find("4729, 4732, 4733") != std::string::npos);
  for (const auto& step : outcome.repair) {
    CHECK(step.command.find("Get-WinEvent") == std::string::npos);
  }
}

TEST_CASE("a domain controller whose DN is gone is found by its invocation", "[history]") {
  const auto is_there = GENERATE(true, false);
  LdapServer server;
  add_domain(server);
  server.add(with(user("licadmin", 1104, {}), "tokenGroups", {domain_users, builtin_users}));
  server.add(
      with_links(administrators({dn_of("x")}), {link(dn_of("licadmin"), true, "2026-11-24", "")}));
  server.add({"CN=Sites,CN=Configuration," + base, {{"objectClass", {"container"}}}});
  const auto invocation = security::Guid::parse_text("578e00d0-c6e1-4116-886c-7a06f681a0c4");
  const std::string octets(reinterpret_cast<const char*>(invocation->wire().data()),
                           security::Guid::size);
  if (is_there) {
    server.add({dc2, {{"objectClass", {"nTDSDSA"}}, {"invocationId", {octets}}}});
  }
  server.start();
  const auto outcome = ask(server);
  CHECK(when_it_broke(outcome) ==
        std::vector<std::string>{
            "EBS\\licadmin left Administrators on 2026-11-24 09:12:07 UTC, "
            "written on " +
            std::string(is_there ? "DC2" : "a domain controller that is not shown")});
  CHECK(outcome.who_queries.empty() != is_there);
}

TEST_CASE("since when an account cannot log on is the last write of the attribute", "[history]") {
  struct Row {
    std::string attribute, value, computed;
    bool shown;
  };
  const auto row = GENERATE(values<Row>({
      {"userAccountControl", "514", "0", true},
      {"accountExpires", "130000000000000000", "0", true},
      {"lockoutTime", "133500000000000000", "16", true},
      {"pwdLastSet", "0", "8388608", true},
      {"userAccountControl", "514", "0", false},
  }));
  LdapServer server;
  add_domain(server);
  auto licadmin = user("licadmin", 1104, {administrators_dn});
  licadmin =
      without(without(std::move(licadmin), row.attribute), "msDS-User-Account-Control-Computed");
  licadmin = with(with(std::move(licadmin), row.attribute, {row.value}),
                  "msDS-User-Account-Control-Computed", {row.computed});
  if (row.shown) {
    licadmin = with(with(std::move(licadmin), "msDS-ReplAttributeMetaData",
                         {stamp("objectClass"), stamp(row.attribute)}),
                    "objectGUID", {guid});
  }
  server.add(std::move(licadmin));
  server.add(administrators({dn_of("licadmin")}));
  server.start();
  const auto outcome = ask(server);
  REQUIRE(outcome.reason->verdict == Verdict::present);
  const auto texts = when_it_broke(outcome);
  REQUIRE(texts.size() == 1);
  CHECK(texts[0] == (row.shown ? row.attribute + " of EBS\\licadmin was last changed" + left_on
                               : "the directory does not show when " + row.attribute +
                                     " of EBS\\licadmin was last changed"));
}

TEST_CASE("a usable member costs no question about its history", "[history]") {
  LdapServer server;
  add_domain(server);
  server.add(
      with(user("licadmin", 1104, {administrators_dn}), "pwdLastSet", {"133500000000000000"}));
  server.add(with_links(administrators({dn_of("licadmin")}), {present}));
  server.start();
  const auto outcome = ask(server);
  REQUIRE(outcome.reason->word == "member_direct");
  CHECK(when_it_broke(outcome).empty());
  for (const auto& search : server.searches()) {
    for (const auto& attribute : search.attributes) CHECK(attribute.find("Repl") == attribute.npos);
  }
}
