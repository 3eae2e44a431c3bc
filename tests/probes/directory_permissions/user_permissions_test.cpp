#include "probes/directory_permissions/user_permissions.h"

#include "probes/security/sddl.h"
#include "probes/shared/trustee_options.h"
#include "tests/catch.h"
#include "tests/fakes/domain.h"

#include <algorithm>

using namespace cal;
using namespace cal::directory_permissions;
using ad::SampledUser;
using ad::SecuredObject;
using fakes::domain_sid;

namespace {

const std::string user_class = "bf967aba-0de6-11d0-a285-00aa003049e2";
const std::string set = "5805bc62-bdc9-4428-a5e2-856a0f4c185e";
const std::string servers_entry = "(OA;;RPWP;" + set + ";;S-1-5-32-561)";
const std::string self_entry = "(OA;;RPWP;" + set + ";;PS)";
const std::string both = servers_entry + self_entry;

std::string octets_of(const std::string& dacl) {
  return security::octets(*security::parse_sddl("O:DAG:DAD:" + dacl, domain_sid)).value();
}

SampledUser user(const std::string& name, const std::string& dacl) {
  SampledUser made{{SecuredObject::State::readable, "CN=" + name + ",DC=ebs"},
                   domain_sid.with_rid(1100)};
  made.object.descriptor = octets_of(dacl);
  return made;
}

Facts facts_of(std::vector<SampledUser> ordinary, std::vector<SampledUser> protected_ones = {},
               const std::string& holder = both) {
  Facts facts{"ldaps://dc1", false, {"DC=ebs", "ebs", "EBS", domain_sid}, {}};
  facts.users.emplace();
  facts.users->base = "DC=ebs";
  facts.users->object_class = {security::Guid::parse_text(user_class), "D:" + servers_entry};
  facts.users->template_object = {SecuredObject::State::readable, "CN=AdminSDHolder,DC=ebs"};
  facts.users->template_object.descriptor = octets_of(holder);
  facts.users->ordinary = std::move(ordinary);
  facts.users->protected_ones = std::move(protected_ones);
  return facts;
}

Outcome judge_with(const Facts& facts,
                   std::vector<Trustee> trustees = {license_servers(), user_self()}) {
  Settings settings;
  settings.users = "";
  settings.owner.reset();
  settings.trustees = std::move(trustees);
  return judge(facts, settings);
}

std::string evidence(const Outcome& outcome, std::string_view item) {
  const auto found = std::ranges::find(outcome.evidence, item, &Evidence::item);
  return found == outcome.evidence.end() ? "(none)" : found->text;
}

std::optional<double> granted(const Outcome& outcome, std::string_view sort,
                              std::string_view trustee) {
  for (const auto& sample : outcome.samples) {
    const auto& labels = sample.label_values.texts();
    if (labels[0] == sort && labels[1] == trustee && labels[2] == "write") return sample.value;
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("each state of the users' descriptors has its reason", "[permissions]") {
  struct Row {
    std::string ordinary, protected_one;
    std::string_view reason;
    Verdict verdict;
    Severity severity;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {both, both, "users_writable", Verdict::clear, Severity::ok},
      {servers_entry, both, "users_not_writable", Verdict::present, Severity::critical},
      {self_entry, both, "users_not_writable", Verdict::present, Severity::critical},
      {both, servers_entry, "protected_users_not_writable", Verdict::present, Severity::warning},
      {servers_entry, servers_entry, "users_not_writable", Verdict::present, Severity::critical},
      // Only the older attribute, as on accounts created before 2008.
      {"(OA;;RPWP;6db69a1c-9422-11d1-aebd-0000f80367c1;;S-1-5-32-561)" + self_entry, both,
       "users_not_writable", Verdict::present, Severity::critical},
      {"(OA;;WP;" + set + ";;S-1-5-32-561)" + self_entry, both, "users_not_writable",
       Verdict::present, Severity::critical},  // not readable
      {"(OD;;WP;" + set + ";;AU)" + both, both, "users_not_writable", Verdict::present,
       Severity::critical},
      {"(OD;;WP;" + set + ";;S-1-5-21-1-2-3-1100)" + both, both, "users_not_writable",
       Verdict::present, Severity::critical},  // the user, by their own SID
      {"(A;;RPWP;;;AU)", both, "users_writable", Verdict::clear, Severity::ok},
      {"(XA;;RPWP;;;AU;(a==1))", both, "descriptor_not_readable", Verdict::unknown,
       Severity::warning},
  }));
  INFO(row.ordinary << " " << row.protected_one);
  const auto outcome =
      judge_with(facts_of({user("rita", row.ordinary)}, {user("petra", row.protected_one)}));
  INFO(outcome.summary);
  CHECK(outcome.reason->word == row.reason);
  CHECK(outcome.reason->verdict == row.verdict);
  CHECK(outcome.reason->severity == row.severity);
}

TEST_CASE("a single trustee can be checked", "[permissions]") {
  const auto facts = facts_of({user("rita", servers_entry)}, {user("petra", servers_entry)});
  CHECK(judge_with(facts, {license_servers()}).reason->word == "users_writable");
  CHECK(judge_with(facts, {user_self()}).reason->word == "users_not_writable");
}

TEST_CASE("the missing entry is named with its origin", "[permissions]") {
  SECTION("the class has it: the accounts are older, or were changed") {
    const auto outcome = judge_with(
        facts_of({user("anna", both), user("rita", self_entry), user("sam", self_entry)}));
    CHECK(outcome.summary ==
          "2 of 3 users: BUILTIN\\Terminal Server License Servers (S-1-5-32-561) has no write "
          "permission for licenses, for example on CN=rita,DC=ebs: no entry grants Write property");
    CHECK(outcome.action ==
          "Delegate reading and writing of licenses on the users below DC=ebs to "
          "BUILTIN\\Terminal Server License Servers (S-1-5-32-561).");
    CHECK(evidence(outcome, "the missing entry").starts_with(servers_entry + " allow"));
    CHECK(evidence(outcome, "class default of user").starts_with("grants it"));
    CHECK(evidence(outcome, "SELF (the user) on users") ==
          "can write licenses on all 3 that were sampled below DC=ebs");
    CHECK(evidence(outcome, "asked") == "ldaps://dc1");
  }
  SECTION("the class does not have it, as for SELF") {
    const auto outcome = judge_with(facts_of({user("rita", servers_entry)}));
    CHECK(evidence(outcome, "the missing entry").starts_with(self_entry + " allow"));
    CHECK(evidence(outcome, "class default of user").starts_with("does not grant it"));
  }
  SECTION("AdminSDHolder does not have it") {
    const auto outcome =
        judge_with(facts_of({user("rita", both)}, {user("petra", self_entry)}, self_entry));
    CHECK(evidence(outcome, "AdminSDHolder").starts_with("does not grant it"));
  }
  SECTION("AdminSDHolder has it: the account keeps an older copy") {
    const auto outcome = judge_with(facts_of({user("rita", both)}, {user("petra", self_entry)}));
    CHECK(evidence(outcome, "AdminSDHolder").starts_with("grants it"));
  }
  SECTION("an entry denies it") {
    const auto outcome =
        judge_with(facts_of({user("rita", "(OD;;WP;" + set + ";;S-1-5-32-561)" + both)}));
    CHECK(outcome.summary.find("entry 0: (OD;;WP;" + set + ";;S-1-5-32-561) deny") !=
          std::string::npos);
  }
}

TEST_CASE("rights on users are exported by sort and trustee unless they are unknown",
          "[permissions]") {
  const auto outcome = judge_with(facts_of({user("anna", both), user("rita", servers_entry)},
                                           {user("petra", "(XA;;RPWP;;;AU;(a==1))")}));
  CHECK(granted(outcome, "users", "license_servers") == 1);
  CHECK(granted(outcome, "users", "self") == 0);
  CHECK_FALSE(granted(outcome, "protected_users", "self"));
}

TEST_CASE("users that are hidden or unreadable never give clear", "[permissions]") {
  CHECK(judge_with(facts_of({})).reason->word == "object_not_visible");
  auto hidden = user("rita", both);
  hidden.object.descriptor.clear();
  const auto outcome = judge_with(facts_of({user("anna", both), hidden}));
  CHECK(outcome.reason->word == "descriptor_not_readable");
  CHECK(evidence(outcome, "SELF (the user) on users") ==
        "unknown for 1 of 2: its permissions cannot be read");
  auto read_only = facts_of({user("rita", both)});
  read_only.read_only = true;
  CHECK(judge_with(read_only).reason->word == "asked_read_only_dc");
}

TEST_CASE("if a deny entry decides, no entry is reported missing", "[permissions]") {
  const auto outcome =
      judge_with(facts_of({user("rita", "(OD;;RP;" + set + ";;S-1-5-32-561)" + both)}));
  CHECK(outcome.summary.find("has no read permission for licenses") != std::string::npos);
  CHECK(outcome.action.starts_with("Find out who set the entry that denies it"));
  CHECK(outcome.action.find("rita") == std::string::npos);  // it is in a notification, too
  CHECK(evidence(outcome, "the missing entry") == "(none)");
}
