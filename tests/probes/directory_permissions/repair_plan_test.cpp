// What repairs the permissions of the licensing object, and what is predicted.
#include "probes/directory_permissions/directory_permissions.h"
#include "probes/security/sddl.h"
#include "tests/catch.h"
#include "tests/fakes/domain.h"

#include <fmt/ranges.h>

using namespace cal;
using namespace cal::directory_permissions;
using ad::SecuredObject;
using fakes::domain_sid;

namespace {

const auto guid = security::Guid::parse_text("01234567-89ab-cdef-0123-456789abcdef");

SecuredObject object_of(const std::string& dn, const std::string& sddl) {
  SecuredObject object{SecuredObject::State::readable, dn};
  const auto descriptor = security::parse_sddl(sddl, domain_sid);
  REQUIRE(descriptor);
  object.descriptor = security::octets(*descriptor).value();
  object.guid = guid;
  return object;
}

Outcome judge_sddl(const std::string& sddl, std::vector<SecuredObject> ancestors = {}) {
  Facts facts{"ldaps://dc1.ebs.example.com",
              false,
              {"DC=ebs", "ebs", "EBS", domain_sid},
              object_of("CN=msWssgConfig,CN=System,DC=ebs", sddl)};
  facts.ancestors = std::move(ancestors);
  return judge(facts, {});
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("exactly the entry that denies is removed", "[repair]") {
  const auto outcome =
      judge_sddl("O:SYG:SYD:AI(D;;WP;;;SY)(D;;WP;;;BG)(A;;GA;;;SY)(A;CIID;RP;;;AU)");
  REQUIRE(outcome.repair.size() == 1);
  const auto& step = outcome.repair[0];
  CHECK(has(step.setup, "$object = '<GUID=01234567-89ab-cdef-0123-456789abcdef>'"));
  CHECK(has(step.setup, "$before = 'D:AI(D;;WP;;;SY)(D;;WP;;;BG)(A;;GA;;;SY)(A;CIID;RP;;;AU)'"));
  CHECK(has(step.setup, "$removed = @('(D;;WP;;;SY)')\n$added = @()\n"));
  CHECK(step.command == "Write-Descriptor $after\n");
  CHECK(step.undo.starts_with("Write-Descriptor $before\n"));
  CHECK(has(step.undo_check, "Get-Own (Get-Usual $after)"));
  CHECK(step.expected == "owner_and_rights_ok");
  CHECK(has(step.prediction, "(A;;GA;;;SY)"));  // the entry that grants it
}

TEST_CASE("a denial of single properties says that it may harm nothing", "[repair]") {
  const auto notes_on = [](const std::string& denial) {
    const auto outcome = judge_sddl("O:SYG:SYD:AI" + denial + "(A;;GA;;;SY)");
    REQUIRE(outcome.repair.size() == 1);
    return fmt::format("{}", fmt::join(outcome.repair[0].beside, " "));
  };
  const std::string description = "(OD;;WP;bf967950-0de6-11d0-a285-00aa003049e2;;SY)";
  CHECK(has(notes_on(description), "nothing has to be repaired today"));
  CHECK_FALSE(has(notes_on("(D;;WP;;;SY)"), "nothing has to be repaired today"));
}

TEST_CASE("a missing permission is added before what is inherited, with no more rights",
          "[repair]") {
  const auto outcome = judge_sddl("O:SYG:SYD:P(D;;WP;;;BG)(A;;RPLCRC;;;AU)(A;ID;RP;;;AU)");
  REQUIRE(outcome.repair.size() == 1);
  CHECK(has(outcome.repair[0].setup, "$before = 'D:P(D;;WP;;;BG)(A;;LCRPRC;;;AU)(A;ID;RP;;;AU)'"));
  CHECK(has(outcome.repair[0].setup, "$removed = @()\n$added = @('(A;;LCRPWPRC;;;SY)')\n"));
  CHECK(outcome.repair[0].expected == "owner_and_rights_ok");
}

TEST_CASE("beside the least entry, there is the one that a new object of the class has",
          "[repair]") {
  const std::string usual =
      "D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)";
  const auto plan_with = [](const std::string& sddl, const std::string& class_default) {
    Facts facts{"ldaps://dc1.ebs.example.com",
                false,
                {"DC=ebs", "ebs", "EBS", domain_sid},
                object_of("CN=msWssgConfig,CN=System,DC=ebs", sddl)};
    facts.object.object_class = "container";
    facts.object_class.default_descriptor = class_default;
    return judge(facts, {}).repair;
  };
  const auto plan = plan_with("O:SYG:SYD:P(A;;GR;;;BG)", usual);
  REQUIRE(plan.size() == 2);
  CHECK(has(plan[0].setup, "$added = @('(A;;LCRPWPRC;;;SY)')\n"));
  CHECK_FALSE(plan[0].is_alternative);
  const auto notes = fmt::format("{}", fmt::join(plan[0].beside, "\n"));
  CHECK(has(notes, "differs from that of a new container: it lacks (A;;"));
  CHECK(has(notes, "it has also (A;;GR;;;BG)"));
  CHECK(has(notes, "it inherits nothing. No step changes this"));
  CHECK(has(
      fmt::format(
          "{}",
          fmt::join(plan_with("O:SYG:SYD:(A;;GR;;;BG)(A;;GR;;;RU)(A;;GR;;;AU)", usual)[0].beside,
                    " ")),
      "it has also 3 entries. No"));
  CHECK_FALSE(has(notes, ";;;SY)"));
  CHECK(plan[1].is_alternative);
  CHECK(has(plan[1].text, "allow Full control to NT AUTHORITY\\SYSTEM"));
  CHECK(has(plan[1].setup, "$added = @('(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;SY)')\n"));
  CHECK(plan[1].expected == "owner_and_rights_ok");

  CHECK(plan_with("O:SYG:SYD:P(A;;GR;;;BG)", "D:(A;;RP;;;SY)").size() == 1);
  CHECK(plan_with("O:SYG:SYD:(D;;WP;;;SY)(A;;GA;;;SY)", usual).size() == 1);  // only a denial
  const auto owner = plan_with("O:DAG:SYD:(A;;GR;;;BG)", usual);
  REQUIRE(owner.size() == 3);
  CHECK(owner[1].is_alternative);
  CHECK_FALSE(owner[2].is_alternative);
  CHECK(owner[2].expected == "owner_and_rights_ok");
}

TEST_CASE("the owner is the last step, by its own part of the descriptor", "[repair]") {
  const auto outcome = judge_sddl("O:DAG:DAD:(D;;WP;;;SY)(A;;GA;;;SY)");
  REQUIRE(outcome.repair.size() == 2);
  CHECK(outcome.repair[0].expected == "owner_not_system");
  const auto& owner = outcome.repair[1];
  CHECK(has(owner.setup, "$before = 'O:" + domain_sid.with_rid(512).text() + "'"));
  CHECK(has(owner.setup, "$after = 'O:SY'"));
  CHECK(has(owner.setup, "SecurityDescriptorFlagControl 'Owner'"));
  CHECK(owner.expected == "owner_and_rights_ok");
  CHECK(has(owner.undo_check, "Get-Own (Get-Usual $after)"));
  CHECK(has(owner.beside.back(), "The undo needs the same privilege."));
}

TEST_CASE("an inherited entry is removed where it is set", "[repair]") {
  const std::string sddl = "O:SYG:SYD:AI(A;;GA;;;SY)(D;CIID;WP;;;SY)";
  const std::string first = "O:SYG:SYD:AI(D;CIID;WP;;;SY)(A;;GA;;;SY)";
  const auto system = object_of("CN=System,DC=ebs", "O:SYG:SYD:(D;CI;WP;;;SY)(A;;GA;;;SY)");
  CHECK(judge_sddl(sddl, {system}).repair.empty());  // behind what allows it, it denies nothing
  const auto outcome = judge_sddl(first, {system});
  REQUIRE(outcome.repair.size() == 1);
  CHECK(has(outcome.repair[0].text, "CN=System,DC=ebs passes"));
  CHECK(has(outcome.repair[0].setup, "$before = 'D:(D;CI;WP;;;SY)(A;;GA;;;SY)'"));
  CHECK(has(outcome.repair[0].setup, "$removed = @('(D;CI;WP;;;SY)')\n$added = @()\n"));
  CHECK(outcome.repair[0].expected == "owner_and_rights_ok");
}

TEST_CASE("what holds for the whole domain is advice without a command", "[repair]") {
  const std::string sddl = "O:SYG:SYD:AI(D;CIID;WP;;;SY)(A;;GA;;;SY)";
  const auto outcome =
      judge_sddl(sddl, {object_of("CN=System,DC=ebs", "O:SYG:SYD:AI(D;CIID;WP;;;SY)(A;;GA;;;SY)"),
                        object_of("DC=ebs", "O:SYG:SYD:(D;CI;WP;;;SY)(A;;GA;;;SY)")});
  REQUIRE(outcome.repair.size() == 1);
  CHECK(has(outcome.repair[0].text, "DC=ebs passes"));
  CHECK(outcome.repair[0].command.empty());
  CHECK(outcome.repair[0].shell == Shell::none);
}

TEST_CASE("entries that Windows' language does not know are no command", "[repair]") {
  const auto outcome = judge_sddl("O:SYG:SYD:(D;;WP;;;SY)(A;;GA;;;SY)(0x15;IO;(#0a0b0c0d))");
  for (const auto& step : outcome.repair) CHECK(step.command.empty());
}

TEST_CASE("permissions that are in order need no repair", "[repair]") {
  CHECK(judge_sddl("O:SYG:SYD:(A;;GA;;;SY)").repair.empty());
}
