#include "probes/license_compliance.h"

#include <catch2/catch.hpp>

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

const System now{std::chrono::sys_days{std::chrono::year(2026) / 11 / 24} + 12h};
const Settings settings{"inventory.json", "key_packs.json", true};

LicenseCount suite(std::int64_t installed, std::int64_t users, std::int64_t devices) {
  return {"Suite", LicenseKind::universal, installed, users, devices};
}

LicenseCount rds(std::int64_t installed, std::int64_t users) {
  return {"RDS version 8", LicenseKind::user, installed, users};
}

Source source(std::vector<LicenseCount> counts, System data_at = now - 1h) {
  return {"inventory.json", LicenseCounts{.counts = std::move(counts), .data_at = data_at}};
}

Source broken(FileFaultKind kind) {
  return {"key_packs.json", tl::unexpected(FileFault{kind, "read key_packs.json: no"})};
}

// The value of the only sample of a family with these labels; empty when there is none.
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

std::string evidence(const Outcome& outcome, std::string_view item) {
  const auto found = std::ranges::find(outcome.evidence, item, &Evidence::item);
  return found == outcome.evidence.end() ? "" : found->text;
}

const std::vector<std::string> of_suite{"Suite", "universal"};

}  // namespace

TEST_CASE("each state of the licences has its reason and its numbers", "[compliance]") {
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
  CHECK(outcome.summary == "RDS version 8 (user): 5 installed, 7 assigned (7 users), 2 too many");
  CHECK(evidence(outcome, "Suite (universal)") ==
        "50 installed, 42 assigned (30 users, 12 devices), 8 available");
}

TEST_CASE("an edition without licences does not hide those of another", "[compliance]") {
  const auto outcome = judge({now, source({suite(0, 0, 0), rds(5, 3)})}, settings);
  CHECK(outcome.reason->word == "compliant");
}

TEST_CASE("a server with unlimited packs alone has none installed", "[compliance]") {
  auto only_notes = source({});
  only_notes.counts->notes = {"key pack 13 (..): unlimited, not counted; 100 issued"};
  const auto outcome = judge({now, std::nullopt, only_notes}, settings);
  CHECK(outcome.reason->word == "none_installed");
  CHECK(outcome.samples.empty());
  CHECK(evidence(outcome, "inventory.json") == only_notes.counts->notes[0]);
}

TEST_CASE("a file that cannot be used is unknown, unless the other shows worse", "[compliance]") {
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
  // What the good file says stays a fact.
  CHECK(sample(outcome, "cal_licenses_installed", of_suite) == row.count.installed);
}

TEST_CASE("old counts are no facts any more", "[compliance]") {
  const auto outcome = judge({now, source({suite(1, 2, 0)}, now - 48h)}, settings);
  CHECK(outcome.reason->word == "inventory_stale");
  CHECK(outcome.summary == "the data of inventory.json is 2d old, more than max_age (1d)");
  CHECK(outcome.samples.empty());
  CHECK(outcome.implications.empty());
  CHECK(outcome.source_data_at == now - 48h);
}

TEST_CASE("what both files name has one sample, and the data is as old as the older",
          "[compliance]") {
  const auto outcome =
      judge({now, source({suite(50, 1, 1)}), source({suite(60, 1, 1)}, now - 2h)}, settings);
  CHECK(sample(outcome, "cal_licenses_installed", of_suite) == 50);
  CHECK(outcome.source_data_at == now - 2h);
}

TEST_CASE("the directory's count is shown beside the key packs'", "[compliance]") {
  const ldap::UserLicenses counted{
      .users = 12, .expired_users = 3, .groups = {{"393218", "LS1", 13, 4}}};
  const auto with = [&](std::int64_t issued) {
    return judge(
        {now, std::nullopt, source({rds(20, issued)}), DirectoryCount{"ldaps://dc1", counted}},
        settings);
  };
  const auto agreed = with(12);
  CHECK(agreed.reason->word == "compliant");
  CHECK(sample(agreed, "cal_licenses_assigned", {"directory", "user", "user"}) == 12);
  CHECK(evidence(agreed, "directory") ==
        "12 users hold a per-user licence in force, of 3 all have expired; asked ldaps://dc1");
  CHECK(evidence(agreed, "directory, version 393218, licence server LS1") ==
        "13 in force, 4 expired");
  CHECK(evidence(agreed, "directory and key packs differ").empty());
  CHECK_THAT(
      evidence(with(15), "directory and key packs differ"),
      Catch::StartsWith("the key packs count 15 per-user licences issued, the directory 12"));
}

TEST_CASE("a directory that cannot be asked is unknown, unless a file shows worse",
          "[compliance]") {
  const auto with = [](LicenseCount count) {
    return judge({now, source({std::move(count)}), std::nullopt,
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
