// The diagnosis against the scenario table, tests/data/diagnosis/scenarios.yml.
#include "agent/diagnosis/diagnosis.h"

#include "agent/run/severity_limit.h"
#include "tests/catch.h"
#include "tests/fakes/fake_probe.h"
#include "tests/fakes/source_tree.h"

#include <yaml-cpp/yaml.h>

#include <map>
#include <set>

using namespace cal;

namespace {

const SystemTime now{std::chrono::seconds{1'795'545'600}};

// The probes in the order of the table, and the cause that each asks about.
struct KindRow {
  std::string_view name;
  std::optional<Cause> cause;
};

constexpr std::array kind_rows{
    KindRow{"administrators_membership", Cause::account_not_administrator},
    KindRow{"pack_already_installed", Cause::pack_already_installed},
    KindRow{"internet_connectivity", Cause::internet_unreachable},
    KindRow{"directory_permissions", Cause::directory_not_writable},
    KindRow{"license_compliance", std::nullopt},
    KindRow{"activation_events", std::nullopt},
};

// Reasons and kinds are referred to, so they live as long as the test program.
const ProbeKind& kind_of(const KindRow& row) {
  static std::map<std::string_view, ProbeKind> kinds;
  return kinds
      .try_emplace(row.name, ProbeKind{row.name, "", fakes::reasons, {}, fakes::make, row.cause})
      .first->second;
}

template <class T, class All>
T named(const std::string& name, const All& all) {
  const auto found = std::ranges::find(all, name, [](T each) { return name_of(each); });
  if (found == all.end()) throw std::invalid_argument("the table knows no " + name);
  return *found;
}

const Reason* reason_from(const YAML::Node& is) {
  static std::set<std::string> words;
  static std::vector<std::unique_ptr<Reason>> reasons;
  constexpr std::array verdicts{Verdict::clear, Verdict::present, Verdict::unknown};
  constexpr std::array severities{Severity::ok, Severity::warning, Severity::critical};
  reasons.push_back(std::make_unique<Reason>(
      Reason{*words.insert(is[0].as<std::string>()).first,
             named<Verdict>(is[1].as<std::string>(), verdicts),
             named<Severity>(is[2].as<std::string>(), severities), "", "Do what the probe says."}));
  return reasons.back().get();
}

Row row_from(const KindRow& kind, const YAML::Node& finding, Profile profile) {
  constexpr std::array strengths{Strength::weak, Strength::strong, Strength::certain};
  auto instance = std::make_shared<Instance>();
  instance->network = "ebs";
  instance->profile = profile;
  instance->kind = &kind_of(kind);
  if (kind.cause) instance->causes = {*kind.cause};
  if (const auto causes = finding["looks_for"]) {
    instance->causes.clear();
    for (const auto& cause : causes) {
      instance->causes.push_back(named<Cause>(cause.as<std::string>(), all_causes));
    }
  }
  Outcome outcome{reason_from(finding["is"]), finding["says"].as<std::string>()};
  outcome.contradicts = finding["contradicts"].as<bool>(true);
  for (const auto& implied : finding["implicates"]) {
    Implication implication{named<Cause>(implied[0].as<std::string>(), all_causes),
                            named<Strength>(implied[1].as<std::string>(), strengths),
                            implied[2].as<std::string>()};
    if (implied.size() > 3 && !implied[3].IsNull()) {
      implication.seen_at = now - std::chrono::minutes(implied[3].as<int>());
    }
    if (implied.size() > 4) implication.first_step = implied[4].as<std::string>();
    outcome.implications.push_back(std::move(implication));
  }
  instance->about_activation = profile == Profile::ebs;
  limit_severity(*instance, outcome);
  return {instance, std::make_shared<const Outcome>(std::move(outcome))};
}

Rows rows_of(const YAML::Node& table, const YAML::Node& scenario) {
  const auto profile = named<Profile>(scenario["profile"].as<std::string>("ebs"), all_profiles);
  std::set<std::string> absent;
  for (const auto& probe : scenario["absent"]) absent.insert(probe.as<std::string>());
  Rows rows;
  for (const auto& kind : kind_rows) {
    const std::string name(kind.name);
    if (absent.contains(name)) continue;
    YAML::Node finding = table["healthy"][name];
    for (const auto& other : scenario["with"]) {
      const auto found = table["findings"][other.as<std::string>()];
      if (found["probe"].as<std::string>() == name) finding.reset(found);
    }
    rows.push_back(row_from(kind, finding, profile));
  }
  return rows;
}

// "cause: strength" in the order of likelihood.
std::vector<std::string> strengths_of(const Diagnosis& diagnosis) {
  std::vector<std::string> strengths;
  for (const auto& suspect : diagnosis.suspects) {
    strengths.push_back(std::string(name_of(suspect.cause)) + ": " +
                        std::string(name_of(suspect.strength())));
  }
  return strengths;
}

YAML::Node table() {
  return YAML::LoadFile(
      (cal::fakes::source_tree() / "tests/data/diagnosis/scenarios.yml").string());
}

}  // namespace

TEST_CASE("the diagnosis of every scenario is that of the table", "[diagnosis]") {
  const auto scenarios = table();
  REQUIRE(scenarios["scenarios"].size() > 40);
  for (const auto& scenario : scenarios["scenarios"]) {
    INFO(scenario["name"].as<std::string>());
    const auto diagnosis = diagnose(rows_of(scenarios, scenario));
    CHECK(diagnosis.primary() == scenario["primary"].as<std::string>());
    std::vector<std::string> expected;
    for (const auto& each : scenario["strengths"]) {
      expected.push_back(each.first.as<std::string>() + ": " + each.second.as<std::string>());
    }
    CHECK(strengths_of(diagnosis) == expected);
    if (scenario["sentence"]) {
      CHECK(diagnosis.sentence == scenario["sentence"].as<std::string>());
    }
    if (scenario["first_step"]) {
      CHECK(diagnosis.first_step == scenario["first_step"].as<std::string>());
    }
    // A cause always comes with a first step and a runbook.
    if (!diagnosis.suspects.empty()) {
      CHECK_FALSE(diagnosis.first_step.empty());
      CHECK_FALSE(diagnosis.runbook.empty());
    }
  }
}

TEST_CASE("the order of the probes does not change what is most likely", "[diagnosis]") {
  const auto scenarios = table();
  for (const auto& scenario : scenarios["scenarios"]) {
    INFO(scenario["name"].as<std::string>());
    auto rows = rows_of(scenarios, scenario);
    const auto forward = diagnose(rows);
    std::ranges::reverse(rows);
    const auto backward = diagnose(rows);
    CHECK(forward.primary() == backward.primary());
    CHECK(strengths_of(forward) == strengths_of(backward));
  }
}

TEST_CASE("networks are diagnosed apart", "[diagnosis]") {
  const auto scenarios = table();
  auto rows = rows_of(scenarios, YAML::Load("{with: [not_member]}"));
  for (auto row : rows_of(scenarios, YAML::Load("{with: [write_denied]}"))) {
    auto instance = std::make_shared<Instance>(*row.instance);
    instance->network = "other";
    row.instance = instance;
    rows.push_back(row);
  }
  const auto diagnoses = diagnose_all(rows);
  REQUIRE(diagnoses.size() == 2);
  CHECK(diagnoses[0].network == "ebs");
  CHECK(diagnoses[0].primary() == "account_not_administrator");
  CHECK(diagnoses[1].network == "other");
  CHECK(diagnoses[1].primary() == "directory_not_writable");
}

TEST_CASE("the first step is that of the probe that finds the cause now, else that of the cause",
          "[diagnosis]") {
  const auto scenarios = table();
  const auto now_there = diagnose(rows_of(scenarios, YAML::Load("{with: [installed]}")));
  CHECK(now_there.first_step == "Do what the probe says.");
  CHECK(now_there.runbook == "pack_already_installed");
  const auto event_only = diagnose(rows_of(scenarios, YAML::Load("{with: [event_1208]}")));
  CHECK(event_only.first_step == first_step_of(Cause::pack_already_installed, Profile::ebs));
  CHECK(event_only.runbook == "pack_already_installed");
  const auto unknown_code =
      diagnose(rows_of(scenarios, YAML::Load("{with: [event_unknown_code]}")));
  CHECK(unknown_code.runbook == "activation_events");
  const auto blind = diagnose(rows_of(scenarios, YAML::Load("{with: [history_blind]}")));
  CHECK(blind.runbook == "pack_already_installed");
}

TEST_CASE("the beginning is that of the cause, not of another one of its probe", "[diagnosis]") {
  static constexpr Reason no_server{"no_server", Verdict::present, Severity::critical, "", ""};
  const auto instance =
      row_from(kind_rows[4], YAML::Load("{is: [so, clear, ok], says: so}"), Profile::rds).instance;
  Outcome outcome{&no_server, "so"};
  outcome.implications = {
      {.cause = Cause::licenses_exhausted, .strength = Strength::weak, .sentence = "few"},
      {.cause = Cause::other, .strength = Strength::strong, .sentence = "none"}};
  const auto hours_ago = [](int hours) { return Beginning{now - std::chrono::hours(hours)}; };
  Row row{instance, std::make_shared<const Outcome>(outcome)};
  row.found_since = hours_ago(1);
  row.causes = {{Cause::other, no_server.word, hours_ago(1)},
                {Cause::licenses_exhausted, "", hours_ago(24)}};
  const auto diagnosis = diagnose(std::vector{row});
  CHECK(diagnosis.primary() == "other");
  CHECK(diagnosis.since == hours_ago(1));
}

TEST_CASE("the beginning is that of the most likely cause", "[diagnosis]") {
  const auto scenarios = table();
  const auto with = [&](const std::string& findings) {
    auto rows = rows_of(scenarios, YAML::Load("{with: [" + findings + "]}"));
    auto since = now;
    for (auto& row : rows) {
      row.found_since = Beginning{since -= std::chrono::hours(1)};
      row.causes = found_causes({}, *row.instance, *row.outcome, *row.found_since);
    }
    return diagnose(rows);
  };
  CHECK(with("").since == std::nullopt);
  CHECK(with("not_member").since == Beginning{now - std::chrono::hours(1)});
  CHECK(with("offline").since == Beginning{now - std::chrono::hours(3)});
  CHECK(with("offline, write_denied").since == Beginning{now - std::chrono::hours(3)});
  CHECK(with("permissions_blind").since == Beginning{now - std::chrono::hours(4)});
  const auto event = with("event_1208");
  CHECK(event.since == Beginning{now - std::chrono::minutes(10)});
  CHECK(event.is_past);
  CHECK_FALSE(with("not_member").is_past);
}
