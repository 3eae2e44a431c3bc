#include "probes/pack_already_installed/pack_already_installed.h"

#include "tests/catch.h"

#include <algorithm>

using namespace cal;
using namespace cal::pack_already_installed;
using namespace std::chrono_literals;
using inventory::ExportedTime;
using inventory::FileFault;
using inventory::FileFaultKind;
using inventory::History;
using inventory::LicenseKind;
using inventory::Pack;
using inventory::PlannedPack;

namespace {

const SystemTime now{std::chrono::sys_days{std::chrono::year(2026) / 11 / 24} + 12h};
const SystemTime planned_at = now - 2h;
const Settings settings{"history.csv", "next-pack.key"};

using Times = std::vector<std::optional<ExportedTime>>;

Pack pack(std::string label, const Times& times) {
  Pack result{std::move(label), {}};
  std::size_t line = 2;
  for (const auto& time : times) {
    result.installations.push_back({line++, time, "Suite", "universal", 5});
  }
  return result;
}

// With `installed` the planned pack is pack 0.
Facts facts_with(std::vector<Pack> packs, std::optional<bool> installed,
                 SystemTime data_at = now - 1h) {
  History history{std::move(packs), 0, std::nullopt, data_at};
  for (const auto& each : history.packs) history.entries += each.installations.size();
  if (installed) {
    history.planned =
        PlannedPack{"WXYZ9", planned_at, *installed ? std::optional<std::size_t>(0) : std::nullopt};
  }
  return {now, std::move(history)};
}

const ExportedTime before{planned_at - 24h};
const ExportedTime after{planned_at + 1h};
const ExportedTime same_day{std::chrono::floor<std::chrono::days>(planned_at), true};
const ExportedTime day_before{std::chrono::floor<std::chrono::days>(planned_at) - 24h, true};

std::optional<double> sample(const Outcome& outcome, std::string_view family) {
  const auto found = std::ranges::find(outcome.samples, family,
                                       [](const Sample& each) { return each.family->name; });
  return found == outcome.samples.end() ? std::nullopt : std::optional(found->value);
}

bool has_evidence(const Outcome& outcome, std::string_view item, std::string_view text) {
  return std::ranges::any_of(outcome.evidence, [&](const Evidence& each) {
    return each.item == item && each.text.find(text) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("each state of plan and history has its reason and its facts", "[packs]") {
  struct Row {
    std::vector<Pack> packs;
    std::optional<bool> planned_installed;  // empty: no pack is planned
    std::string_view reason;
    Verdict verdict;
    std::optional<double> installed;
    double duplicates, entries;
    bool contradicts;
  };
  const auto row = GENERATE(values<Row>({
      {{}, false, "not_installed", Verdict::clear, 0, 0, 0, true},
      {{pack("AAAAA", {before})}, false, "not_installed", Verdict::clear, 0, 0, 1, true},
      {{pack("AAAAA", {before})}, {}, "no_pack_planned", Verdict::clear, {}, 0, 1, false},
      {{pack("WXYZ9", {before})}, true, "already_installed", Verdict::present, 1, 0, 1, false},
      {{pack("WXYZ9", {day_before})}, true, "already_installed", Verdict::present, 1, 0, 1, false},
      {{pack("WXYZ9", {{}})}, true, "already_installed", Verdict::present, 1, 0, 1, false},
      {{pack("WXYZ9", {after})}, true, "plan_completed", Verdict::clear, 1, 0, 1, false},
      {{pack("WXYZ9", {same_day})}, true, "plan_completed", Verdict::clear, 1, 0, 1, false},
      {{pack("WXYZ9", {before, before})},
       true,
       "already_installed",
       Verdict::present,
       1,
       1,
       2,
       false},
      {{pack("WXYZ9", {before, after})},
       true,
       "duplicate_in_history",
       Verdict::present,
       1,
       1,
       2,
       false},
      {{pack("AAAAA", {before, before}), pack("BBBBB", {{}, {}, {}})},
       {},
       "duplicate_in_history",
       Verdict::present,
       {},
       2,
       5,
       false},
  }));
  const auto outcome = judge(facts_with(row.packs, row.planned_installed), settings);
  CHECK(outcome.reason->word == row.reason);
  CHECK(outcome.reason->verdict == row.verdict);
  CHECK(sample(outcome, "cal_pack_planned_installed") == row.installed);
  CHECK(sample(outcome, "cal_pack_duplicates") == row.duplicates);
  CHECK(sample(outcome, "cal_pack_history_entries") == row.entries);
  CHECK(outcome.contradicts == row.contradicts);
  CHECK(outcome.source_data_at == now - 1h);
  CHECK_FALSE(outcome.summary.empty());
}

TEST_CASE("the summary and the evidence name the pack and when it was installed", "[packs]") {
  const auto outcome = judge(facts_with({pack("WXYZ9", {before})}, true), settings);
  CHECK(outcome.summary ==
        "planned pack WXYZ9 was installed at 2026-11-23 10:00:00 UTC: it cannot be installed "
        "again");
  CHECK(has_evidence(outcome, "pack WXYZ9",
                     "installed at 2026-11-23 10:00:00 UTC (line 2 of history.csv, Suite, "
                     "universal, 5 licenses)"));
  CHECK(has_evidence(outcome, "plan", "pack WXYZ9, planned 2026-11-24 10:00:00 UTC"));

  const auto dated = judge(facts_with({pack("WXYZ9", {day_before})}, true), settings);
  CHECK(has_evidence(dated, "pack WXYZ9", "installed on 2026-11-23 ("));

  const ExportedTime long_ago{std::chrono::sys_days{std::chrono::year(2025) / 3 / 4} + 9h};
  CHECK(has_evidence(judge(facts_with({pack("WXYZ9", {long_ago})}, true), settings), "pack WXYZ9",
                     "installed on 2025-03-04, 20 months ago ("));
}

TEST_CASE("a history that cannot be used gives unknown", "[packs]") {
  const auto of_fault = [](FileFaultKind kind) {
    const Facts facts{now, tl::unexpected(FileFault{kind, "read history.csv: no"})};
    return judge(facts, settings);
  };
  const auto missing = of_fault(FileFaultKind::missing);
  CHECK(missing.reason->word == "history_missing");
  CHECK(missing.summary == "read history.csv: no");
  CHECK(missing.samples.empty());
  CHECK(of_fault(FileFaultKind::unreadable).reason->word == "history_unreadable");
}

TEST_CASE("an old history gives no clear verdict, but the packs in it still count", "[packs]") {
  const auto old = now - 30h;
  const auto clear = judge(facts_with({pack("AAAAA", {before})}, false, old), settings);
  CHECK(clear.reason->word == "history_stale");
  CHECK(clear.summary == "the data of history.csv is 1d6h old, more than max_age (1d)");
  CHECK(clear.samples.empty());
  CHECK(clear.source_data_at == old);

  const auto present = judge(facts_with({pack("WXYZ9", {before})}, true, old), settings);
  CHECK(present.reason->word == "already_installed");
  CHECK(sample(present, "cal_pack_planned_installed") == 1);
  CHECK_FALSE(sample(present, "cal_pack_duplicates"));

  const auto fresh_enough = judge(facts_with({}, false, old), {"history.csv", "k", {}, 48h});
  CHECK(fresh_enough.reason->word == "not_installed");
}

TEST_CASE("a plan that cannot be read gives unknown, unless the history shows worse", "[packs]") {
  auto facts = facts_with({pack("AAAAA", {before})}, {});
  facts.plan_fault = FileFault{FileFaultKind::unreadable, "read next-pack.key: no"};
  const auto outcome = judge(facts, settings);
  CHECK(outcome.reason->word == "planned_key_unreadable");
  CHECK(outcome.summary == "read next-pack.key: no");
  CHECK_FALSE(outcome.contradicts);

  facts.history->packs.push_back(pack("BBBBB", {before, before}));
  CHECK(judge(facts, settings).reason->word == "duplicate_in_history");
}

TEST_CASE("the evidence shows whether a new pack is needed at all", "[packs]") {
  auto facts = facts_with({pack("WXYZ9", {before})}, true);
  CHECK_FALSE(has_evidence(judge(facts, settings), "licenses of Suite (universal)", ""));
  facts.licenses = inventory::LicenseCounts{
      .counts = {{"Suite", LicenseKind::universal, 50, 30, 12}, {"Plus", LicenseKind::user, 5, 5}},
      .data_at = now};
  const auto outcome = judge(facts, settings);
  CHECK(has_evidence(outcome, "licenses of Suite (universal)",
                     "8 of 50 are free: no new pack is needed (as of 2026-11-24 12:00:00 UTC)"));
  CHECK(has_evidence(outcome, "licenses of Plus (user)", "all 5 are assigned"));
  facts.licenses = tl::unexpected(FileFault{FileFaultKind::missing, "read inventory.json: no"});
  CHECK(has_evidence(judge(facts, settings), "licenses", "read inventory.json: no"));
}

TEST_CASE("a pack that is listed twice is named, with its lines and what to do about them",
          "[packs]") {
  const auto judged = [](Pack twice, std::vector<Pack> more = {}) {
    more.insert(more.begin(), std::move(twice));
    auto facts = facts_with(std::move(more), {});
    facts.host = "monitor1";
    return judge(facts, {"/srv/history.csv"});
  };
  const auto equal = judged(pack("KLMNO", {before, before}));
  CHECK(equal.summary ==
        "pack KLMNO (Suite) is listed 2 times in the installation history: lines 2 and 3 of "
        "history.csv");
  CHECK(
      equal.action ==
      "Lines 2 and 3 of /srv/history.csv on monitor1 are equal, all of pack KLMNO (Suite). Nobody "
      "is refused because of this. Compare Total in License Management: it shows which line is "
      "wrong, and whether licenses are missing.");
  const auto other =
      judged(pack("KLMNO", {before, after, after}), {pack("AAAAA", {before, before})});
  CHECK(other.action.starts_with(
      "Lines 2, 3 and 4 of /srv/history.csv on monitor1 all have the key of pack KLMNO (Suite), "
      "and differ otherwise. Nobody is refused because of this. Compare Total"));
  CHECK(other.action.find(" 1 more pack is in the evidence.") != std::string::npos);
  auto nameless = pack("KLMNO", {before, before});
  for (auto& each : nameless.installations) each.edition.clear();
  CHECK(judged(std::move(nameless)).summary.starts_with("pack KLMNO is listed 2 times"));
}

TEST_CASE("one license, one pack and one entry are not plural", "[packs]") {
  auto one = pack("AAAAA", {before});
  one.installations[0].quantity = 1;
  auto facts = facts_with({one}, true);
  facts.licenses = inventory::LicenseCounts{.counts = {{"Suite", LicenseKind::universal, 1, 0, 0}},
                                            .data_at = now};
  const auto outcome = judge(facts, settings);
  CHECK(has_evidence(outcome, "history", "1 entry, 1 pack, written"));
  CHECK(has_evidence(outcome, "pack AAAAA", ", 1 license)"));
  CHECK(has_evidence(outcome, "licenses of Suite (universal)", "1 of 1 is free"));
  CHECK(outcome.action.find("1 of 1 license is free") != std::string::npos);
}

TEST_CASE("a long list of packs is cut", "[packs]") {
  std::vector<Pack> packs(100, pack("AAAAA", {before, before}));
  CHECK(judge(facts_with(std::move(packs), {}), settings).evidence.size() < 30);
  const auto often = judge(facts_with({pack("AAAAA", Times(9000, before))}, {}), settings);
  CHECK(has_evidence(often, "pack AAAAA", "; and 8995 more times"));
  CHECK(often.evidence.front().text.size() < 500);
}

TEST_CASE("times at the limits of the clock are compared correctly", "[packs]") {
  const ExportedTime last{SystemTime::max(), true};
  CHECK(judge(facts_with({pack("WXYZ9", {last})}, true), settings).reason->word ==
        "plan_completed");
  const ExportedTime first{SystemTime(), true};
  CHECK(judge(facts_with({pack("WXYZ9", {first})}, true), settings).reason->word ==
        "already_installed");
}

TEST_CASE("what to do says whether a new pack is needed, and ends with the key file", "[packs]") {
  auto facts = facts_with({pack("WXYZ9", {day_before})}, true);
  facts.host = "dc1";
  const auto action = [&] { return judge(facts, settings).action; };
  const std::string first =
      "Do not install pack WXYZ9 (Suite) again: line 2 of history.csv on dc1 has the key that is "
      "in next-pack.key, and says that it was installed on 2026-11-23. ";
  const std::string last = " Then empty `planned_key_file` (next-pack.key).";
  CHECK(action() ==
        first +
            "If licenses are free, no new pack is needed; otherwise buy one, and install it with "
            "its own key." +
            last);
  struct Row {
    int installed, assigned;
    std::string_view need;
  };
  for (const auto& [installed, assigned, need] :
       {Row{50, 42, "8 of 50 licenses are free, so no new pack is needed."},
        Row{50, 50, "All 50 licenses are assigned: if more are needed, buy a pack"},
        Row{0, 0, "The inventory counts no license, so one of the exports may be wrong"}}) {
    facts.licenses = inventory::LicenseCounts{
        .counts = {{"Suite", LicenseKind::universal, installed, assigned, 0}}, .data_at = now};
    CHECK_THAT(action(), Catch::StartsWith(first + std::string(need)) && Catch::EndsWith(last));
  }
}

TEST_CASE("no license at all contradicts a history of packs, and is not called all", "[packs]") {
  const auto none = inventory::LicenseCounts{.counts = {{"Suite", LicenseKind::universal, 0, 0, 0}},
                                             .data_at = now};
  auto facts = facts_with({pack("AAAAA", {before}), pack("BBBBB", {before})}, false);
  facts.licenses = none;
  CHECK(has_evidence(judge(facts, settings), "licenses of Suite (universal)",
                     "none is installed, but the history lists 2 packs"));
  facts = facts_with({}, false);
  facts.licenses = none;
  CHECK(has_evidence(judge(facts, settings), "licenses of Suite (universal)",
                     "none is installed (as of"));
}

TEST_CASE("the step for a file names the file, the line and the host", "[packs]") {
  const auto action = [](FileFault fault) {
    Facts facts{now, tl::unexpected(std::move(fault))};
    facts.host = "dc1";
    return judge(facts, settings).action;
  };
  CHECK(action({FileFaultKind::unreadable, "no", "/srv/history.csv", 3}) ==
        "Correct line 3 of /srv/history.csv on the agent's host (dc1), or export it again.");
  CHECK(action({FileFaultKind::unreadable, "no", "/srv/history.csv", 3, true}) ==
        "Export again what /srv/history.csv on the agent's host (dc1) has: line 3 is its last one "
        "and has no line break, so the file was probably cut off while it was written or copied. "
        "If it is whole, correct that line.");
  CHECK(action({FileFaultKind::unreadable, "no", "/srv/history.csv"}) ==
        "Correct /srv/history.csv on the agent's host (dc1), or export it again.");
  CHECK(action({FileFaultKind::missing, "no", "/srv/history.csv"}) ==
        "On the agent's host (dc1), check the job that exports or copies /srv/history.csv; if it "
        "has another name or folder there, correct `history_file` in the agent's configuration and "
        "reload it (systemctl reload cal_exporter).");
}

TEST_CASE("beside the step for a file: what is harmed, and how the history is exported",
          "[packs]") {
  const auto notes = [](FileFault fault) {
    const auto steps = judge({now, tl::unexpected(std::move(fault))}, settings).repair;
    REQUIRE(steps.size() == 1);
    std::string all;
    for (const auto& each : steps.front().beside) all += each + "\n";
    return all;
  };
  const auto missing = notes({FileFaultKind::missing, "no", "/srv/history.csv"});
  const auto damaged = notes({FileFaultKind::unreadable, "no", "/srv/it's.csv", 3});
  for (const auto& each : {missing, damaged}) {
    CHECK_THAT(each, Catch::Contains("Install no CAL pack until this probe answers.") &&
                         Catch::Contains("License Management, Installation History"));
  }
  CHECK_THAT(missing, Catch::Contains("chmod 400 '/srv/history.csv'"));
  CHECK_THAT(damaged, Catch::Contains("`cp -p '/srv/it'\\''s.csv' '/srv/it'\\''s.csv.old'`") &&
                          Catch::Contains("Do not guess a date.") &&
                          Catch::Contains("compare the number of entries"));
}

TEST_CASE("a pack that is installed already has no steps beyond what to do", "[repair]") {
  CHECK(judge(facts_with({pack("WXYZ9", {before})}, true), settings).repair.empty());
}

TEST_CASE("a pack that is listed twice is installed once, as several packs, or not at all",
          "[repair]") {
  const auto steps_of = [](std::vector<Pack> packs) {
    auto facts = facts_with(std::move(packs), std::nullopt);
    facts.host = "monitor1";
    const auto outcome = judge(facts, {"/srv/history.csv"});
    std::vector<std::string> steps;
    for (const auto& step : outcome.repair) steps.push_back(step.text);
    REQUIRE(steps.size() == 4);
    CHECK_FALSE(outcome.repair[1].is_alternative);
    CHECK(outcome.repair[2].is_alternative);
    CHECK(outcome.repair[3].is_alternative);
    return steps;
  };
  const auto twice = pack("ABCD1", {before, before});
  const auto steps = steps_of({twice, pack("BBBBB", {before}), pack("CCCCC", {before})});
  CHECK(steps[0] ==
        "In the Windows EBS Administration Console (Licenses, License Management), read Total of "
        "Suite.");
  CHECK(steps[1] ==
        "If Total is 15, the pack is installed once: delete line 3 of /srv/history.csv on "
        "monitor1.");
  CHECK(steps[2] ==
        "If Total is 20, a line has the key of another pack: correct the key in one of lines 2 and "
        "3 of /srv/history.csv on monitor1.");
  CHECK(steps[3] ==
        "If Total is 10, the pack is not installed: delete lines 2 and 3 of /srv/history.csv on "
        "monitor1.");

  auto of_other_edition = pack("BBBBB", {before});
  of_other_edition.installations[0].edition = "Plus";
  CHECK(steps_of({twice, of_other_edition})[1].starts_with("If Total is 5, "));
  CHECK(steps_of({pack("ABCD1", {before, after})})[1].find(": delete the wrong one of lines 2 and "
                                                           "3 of ") != std::string::npos);
  CHECK(steps_of({pack("ABCD1", {before, before, before})})[1].find(
            ": keep one of lines 2, 3 and 4 of /srv/history.csv on monitor1, and delete the "
            "others.") != std::string::npos);

  auto unknown = pack("BBBBB", {before});
  unknown.installations[0].quantity.reset();
  auto nameless = pack("BBBBB", {before});
  nameless.installations[0].edition.clear();
  auto unequal = twice;
  unequal.installations[1].quantity = 10;
  for (const auto& packs :
       {std::vector{twice, unknown}, {twice, nameless}, {unequal}, {twice, twice}}) {
    CHECK(steps_of(packs)[1].starts_with("If Total counts this pack once, "));
    CHECK(steps_of(packs)[3].starts_with("If Total counts this pack not at all, "));
  }
}
