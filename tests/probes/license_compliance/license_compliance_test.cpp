#include "probes/license_compliance/license_compliance.h"

#include "agent/base/text.h"
#include "agent/contract/options.h"
#include "tests/catch.h"

#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

using namespace cal;
using namespace cal::license_compliance;
using namespace std::chrono_literals;
using inventory::FileFault;
using inventory::FileFaultKind;
using inventory::LicenseCount;
using inventory::LicenseCounts;
using inventory::LicenseKind;

namespace {

const SystemTime now{std::chrono::sys_days{std::chrono::year(2026) / 11 / 24} + 12h};
const Settings settings{"inventory.json", "key_packs.json", "session_hosts", true};

LicenseCount suite(std::int64_t installed, std::int64_t users, std::int64_t devices) {
  return {"Suite", LicenseKind::universal, installed, users, devices};
}

LicenseCount rds(std::int64_t installed, std::int64_t users) {
  return {"RDS Windows Server 2025", LicenseKind::user, installed, users};
}

LicenseCount rds_devices(std::int64_t installed, std::int64_t devices) {
  return {"RDS Windows Server 2025", LicenseKind::device, installed, std::nullopt, devices};
}

const Right granted{"", true};

DirectoryCount counted_in_directory(ad::UserLicenses licenses, Right read = granted,
                                    Right self_writes = granted) {
  return {"ldaps://dc1", std::move(licenses), std::move(read), std::move(self_writes)};
}

Source source(std::vector<LicenseCount> counts, SystemTime data_at = now - 1h) {
  return {"inventory.json", LicenseCounts{.counts = std::move(counts), .data_at = data_at}};
}

Source broken(FileFaultKind kind) {
  return {"key_packs.json", tl::unexpected(FileFault{kind, "read key_packs.json: no"})};
}

// The value of the only sample of a family with these labels; empty if there is none.
std::optional<double> sample(const Outcome& outcome, std::string_view family,
                             const std::vector<std::string>& labels) {
  std::optional<double> value;
  for (const auto& each : outcome.samples) {
    if (each.family->name != family || each.label_values != labels) continue;
    CHECK_FALSE(value);
    value = each.value;
  }
  return value;
}

inventory::SessionHostsFile session_hosts(std::vector<inventory::SessionHost> hosts,
                                          SystemTime data_at = now - 1h) {
  return {"hosts/" + hosts.front().name + ".json",
          inventory::SessionHosts{std::move(hosts), data_at}};
}

std::string evidence(const Outcome& outcome, std::string_view item) {
  const auto found = std::ranges::find(outcome.evidence, item, &Evidence::item);
  return found == outcome.evidence.end() ? "" : found->text;
}

const std::vector<std::string> of_suite{"Suite", "universal"};

}  // namespace

TEST_CASE("what must be free of an edition is exported with its licenses", "[compliance]") {
  const LicenseCount premium{"Premium", LicenseKind::user, 5};
  const LicenseCount kiosk{"Kiosk", LicenseKind::device, 5};
  const LicenseCount other{"Other", LicenseKind::device, 5};
  const Settings with_limits{.inventory_file = "inventory.json",
                             .warn_below = {{"Premium", 10}, {"Kiosk", 0}, {"Absent", 3}}};
  const auto outcome = judge({now, source({premium, kiosk, other})}, with_limits);
  CHECK(sample(outcome, "cal_licenses_warn_below", {"Premium", "user"}) == 10);
  CHECK(sample(outcome, "cal_licenses_warn_below", {"Kiosk", "device"}) == 0);
  CHECK_FALSE(sample(outcome, "cal_licenses_warn_below", {"Other", "device"}));
  CHECK(std::ranges::count(outcome.samples, std::string_view("cal_licenses_warn_below"),
                           [](const Sample& each) { return each.family->name; }) == 2);
}

TEST_CASE("the option editions says what is wrong with it", "[compliance]") {
  const auto [written, error] = GENERATE(table<std::string, std::string>({
      {"{Premium: {warn_below: 10}, Kiosk: {expected: full}}", ""},
      {"{Premium: {}}", "edition 'Premium': give 'warn_below: NUMBER', or 'expected: full'"},
      {"{Premium: 10}", "edition 'Premium': give 'warn_below: NUMBER'"},
      {"{Premium: {warn_below: 10, expected: full}}",
       "edition 'Premium': give 'warn_below: NUMBER', or 'expected: full'"},
      {"{Premium: {warn_below: 0}}", "must be a whole number from 1 to 1000000, not 0"},
      {"{Premium: {expected: empty}}", "'empty' is not allowed; allowed: full"},
      {"{Premium: {warn_bellow: 10}}", "unknown key 'warn_bellow'"},
  }));
  INFO(written);
  ConfigErrors errors;
  const auto text = "{inventory_file: counts.json, editions: " + written + "}";
  Options options(std::make_shared<const YAML::Node>(YAML::Load(text)), "test.yml", errors);
  kind().make(options, {});
  options.reject_unknown_keys();
  CHECK(errors.without_places().empty() == error.empty());
  CHECK(errors.without_places().find(error) != std::string::npos);
  const auto is_unknown = [](const std::string& said) {
    return said.find("unknown key") != std::string::npos;
  };
  CHECK(is_unknown(errors.without_places()) == is_unknown(error));
}

TEST_CASE("each state of the licenses has its reason and its numbers", "[compliance]") {
  struct Row {
    LicenseCount count;
    std::string_view reason;
    Verdict verdict;
    double available, compliant;
    std::size_t implications;
  };
  const auto row = GENERATE(values<Row>({
      {suite(50, 30, 12), "compliant", Verdict::clear, 8, 1, 0},
      {suite(50, 38, 12), "none_left", Verdict::clear, 0, 1, 0},
      {suite(50, 40, 12), "over_assigned", Verdict::present, -2, 0, 1},
      {suite(0, 0, 0), "none_installed", Verdict::present, 0, 1, 1},
      {suite(0, 1, 0), "over_assigned", Verdict::present, -1, 0, 1},
  }));
  const auto outcome = judge({now, source({row.count})}, settings);
  CHECK(outcome.reason->word == row.reason);
  CHECK(outcome.reason->verdict == row.verdict);
  CHECK(sample(outcome, "cal_licenses_installed", of_suite) == row.count.installed);
  CHECK(sample(outcome, "cal_licenses_available", of_suite) == row.available);
  CHECK(sample(outcome, "cal_licenses_compliant", of_suite) == row.compliant);
  CHECK(sample(outcome, "cal_licenses_assigned", {"Suite", "universal", "user"}) ==
        static_cast<double>(*row.count.users));
  CHECK(sample(outcome, "cal_licenses_assigned", {"Suite", "universal", "device"}) ==
        static_cast<double>(*row.count.devices));
  CHECK_FALSE(sample(outcome, "cal_licenses_assigned", {"Suite", "universal", "unspecified"}));
  CHECK(outcome.source_data_at == now - 1h);
  REQUIRE(outcome.implications.size() == row.implications);
  if (row.implications > 0) {
    CHECK(outcome.implications[0].cause == Cause::licenses_exhausted);
    CHECK(outcome.implications[0].strength == Strength::strong);
    CHECK(outcome.implications[0].sentence == outcome.summary);
  }
}

TEST_CASE("the summary gives the numbers of the worst edition", "[compliance]") {
  const auto outcome = judge({now, source({suite(50, 30, 12), rds(5, 7)})}, settings);
  CHECK(outcome.reason->word == "over_assigned");
  CHECK(outcome.summary ==
        "RDS Windows Server 2025 (user): 5 installed, 7 assigned (7 users), 2 too many");
  CHECK(evidence(outcome, "Suite (universal)") ==
        "50 installed, 42 assigned (30 users, 12 devices), 8 available");
}

TEST_CASE("key packs without a free license are a cause now, an inventory's pack is not",
          "[compliance]") {
  const auto packs = judge({now, std::nullopt, source({rds_devices(5, 5)})}, settings);
  CHECK(packs.reason->word == "packs_exhausted");
  CHECK(packs.reason->verdict == Verdict::present);
  CHECK(packs.reason->severity == Severity::warning);
  CHECK(packs.summary ==
        "RDS Windows Server 2025 (device): 5 installed, 5 assigned (5 devices), 0 available");
  REQUIRE(packs.implications.size() == 1);
  CHECK(packs.implications[0].cause == Cause::licenses_exhausted);
  CHECK(packs.implications[0].strength == Strength::weak);
  CHECK_THAT(packs.implications[0].first_step, Catch::Contains("RD Licensing Manager"));
  const auto inventory = judge({now, source({rds_devices(5, 5)})}, settings);
  CHECK(inventory.reason->word == "none_left");
  CHECK(inventory.implications.empty());
}

TEST_CASE("the end of a pack is exported by edition, if one ends", "[compliance]") {
  auto ends = rds(5, 4);
  ends.first_end = now + 24h;
  const LicenseCount never{"RDS Windows Server 2022", LicenseKind::user, 100, 1};
  const auto outcome = judge({now, std::nullopt, source({ends, never})}, settings);
  constexpr auto family = "cal_license_pack_end_timestamp_seconds";
  CHECK(sample(outcome, family, {"RDS Windows Server 2025", "user"}) == unix_seconds(now + 24h));
  CHECK_FALSE(sample(outcome, family, {"RDS Windows Server 2022", "user"}));
}

TEST_CASE("a correct total does not hide an exhausted version", "[compliance]") {
  const LicenseCount newer{"RDS Windows Server 2022", LicenseKind::device, 100, std::nullopt, 1};
  const auto outcome =
      judge({now, std::nullopt, source({newer, rds_devices(5, 5), rds(100, 1)})}, settings);
  CHECK(outcome.reason->word == "packs_exhausted");
  CHECK(outcome.summary.starts_with("RDS Windows Server 2025 (device): 5 installed, 5 assigned"));
  CHECK_THAT(evidence(outcome, "RDS Windows Server 2022 (device)"),
             Catch::EndsWith("99 available"));
}

// A license server refuses no user for lack of a license. Checkmk PR 280: AvailableLicenses stops
// at 0, which hides that too many were issued.
TEST_CASE("per-user licenses of key packs are a matter of compliance, never an outage",
          "[compliance]") {
  struct Row {
    LicenseCount count;
    std::string_view reason;
  };
  const auto row = GENERATE(values<Row>({
      {rds(5, 7), "user_cals_over_issued"},
      {rds(0, 7), "user_cals_over_issued"},  // an overused pack: not none_installed
      {rds(5, 5), "none_left"},
  }));
  const auto outcome = judge({now, std::nullopt, source({row.count})}, settings);
  CHECK(outcome.reason->word == row.reason);
  CHECK(outcome.reason->verdict == Verdict::clear);
  CHECK(outcome.reason->severity == Severity::warning);
  CHECK(outcome.implications.empty());
  CHECK(sample(outcome, "cal_licenses_available", {"RDS Windows Server 2025", "user"}) ==
        row.count.available());
}

TEST_CASE("overused licenses are covered by free ones of a newer version", "[compliance]") {
  auto overused = rds(0, 7);
  overused.version = 2;
  LicenseCount newer{"RDS Windows Server 2012", LicenseKind::user, 20, 11};
  newer.version = 4;
  CHECK(judge({now, std::nullopt, source({overused, newer})}, settings).reason->word ==
        "compliant");
  newer.users = 14;
  CHECK(judge({now, std::nullopt, source({overused, newer})}, settings).reason->word ==
        "user_cals_over_issued");
}

TEST_CASE("a pack that ends within 30 days is a warning with its date", "[compliance]") {
  auto ends = rds_devices(600, 10);
  ends.first_end = now + 24h * 16;
  ends.ending = 250;
  const auto outcome = judge({now, std::nullopt, source({ends})}, settings);
  CHECK(outcome.reason->word == "pack_expiring");
  CHECK(outcome.reason->severity == Severity::warning);
  CHECK(outcome.summary ==
        "RDS Windows Server 2025 (device): 250 of 600 installed licenses end, first "
        "2026-12-10 12:00:00 UTC");
  ends.ending = 0;
  CHECK(judge({now, std::nullopt, source({ends})}, settings).reason->word == "compliant");
}

TEST_CASE("temporary licenses have a metric, unless their number is not known", "[compliance]") {
  auto packs = source({rds(5, 1)});
  constexpr auto family = "cal_licenses_temporary";
  CHECK_FALSE(sample(judge({now, std::nullopt, packs}, settings), family, {}));
  packs.counts->temporary = 100;
  const auto outcome = judge({now, std::nullopt, packs}, settings);
  CHECK(outcome.reason->word == "compliant");
  CHECK(sample(outcome, family, {}) == 100);
  CHECK_THAT(evidence(outcome, "temporary licenses"), Catch::StartsWith("100 issued"));
}

TEST_CASE("a pack that is not understood makes what it might change unknown", "[compliance]") {
  const std::string text = "key pack 9 (Windows Server 2028): version 9 is not known";
  for (const auto& count : {rds(5, 1), rds(5, 7), rds_devices(5, 5), rds(0, 0)}) {
    auto packs = source({count});
    packs.counts->not_understood = {text};
    const auto outcome = judge({now, std::nullopt, packs}, settings);
    CHECK(outcome.reason->word == "pack_not_understood");
    CHECK(outcome.reason->verdict == Verdict::unknown);
    CHECK(outcome.implications.empty());
    CHECK(evidence(outcome, "inventory.json") == text);
  }
}

TEST_CASE("an edition that is meant to be full may have none left", "[compliance]") {
  const Settings full{.inventory_file = "inventory.json",
                      .warn_below = {{"Suite", 0}, {"RDS Windows Server 2025", 0}}};
  const auto both = [&](LicenseCount suite, LicenseCount packs) {
    return judge({now, source({std::move(suite)}), source({std::move(packs)})}, full).reason->word;
  };
  CHECK(both(suite(5, 5, 0), rds_devices(5, 5)) == "compliant");
  CHECK(both(suite(5, 6, 0), rds_devices(5, 5)) == "over_assigned");
  CHECK(both(suite(5, 5, 0), rds_devices(5, 6)) == "packs_exhausted");
}

TEST_CASE("an edition of the option editions that is in no file is reported", "[compliance]") {
  const Settings misspelled{.inventory_file = "inventory.json", .warn_below = {{"Suites", 3}}};
  const auto outcome = judge({now, source({suite(5, 1, 0), rds(5, 1)})}, misspelled);
  CHECK(outcome.reason->word == "edition_not_found");
  CHECK(outcome.summary ==
        "editions: 'Suites' is in none of the files, which have: RDS Windows Server 2025, Suite");
  // A file that cannot be used may have it.
  const auto unread =
      judge({now, source({suite(5, 1, 0)}), broken(FileFaultKind::missing)}, misspelled);
  CHECK(unread.reason->word == "inventory_missing");
  CHECK(evidence(unread, "editions").empty());
}

TEST_CASE("the first step is that of what was found, in the words of who assigns", "[compliance]") {
  const auto over = judge({now, source({suite(1, 2, 0)}), source({rds(5, 5)})}, settings);
  CHECK(over.reason->word == "over_assigned");
  CHECK_THAT(over.implications.at(0).first_step,
             Catch::StartsWith("Take back licenses") && !Catch::Contains("Remote Desktop"));
  const auto none = judge({now, source({suite(0, 0, 0)})}, settings);
  CHECK(none.reason->word == "none_installed");
  CHECK_THAT(none.implications.at(0).first_step, Catch::Contains("install a CAL pack"));
  const auto no_pack = judge({now, std::nullopt, source({rds(0, 0)})}, settings);
  CHECK(no_pack.reason->word == "none_installed");
  CHECK_THAT(no_pack.implications.at(0).first_step, Catch::StartsWith("Install licenses"));
}

TEST_CASE("a count of no license is not ok where none at all is the fault", "[compliance]") {
  for (const auto& each : judge({now, source({suite(0, 0, 0), rds(0, 0)})}, settings).evidence) {
    CHECK(each.verdict == Verdict::present);
  }
  const auto one_edition = judge({now, source({suite(0, 0, 0), rds(5, 3)})}, settings);
  for (const auto& each : one_edition.evidence) CHECK(each.verdict == Verdict::clear);
}

TEST_CASE("an edition without licenses does not hide those of another", "[compliance]") {
  const auto outcome = judge({now, source({suite(0, 0, 0), rds(5, 3)})}, settings);
  CHECK(outcome.reason->word == "compliant");
}

TEST_CASE("a server with only unlimited packs has no license installed", "[compliance]") {
  auto only_notes = source({});
  only_notes.counts->notes = {"key pack 13 (..): unlimited, not counted; 100 issued"};
  const auto outcome = judge({now, std::nullopt, only_notes}, settings);
  CHECK(outcome.reason->word == "none_installed");
  CHECK(outcome.samples.empty());
  CHECK(evidence(outcome, "inventory.json") == only_notes.counts->notes[0]);
}

TEST_CASE("a file that cannot be used gives unknown, unless the other shows worse",
          "[compliance]") {
  struct Row {
    FileFaultKind fault;
    LicenseCount count;
    std::string_view reason;
  };
  const auto row = GENERATE(values<Row>({
      {FileFaultKind::missing, suite(50, 1, 1), "inventory_missing"},
      {FileFaultKind::unreadable, suite(50, 1, 1), "inventory_unreadable"},
      {FileFaultKind::missing, suite(50, 50, 0), "inventory_missing"},
      {FileFaultKind::missing, suite(0, 0, 0), "inventory_missing"},
      {FileFaultKind::missing, suite(1, 2, 0), "over_assigned"},
  }));
  const auto outcome = judge({now, source({row.count}), broken(row.fault)}, settings);
  CHECK(outcome.reason->word == row.reason);
  CHECK(evidence(outcome, "key_packs.json") == "read key_packs.json: no");
  // The content of the good file is still a fact.
  CHECK(sample(outcome, "cal_licenses_installed", of_suite) == row.count.installed);
}

TEST_CASE("old counts are no longer facts", "[compliance]") {
  const auto outcome = judge({now, source({suite(1, 2, 0)}, now - 48h)}, settings);
  CHECK(outcome.reason->word == "inventory_stale");
  CHECK(outcome.summary == "the data of inventory.json is 2d old, more than max_age (1d)");
  CHECK(outcome.samples.empty());
  CHECK(outcome.implications.empty());
  CHECK(outcome.source_data_at == now - 48h);
}

TEST_CASE("an edition in both files has one sample, and the older file gives the data's age",
          "[compliance]") {
  const auto outcome =
      judge({now, source({suite(50, 1, 1)}), source({suite(60, 1, 1)}, now - 2h)}, settings);
  CHECK(sample(outcome, "cal_licenses_installed", of_suite) == 50);
  CHECK(outcome.source_data_at == now - 2h);
}

TEST_CASE("the directory's count is shown beside that of the key packs", "[compliance]") {
  const ad::UserLicenses counted{
      .users = 12, .expired_users = 3, .groups = {{"393218", "LS1", 13, 4}}};
  const auto with = [&](std::int64_t issued) {
    return judge({now, std::nullopt, source({rds(20, issued)}), {}, counted_in_directory(counted)},
                 settings);
  };
  const auto agreed = with(12);
  CHECK(agreed.reason->word == "compliant");
  CHECK(sample(agreed, "cal_licenses_assigned", {"directory", "user", "user"}) == 12);
  CHECK(evidence(agreed, "directory") ==
        "12 users hold a per-user license in force, 3 more only expired ones; asked "
        "ldaps://dc1");
  CHECK(evidence(agreed, "directory, version 393218, license server LS1") ==
        "13 in force, 4 expired");
  CHECK(evidence(agreed, "directory and key packs differ").empty());
  // The text has both numbers and both explanations, whichever count is higher.
  for (const auto issued : {11, 15}) {
    CHECK(evidence(with(issued), "directory and key packs differ") ==
          "the key packs count " + std::to_string(issued) +
              " per-user licenses as issued; in the directory, 12 users hold one. If the directory "
              "has more, it also contains licenses of another license server. If it has fewer, the "
              "license server (up to Windows Server 2016) or SELF (from 2019) lacks the right to "
              "write on users");
    CHECK(with(issued).reason->word == "compliant");
  }
}

// A filter on an attribute that may not be read matches nothing: 0 users, which looks like a fact.
TEST_CASE("a count in the directory is not known without the rights that it needs",
          "[compliance]") {
  struct Row {
    Right read, self_writes;
    std::string_view reason, why;
  };
  const auto row = GENERATE(values<Row>({
      {{"read X", false, "CN=Ann: no entry grants it"},
       granted,
       "not_permitted",
       "the agent's account lacks the right to read X: CN=Ann: no entry grants it"},
      {{"read X", std::nullopt, "no user was seen"},
       granted,
       "not_permitted",
       "it could not be shown that the agent has the right to read X: no user was seen"},
      {granted,
       {"", false, "SELF may not write on 2 of 2 users that were sampled below"},
       "compliant",
       "SELF may not write on 2 of 2 users that were sampled below"},
      {granted,
       {"", std::nullopt, "the permissions cannot be read"},
       "compliant",
       "the permissions cannot be read"},
  }));
  const auto outcome = judge({now,
                              std::nullopt,
                              source({rds(20, 12)}),
                              {},
                              counted_in_directory({}, row.read, row.self_writes)},
                             settings);
  CHECK(outcome.reason->word == row.reason);
  const auto found = std::ranges::find(outcome.evidence, "directory", &Evidence::item);
  REQUIRE(found != outcome.evidence.end());
  CHECK(found->verdict == Verdict::unknown);
  CHECK_THAT(found->text, Catch::Contains(std::string(row.why)));
  CHECK_FALSE(sample(outcome, "cal_licenses_assigned", {"directory", "user", "user"}));
  CHECK(evidence(outcome, "directory and key packs differ").empty());
}

TEST_CASE("the weeks in which users' licenses end are those of the directory", "[compliance]") {
  ad::UserLicenses licenses;
  licenses.users = 12;
  licenses.ending[3] = 12;
  const auto with = [&](Right read) {
    return judge({now,
                  std::nullopt,
                  source({rds(20, 12)}),
                  {},
                  counted_in_directory(licenses, std::move(read))},
                 settings)
        .licenses;
  };
  REQUIRE(with(granted));
  CHECK(with(granted)->ending == licenses.ending);
  CHECK(with({"read X", false})->ending.empty());
}

TEST_CASE("a directory that cannot be asked gives unknown, unless a file shows worse",
          "[compliance]") {
  const auto with = [](LicenseCount count) {
    return judge({now,
                  source({std::move(count)}),
                  std::nullopt,
                  {},
                  tl::unexpected(ldap::Fault{ldap::FaultKind::timeout, "search: no answer"})},
                 settings);
  };
  const auto unknown = with(suite(50, 1, 1));
  CHECK(unknown.reason->word == "timeout");
  CHECK(unknown.summary == "search: no answer");
  CHECK(sample(unknown, "cal_licenses_available", of_suite) == 48);
  CHECK_FALSE(sample(unknown, "cal_licenses_assigned", {"directory", "user", "user"}));
  CHECK(with(suite(1, 2, 0)).reason->word == "over_assigned");
}

TEST_CASE("each state of a session host has its reason", "[compliance][session_hosts]") {
  struct Row {
    std::int64_t type;
    std::int64_t days_left;
    std::string_view reason;
    Verdict verdict;
    Severity severity;
    std::optional<Strength> implied;
  };
  const auto row = GENERATE(values<Row>({
      {4, 0, "compliant", Verdict::clear, Severity::ok, std::nullopt},
      {4, 100, "compliant", Verdict::clear, Severity::ok, std::nullopt},
      {2, 30, "grace_period_ending", Verdict::clear, Severity::warning, std::nullopt},
      {6, 0, "compliant", Verdict::clear, Severity::ok, std::nullopt},
      {7, 0, "inventory_unreadable", Verdict::unknown, Severity::warning, std::nullopt},
      {5, 100, "licensing_mode_not_set", Verdict::present, Severity::warning, Strength::weak},
      {5, 0, "session_host_unlicensed", Verdict::present, Severity::critical, Strength::strong},
  }));
  const auto outcome = judge(
      {now, std::nullopt, std::nullopt, {session_hosts({{"RDSH1", row.type, row.days_left}})}},
      settings);
  CHECK(outcome.reason->word == row.reason);
  CHECK(outcome.reason->verdict == row.verdict);
  CHECK(outcome.reason->severity == row.severity);
  CHECK(outcome.summary.starts_with("session host RDSH1: "));
  CHECK(outcome.source_data_at == now - 1h);
  CHECK(sample(outcome, "cal_session_host_grace_end_timestamp_seconds", {"RDSH1"}).has_value() ==
        (row.days_left > 0));
  REQUIRE(outcome.implications.size() == (row.implied ? 1 : 0));
  if (!row.implied) return;
  CHECK(outcome.implications[0].cause == Cause::other);
  CHECK(outcome.implications[0].strength == *row.implied);
  CHECK(outcome.implications[0].sentence == outcome.summary);
  CHECK_THAT(outcome.implications[0].first_step, Catch::StartsWith("Set the licensing mode"));
}

TEST_CASE("the grace period's end is exported by host, to the day", "[compliance][session_hosts]") {
  const auto outcome = judge(
      {now,
       source({suite(5, 1, 0)}),
       std::nullopt,
       {session_hosts({{"RDSH1", 4, 47}}), session_hosts({{"RDSH2", 4, 0}, {"RDSH1", 4, 46}})}},
      settings);
  const SystemTime midnight{std::chrono::sys_days{std::chrono::year(2026) / 11 / 24}};
  // A host in two files has one sample.
  CHECK(sample(outcome, "cal_session_host_grace_end_timestamp_seconds", {"RDSH1"}) ==
        unix_seconds(midnight + std::chrono::days(47)));
  CHECK_FALSE(sample(outcome, "cal_session_host_grace_end_timestamp_seconds", {"RDSH2"}));
  CHECK(outcome.reason->word == "compliant");
  CHECK(outcome.summary.starts_with("Suite (universal): "));
  CHECK(evidence(outcome, "session host RDSH2") ==
        "licensing mode per user; its grace period is over");
}

TEST_CASE("a farm with one fault is one finding", "[compliance][session_hosts]") {
  const auto outcome = judge({now,
                              std::nullopt,
                              source({rds_devices(5, 5)}),
                              {session_hosts({{"RDSH1", 5, 100}}), session_hosts({{"RDSH2", 5, 0}}),
                               session_hosts({{"RDSH3", 5, 0}}), session_hosts({{"RDSH4", 4, 0}})}},
                             settings);
  CHECK(outcome.reason->word == "session_host_unlicensed");
  CHECK(outcome.summary ==
        "session host RDSH2: licensing mode not set (5), and its grace period is over: no user "
        "gets a license to log on (and 1 more host)");
  // The fault of the licenses is a separate implication.
  REQUIRE(outcome.implications.size() == 2);
  CHECK(outcome.implications[0].cause == Cause::licenses_exhausted);
  CHECK(outcome.implications[1].cause == Cause::other);
  CHECK(outcome.implications[1].sentence == outcome.summary);
}

TEST_CASE("a session host that stopped exporting is unknown, the others are not",
          "[compliance][session_hosts]") {
  const auto outcome = judge(
      {now,
       source({suite(5, 1, 0)}),
       std::nullopt,
       {session_hosts({{"RDSH1", 5, 100}}, now - 48h),
        {"hosts/RDSH2.json", tl::unexpected(FileFault{FileFaultKind::unreadable, "read it: no"})},
        session_hosts({{"RDSH3", 4, 0}})}},
      settings);
  CHECK(outcome.reason->word == "inventory_unreadable");
  CHECK(outcome.implications.empty());
  CHECK_THAT(evidence(outcome, "RDSH1.json"), Catch::EndsWith("is 2d old, more than max_age (1d)"));
  CHECK(evidence(outcome, "RDSH2.json") == "read it: no");
  CHECK_FALSE(sample(outcome, "cal_session_host_grace_end_timestamp_seconds", {"RDSH1"}));
  CHECK_FALSE(evidence(outcome, "session host RDSH3").empty());
}

TEST_CASE("free licenses of a newer version count for an older one", "[compliance]") {
  const auto packs = [](std::int64_t old_issued, std::int64_t new_issued) {
    LicenseCount older{"RDS Windows Server 2019", LicenseKind::user, 10};
    older.users = old_issued;
    older.version = 6;
    LicenseCount newer{"RDS Windows Server 2022", LicenseKind::user, 50};
    newer.users = new_issued;
    newer.version = 7;
    return std::vector{older, newer};
  };
  struct Row {
    std::int64_t old_issued, new_issued;
    std::string_view reason;
  };
  const auto row = GENERATE(values<Row>({
      {10, 3, "none_left"},
      {12, 3, "none_left"},
      {10, 50, "none_left"},
      {12, 49, "user_cals_over_issued"},
      {3, 50, "none_left"},  // an older version does not count for a newer one
  }));
  INFO(row.old_issued << " " << row.new_issued);
  Facts facts{now, std::nullopt};
  facts.key_packs = Source{
      "key_packs.json", inventory::LicenseCounts{packs(row.old_issued, row.new_issued), {}, now}};
  CHECK(judge(facts, {}).reason->word == row.reason);
}

TEST_CASE("what a person has to do about too few licenses, never a trick", "[repair]") {
  struct Row {
    LicenseCount count;
    bool by_server;
    std::vector<std::string_view> starts;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {suite(5, 6, 2),
       false,
       {"An administrator takes back 3 or more licenses of Suite",
        "The person who buys licenses orders a pack with at least 3"}},
      {rds_devices(5, 5),
       true,
       {"On the license server, see which devices have the 5 licenses",
        "Wait, if devices in the list are retired",
        "If that is too late, an administrator of the license server revokes",
        "If all of these devices are in use, the person who buys licenses orders at least 1 of RDS "
        "Windows"}},
      {rds_devices(5, 9),
       true,
       {"On the license server, see which devices have the 9 licenses",
        "Wait, if devices in the list are retired",
        "If that is too late, an administrator of the license server revokes",
        "If all of these devices are in use, the person who buys licenses orders at least 4 of RDS "
        "Windows"}},
      {rds_devices(4, 4),
       true,
       {"On the license server, see which devices have the 4 licenses",
        "Wait, if devices in the list are retired",
        "If all of these devices are in use, the person who buys licenses orders at least 1 of RDS "
        "Windows"}},
      {suite(5, 3, 2),
       false,
       {"An administrator takes back 1 or more licenses of Suite",
        "The person who buys licenses orders a pack with at least 1"}},
      {suite(5, 2, 2), false, {}},
  }));
  Facts facts{.now = now, .inventory = std::nullopt};
  (row.by_server ? facts.key_packs : facts.inventory) = source({row.count});
  const auto outcome = judge(facts, settings);
  REQUIRE(outcome.repair.size() == row.starts.size());
  for (std::size_t i = 0; i < row.starts.size(); ++i) {
    CHECK(outcome.repair[i].text.starts_with(row.starts[i]));
    CHECK(outcome.repair[i].command.empty());
    CHECK(outcome.repair[i].is_alternative == (i > 0 && !row.by_server));
  }
}

TEST_CASE("a plan for assigned licenses says what is refused now, and how to take it back",
          "[repair]") {
  const auto notes_on = [](const LicenseCount& count) {
    const auto outcome = judge({now, source({count})}, settings);
    return fmt::format("{}", fmt::join(outcome.repair.at(0).beside, " "));
  };
  CHECK_THAT(notes_on(suite(5, 6, 2)),
             Catch::StartsWith("Refused now: a further assignment (0xcfff1200).") &&
                 Catch::Contains("the network does not keep the license terms") &&
                 Catch::Contains("To undo it, assign the license again"));
  CHECK_THAT(notes_on(suite(5, 3, 2)), Catch::Contains("Nobody who has a license is refused"));
  CHECK_THAT(notes_on(suite(0, 0, 0)), Catch::StartsWith("Refused now: every assignment."));
}

TEST_CASE("a file that its computer did not bring: first what only reads there", "[repair]") {
  struct Row {
    Facts facts;
    std::vector<std::string_view> starts;
    std::string_view command;
  };
  const auto missing = [](const char* file) {
    return inventory::FileFault{inventory::FileFaultKind::missing, "there is no such file", file};
  };
  Facts packs_missing{.now = now, .inventory = std::nullopt, .host = "dc1"};
  packs_missing.key_packs = Source{"key_packs.json", tl::unexpected(missing("key_packs.json"))};
  Facts packs_old{.now = now, .inventory = std::nullopt, .host = "dc1"};
  packs_old.key_packs = source({rds_devices(5, 1)});
  packs_old.key_packs->counts->data_at = now - std::chrono::days(3);
  packs_old.key_packs->counts->server = "LS1";
  Facts hosts_missing{.now = now, .inventory = std::nullopt, .host = "dc1"};
  hosts_missing.session_hosts = {{"hosts", tl::unexpected(missing("hosts"))}};
  Facts by_hand{.now = now, .inventory = std::nullopt, .host = "dc1"};
  by_hand.inventory = Source{"counts.csv", tl::unexpected(missing("counts.csv"))};
  const std::vector<std::string_view> on_server{
      "On the license server, see the last run of the scheduled task \"\\cal_export\\key packs\"",
      "Do what follows from it.", "On the license server, run the task"};
  for (const auto& [facts, starts, command] : std::vector<Row>{
           {packs_missing, on_server, "C:\\ProgramData\\cal_export\\key_packs\\key_packs.json"},
           {packs_old,
            {"On LS1, see the last run", "Do what follows from it.", "On LS1, run the task"},
            "C:\\ProgramData\\cal_export\\key_packs\\key_packs.json"},
           {hosts_missing,
            {"On the session host, see the last run", "Do what follows from it.",
             "On the session host, run the task"},
            "session_hosts\\$env:COMPUTERNAME.json"},
           {by_hand, {"On the agent's host (dc1), check the job"}, ""},
       }) {
    const auto outcome = judge(facts, settings);
    INFO(outcome.summary);
    REQUIRE(outcome.repair.size() == starts.size());
    for (std::size_t i = 0; i < starts.size(); ++i) {
      CHECK(outcome.repair[i].text.starts_with(starts[i]));
    }
    CHECK(outcome.action == outcome.repair.front().text);
    const auto& beside = outcome.repair.front().beside;
    CHECK(beside.front().starts_with("No user is refused because of this"));
    CHECK(beside.back().find(command) != std::string::npos);
  }
}

TEST_CASE("the plan for exhausted licenses names the license server of the file", "[repair]") {
  Facts facts{.now = now, .inventory = std::nullopt};
  facts.key_packs = source({rds_devices(5, 5)});
  facts.key_packs->counts->server = "LS1";
  const auto outcome = judge(facts, settings);
  REQUIRE(outcome.repair.size() == 4);
  CHECK(outcome.repair[0].text.starts_with("On LS1, see which devices"));
  CHECK(outcome.repair[2].beside.front().starts_with("RD Licensing Manager > LS1 > "));
  CHECK(outcome.repair[3].text.find("right-click LS1 >") != std::string::npos);
}
