// What lets licenses be written on users that AdminSDHolder protects, or protected once.
#include "probes/directory_permissions/directory_permissions.h"
#include "probes/security/sddl.h"
#include "probes/security/well_known_sids.h"
#include "probes/shared/trustee_options.h"
#include "tests/catch.h"
#include "tests/fakes/domain.h"

using namespace cal;
using namespace cal::directory_permissions;
using ad::Protection;
using ad::SecuredObject;
using fakes::domain_sid;

namespace {

const std::string user_class = "bf967aba-0de6-11d0-a285-00aa003049e2";
const std::string set = "5805bc62-bdc9-4428-a5e2-856a0f4c185e";
const std::string for_servers = "(OA;;RPWP;" + set + ";;S-1-5-32-561)";
const std::string for_self = "(OA;;RPWP;" + set + ";;PS)";
const std::string staff = "OU=Staff,DC=ebs";
const std::string petra = "CN=petra," + staff;
const std::string admins = "(A;;GA;;;DA)";
const ad::ProtectingGroup print_operators{"Print Operators",
                                          *security::Sid::parse_text("S-1-5-32-550"),
                                          {"petra", "Printing", "Print Operators"}};

SecuredObject secured_as(const std::string& dn, const std::string& dacl) {
  SecuredObject object{SecuredObject::State::readable, dn};
  object.descriptor = *security::octets(*security::parse_sddl("O:DAG:DAD:" + dacl, domain_sid));
  object.guid = security::Guid::parse_text("01234567-89ab-cdef-0123-456789abcdef");
  return object;
}

struct Situation {
  std::string holder = "PAI" + admins;
  std::string user = "PAI" + admins;
  std::string container = "AI" + admins;
  Protection protection = {};
};

Facts facts_of(const Situation& situation) {
  Facts facts{"ldaps://dc1.ebs.example.com", false, {"DC=ebs", "ebs", "EBS", domain_sid}, {}};
  facts.users.emplace();
  facts.users->base = staff;
  facts.users->object_class = {security::Guid::parse_text(user_class), "D:(A;;GR;;;AU)"};
  facts.users->template_object = secured_as("CN=AdminSDHolder,CN=System,DC=ebs", situation.holder);
  facts.users->protected_ones = {{secured_as(petra, situation.user), domain_sid.with_rid(1101)}};
  facts.containers = {secured_as(staff, situation.container)};
  facts.protections = {{petra, situation.protection}};
  return facts;
}

Outcome judge_both(const Facts& facts) {
  Settings settings;
  settings.users = "OU=Staff";
  settings.owner.reset();
  settings.trustees = {license_servers(), user_self()};
  return judge(facts, settings);
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

bool any_has(const std::vector<std::string>& texts, std::string_view part) {
  return std::ranges::any_of(texts, [&](const auto& text) { return has(text, part); });
}

}  // namespace

TEST_CASE("for a protected user there are two alternatives, with the way into the group",
          "[repair]") {
  const auto outcome = judge_both(facts_of({.protection = {.groups = {print_operators}}}));
  REQUIRE(outcome.reason->word == "protected_users_not_writable");
  REQUIRE(outcome.repair.size() == 2);
  const auto& [leave, grant] = std::pair(outcome.repair[0], outcome.repair[1]);
  CHECK_FALSE(leave.is_alternative);
  CHECK(has(leave.text, "If " + petra + " only works on session hosts: "));
  CHECK(any_has(leave.beside, "petra → Printing → Print Operators (S-1-5-32-550)"));
  CHECK(leave.expected.empty());  // it is not the last step
  CHECK(grant.is_alternative);
  CHECK(has(grant.text, "CN=AdminSDHolder,CN=System,DC=ebs"));
  CHECK(any_has(grant.beside, "every protected account"));
  CHECK(grant.expected == "users_writable");
  for (const auto& step : outcome.repair) CHECK(step.command.empty());
}

TEST_CASE("only the entry that AdminSDHolder lacks is proposed", "[repair]") {
  struct Row {
    std::string holder, user;
    std::string_view has_entry, has_no_entry;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"PAI" + admins, "PAI" + admins, for_servers, "nothing"},
      {"PAI" + admins, "PAI" + admins, for_self, "nothing"},
      {"PAI" + admins + for_servers, "PAI" + admins + for_servers, for_self, for_servers},
      {"PAI" + admins + for_self, "PAI" + admins + for_self, for_servers, for_self},
      {"PAI" + admins + for_self, "PAI" + admins, for_servers, for_self},  // not copied yet
  }));
  const auto outcome = judge_both(facts_of(
      {.holder = row.holder, .user = row.user, .protection = {.groups = {print_operators}}}));
  REQUIRE(outcome.repair.size() == 2);
  CHECK(has(outcome.repair[1].text, row.has_entry));
  CHECK_FALSE(has(outcome.repair[1].text, row.has_no_entry));
  CHECK(outcome.repair[1].expected == "users_writable");
}

TEST_CASE("what AdminSDHolder grants already is not added again", "[repair]") {
  const auto outcome = judge_both(facts_of({.holder = "PAI" + admins + for_servers + for_self,
                                            .protection = {.groups = {print_operators}}}));
  REQUIRE(outcome.repair.size() == 2);
  CHECK(has(outcome.repair[1].text, "wait. CN=AdminSDHolder,CN=System,DC=ebs grants"));
  CHECK_FALSE(has(outcome.repair[1].text, "adds"));
}

TEST_CASE("an entry of AdminSDHolder that denies is not taken for one that grants", "[repair]") {
  const auto outcome = judge_both(
      facts_of({.holder = "PAI(OD;;WP;" + set + ";;PS)" + admins + for_servers + for_self,
                .protection = {.groups = {print_operators}}}));
  REQUIRE(outcome.repair.size() == 2);
  CHECK(has(outcome.repair[1].text, "AdminSDHolder,CN=System,DC=ebs that denies"));
  CHECK_FALSE(has(outcome.repair[1].text, "wait"));
}

TEST_CASE("groups that were not all seen are said, and never end a protection", "[repair]") {
  const auto outcome = judge_both(facts_of({.protection = {.not_seen = "Printing is hidden"}}));
  REQUIRE(outcome.repair.size() == 2);
  CHECK(any_has(outcome.repair[0].beside, "its groups were not all seen: Printing is hidden"));
  auto facts = facts_of({});
  facts.protections.clear();
  CHECK(any_has(judge_both(facts).repair.at(0).beside, "its groups were not looked at"));
}

TEST_CASE("Administrator is always protected, so only AdminSDHolder helps", "[repair]") {
  const auto outcome = judge_both(facts_of({.protection = {.is_by_itself = true}}));
  REQUIRE(outcome.repair.size() == 1);
  CHECK(has(outcome.repair[0].text, "If it has to stay protected"));
  CHECK(any_has(outcome.repair[0].beside, "always protected"));
  CHECK_FALSE(outcome.repair[0].is_alternative);
}

TEST_CASE("an account that was protected once inherits again, and gets only what is missing then",
          "[repair]") {
  const std::string inheritable = "(OA;CIIO;RPWP;" + set + ";" + user_class + ";PS)";
  const auto outcome = judge_both(facts_of({.container = "AI" + admins + inheritable}));
  REQUIRE(outcome.repair.size() == 1);
  const auto& step = outcome.repair[0];
  CHECK(has(
      step.text,
      "Let " + petra + " inherit permissions again and clear its adminCount; add " + for_servers));
  CHECK_FALSE(has(step.text, for_self));
  CHECK(has(step.setup, "$before = 'D:PAI(A;;GA;;;" + domain_sid.with_rid(512).text() + ")'\n"));
  CHECK(has(step.setup, "$added = @('" + for_servers + "')\n"));
  CHECK(has(step.command, "$count.Operation = 'Delete'\nWrite-Descriptor $after $count\n"));
  CHECK(has(step.undo, "[void]$count.Add('1')\nWrite-Descriptor $before $count\n"));
  CHECK(step.expected == "users_writable");
}

TEST_CASE("what an account would inherit is not guessed", "[repair]") {
  auto facts = facts_of({});
  facts.containers.clear();
  const auto outcome = judge_both(facts);
  REQUIRE(outcome.repair.size() == 1);
  CHECK(has(outcome.repair[0].text, "No command is given"));
  CHECK(outcome.repair[0].command.empty());
  CHECK(outcome.repair[0].expected.empty());
}
