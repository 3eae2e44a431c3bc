#include "probes/directory_permissions/directory_permissions.h"

#include "probes/security/sddl.h"
#include "tests/catch.h"
#include "tests/fakes/domain.h"

#include <algorithm>

using namespace cal;
using namespace cal::directory_permissions;
using ad::SecuredObject;
using fakes::domain_sid;
using security::Sid;

namespace {

const std::string container_guid = "bf967a8b-0de6-11d0-a285-00aa003049e2";
const std::string description_guid = "bf967950-0de6-11d0-a285-00aa003049e2";
// MS-ADSC 2.25
const std::string container_default =
    "D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)(A;;RPLCLORC;;;AU)";

Facts facts_of(const std::string& sddl) {
  const auto descriptor = security::parse_sddl(sddl, domain_sid);
  REQUIRE(descriptor);
  Facts facts{"ldaps://dc1",
              false,
              {"DC=ebs", "ebs", "EBS", domain_sid},
              {SecuredObject::State::readable, "CN=msWssgConfig,CN=System,DC=ebs"}};
  facts.object.object_class = "container";
  facts.object_class.guid = security::Guid::parse_text(container_guid);
  facts.object_class.default_descriptor = container_default;
  facts.object.descriptor = security::octets(*descriptor).value();
  return facts;
}

Outcome judge_sddl(const std::string& sddl, const Settings& settings = {}) {
  return judge(facts_of(sddl), settings);
}

std::string evidence(const Outcome& outcome, std::string_view item) {
  const auto found = std::ranges::find(outcome.evidence, item, &Evidence::item);
  return found == outcome.evidence.end() ? "(none)" : found->text;
}

std::optional<double> granted(const Outcome& outcome, std::string_view trustee,
                              std::string_view right) {
  for (const auto& sample : outcome.samples) {
    const auto& labels = sample.label_values.texts();
    if (labels.size() == 3 && labels[1] == trustee && labels[2] == right) {
      return sample.value;
    }
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("each state of the descriptor has its reason", "[permissions]") {
  struct Row {
    const char* sddl;
    std::string_view reason;
    Verdict verdict;
    Severity severity;
  };
  const auto row = GENERATE(values<Row>({
      {"O:SYG:SYD:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)", "owner_and_rights_ok", Verdict::clear,
       Severity::ok},
      {"O:SYG:SYD:(A;;GA;;;SY)", "owner_and_rights_ok", Verdict::clear, Severity::ok},
      {"O:SYG:SYD:(A;;RPWPLCRC;;;BA)", "granted_through_group", Verdict::clear, Severity::warning},
      {"O:SYG:SYD:(A;;RPLCRC;;;AU)(A;;WP;;;SY)", "granted_through_group", Verdict::clear,
       Severity::warning},
      {"O:DAG:DAD:(A;;GA;;;SY)", "owner_not_system", Verdict::present, Severity::warning},
      {"O:DAG:DAD:(A;;GA;;;BA)", "owner_not_system", Verdict::present, Severity::warning},
      {"O:SYG:SYD:(D;;WP;;;SY)(A;;GA;;;SY)", "write_denied", Verdict::present, Severity::critical},
      {"O:SYG:SYD:(D;;WP;;;BA)(A;;GA;;;SY)", "write_denied", Verdict::present, Severity::critical},
      {"O:SYG:SYD:(A;;GA;;;SY)(D;;WP;;;SY)", "owner_and_rights_ok", Verdict::clear, Severity::ok},
      {"O:SYG:SYD:(A;;RPLCRC;;;AU)", "write_denied", Verdict::present, Severity::critical},
      {"O:SYG:SYD:P", "write_denied", Verdict::present, Severity::critical},
      {"O:DAG:DAD:P", "write_denied", Verdict::present, Severity::critical},
      {"O:SYG:SYD:(A;;WP;;;SY)", "read_denied", Verdict::present, Severity::critical},
      {"O:SYG:SYD:(D;;RP;;;SY)(A;;GA;;;SY)", "read_denied", Verdict::present, Severity::critical},
      {"O:SYG:SYD:(OD;;WP;bf967950-0de6-11d0-a285-00aa003049e2;;SY)(A;;GA;;;SY)",
       "write_partly_denied", Verdict::present, Severity::warning},
      {"O:SYG:SYD:(OD;;RP;bf967950-0de6-11d0-a285-00aa003049e2;;SY)(A;;GA;;;SY)",
       "owner_and_rights_ok", Verdict::clear, Severity::ok},
      {"O:SYG:SYD:(OD;IO;WP;bf967950-0de6-11d0-a285-00aa003049e2;;SY)(A;;GA;;;SY)",
       "owner_and_rights_ok", Verdict::clear, Severity::ok},
      {"O:SYG:SYD:(OD;;WP;bf967a8b-0de6-11d0-a285-00aa003049e2;;SY)(A;;GA;;;SY)", "write_denied",
       Verdict::present, Severity::critical},
      {"O:SYG:SYD:(A;IO;GA;;;SY)", "write_denied", Verdict::present, Severity::critical},
      {"O:SYG:SYD:(XD;;WP;;;SY;(a==1))(A;;GA;;;SY)", "descriptor_not_readable", Verdict::unknown,
       Severity::warning},
  }));
  INFO(row.sddl);
  const auto outcome = judge_sddl(row.sddl);
  CHECK(outcome.reason->word == row.reason);
  CHECK(outcome.reason->verdict == row.verdict);
  CHECK(outcome.reason->severity == row.severity);
  CHECK_FALSE(outcome.summary.empty());
  CHECK(evidence(outcome, "asked") == "ldaps://dc1");
}

TEST_CASE("the entry that decides is named, in SDDL and in words", "[permissions]") {
  const auto outcome = judge_sddl("O:SYG:SYD:(D;;WP;;;SY)(A;;GA;;;SY)");
  const auto text = evidence(outcome, "write by SYSTEM with its groups");
  CHECK(text.starts_with("denied: entry 0: (D;;WP;;;SY) deny Write"));
  CHECK(evidence(outcome, "entry 0").starts_with("► (D;;WP;;;SY)"));
  CHECK(outcome.summary ==
        "CN=msWssgConfig,CN=System,DC=ebs cannot be written by NT AUTHORITY\\SYSTEM (S-1-5-18): "
        "entry 0: (D;;WP;;;SY) deny Write property to NT AUTHORITY\\SYSTEM");
}

TEST_CASE("what to do names the entry, the object and the trustee", "[permissions]") {
  constexpr std::string_view open = "Open CN=msWssgConfig,CN=System,DC=ebs in ADSI Edit ";
  CHECK(judge_sddl("O:SYG:SYD:(D;;WP;;;SY)(A;;GA;;;SY)").action ==
        std::string(open) +
            "(Properties > Security > Advanced) and remove \"deny Write property to NT "
            "AUTHORITY\\SYSTEM\".");
  CHECK(judge_sddl("O:SYG:SYD:(D;ID;WP;;;SY)(A;;GA;;;SY)").action.find("that passes it on") !=
        std::string::npos);
  CHECK(judge_sddl("O:SYG:SYD:(A;;RPLCRC;;;AU)").action ==
        std::string(open) +
            "(Properties > Security > Advanced) and add an entry that allows NT AUTHORITY\\SYSTEM "
            "(S-1-5-18) read and write, or full control.");
  CHECK(judge_sddl("O:DAG:DAD:(A;;GA;;;SY)").action ==
        std::string(open) +
            "(Properties > Security > Advanced > Owner) and make NT AUTHORITY\\SYSTEM (S-1-5-18) "
            "its owner.");
  CHECK(judge_sddl("O:SYG:SYD:(A;;GA;;;SY)").action.empty());
}

TEST_CASE("an entry that decides has the verdict that it leads to", "[permissions]") {
  const auto outcome = judge_sddl("O:SYG:SYD:(D;;WP;;;SY)(A;;GA;;;SY)(A;;RC;;;SY)");
  const auto verdict_of = [&](std::string_view item) {
    return std::ranges::find(outcome.evidence, item, &Evidence::item)->verdict;
  };
  CHECK(verdict_of("entry 0") == Verdict::present);
  CHECK(verdict_of("entry 1") == Verdict::clear);
  CHECK_FALSE(verdict_of("entry 2"));
}

TEST_CASE("a right that no entry grants is named", "[permissions]") {
  const auto outcome = judge_sddl("O:SYG:SYD:(A;;RPLCRC;;;AU)");
  CHECK(evidence(outcome, "write by SYSTEM with its groups")
            .starts_with("denied: no entry grants Write"));
}

TEST_CASE("both readings of SYSTEM are exported, and create_child separately", "[permissions]") {
  const auto outcome = judge_sddl("O:SYG:SYD:(A;;RPWPLCRC;;;BA)");
  CHECK(granted(outcome, "system_token", "write") == 1);
  CHECK(granted(outcome, "system_ace", "write") == 0);
  CHECK(granted(outcome, "system_token", "create_child") == 0);
}

TEST_CASE("an unknown right has no sample", "[permissions]") {
  const auto outcome = judge_sddl("O:SYG:SYD:(XD;;WP;;;SY;(a==1))(A;;GA;;;SY)");
  CHECK_FALSE(granted(outcome, "system_token", "write"));
  CHECK(granted(outcome, "system_token", "read") == 1);
}

TEST_CASE("the difference from the class's default is evidence", "[permissions]") {
  const auto outcome = judge_sddl("O:SYG:SYD:(D;;WP;;;SY)(A;;RPLCLORC;;;AU)(A;ID;RP;;;BA)");
  CHECK(evidence(outcome, "default of container") ==
        "missing: (A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;DA)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;SY); added: "
        "(D;;WP;;;SY)");
  CHECK(evidence(judge_sddl("O:SYG:SY" + container_default), "default of container") == "(none)");
}

TEST_CASE("other trustees decide if SYSTEM is not among them", "[permissions]") {
  Settings settings;
  settings.owner.reset();
  settings.trustees = {{"good", {*Sid::parse_text("S-1-5-32-561")}},
                       {"bad", {*Sid::parse_text("S-1-5-10")}}};
  const std::string sddl = "O:DAG:DAD:(A;;RPWPLCRC;;;S-1-5-32-561)(A;;RPLCRC;;;PS)";
  const auto outcome = judge_sddl(sddl, settings);
  CHECK(outcome.reason->word == "write_denied");
  CHECK(outcome.summary.find("cannot be written by bad: no entry grants") != std::string::npos);
  settings.trustees.pop_back();
  CHECK(judge_sddl(sddl, settings).reason->word == "owner_and_rights_ok");
}

TEST_CASE("the right to write one property set can be checked", "[permissions]") {
  const std::string set = "5805bc62-bdc9-4428-a5e2-856a0f4c185e";
  Settings settings;
  settings.owner.reset();
  settings.trustees = {
      {"servers", {*Sid::parse_text("S-1-5-32-561")}, security::Guid::parse_text(set)}};
  const std::string rest = "(A;;RPLCRC;;;S-1-5-32-561)";
  CHECK(judge_sddl("O:DAG:DAD:(OA;;WP;" + set + ";;S-1-5-32-561)" + rest, settings).reason->word ==
        "owner_and_rights_ok");
  CHECK(judge_sddl("O:DAG:DAD:" + rest, settings).reason->word == "write_denied");
}

TEST_CASE("an object without a readable descriptor", "[permissions]") {
  struct Row {
    SecuredObject::State state;
    std::string_view reason;
  };
  const auto row =
      GENERATE(values<Row>({{SecuredObject::State::missing, "object_missing"},
                            {SecuredObject::State::not_visible, "object_not_visible"},
                            {SecuredObject::State::no_descriptor, "descriptor_not_readable"}}));
  auto facts = facts_of("O:SYG:SYD:(A;;GA;;;SY)");
  facts.object.state = row.state;
  const auto outcome = judge(facts, {});
  CHECK(outcome.reason->word == row.reason);
  CHECK(outcome.samples.empty());
}

TEST_CASE("a damaged descriptor is unknown at every length", "[permissions]") {
  auto facts = facts_of("O:SYG:SYD:(A;;GA;;;SY)");
  const auto whole = facts.object.descriptor;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    facts.object.descriptor = whole.substr(0, length);
    CHECK(judge(facts, {}).reason->word == "descriptor_not_readable");
  }
}

TEST_CASE("a list with thousands of entries is judged, and its evidence is bounded",
          "[permissions]") {
  std::string sddl = "O:SYG:SYD:";
  for (int i = 0; i < 1'500; ++i)
    sddl += "(A;;RP;;;S-1-5-21-1-2-3-" + std::to_string(2'000 + i) + ")";
  const auto outcome = judge_sddl(sddl + "(A;;GA;;;SY)");
  CHECK(outcome.reason->word == "owner_and_rights_ok");
  CHECK(outcome.evidence.size() < 50);
}

TEST_CASE("a read-only domain controller never gives clear, but its faults count",
          "[permissions]") {
  auto facts = facts_of("O:SYG:SYD:(A;;GA;;;SY)");
  facts.read_only = true;
  CHECK(judge(facts, {}).reason->word == "asked_read_only_dc");
  auto broken = facts_of("O:SYG:SYD:P");
  broken.read_only = true;
  CHECK(judge(broken, {}).reason->word == "write_denied");
}
