#include "probes/activation_events/activation_events.h"

#include "agent/base/text.h"
#include "tests/catch.h"
#include "tests/probes/winlog/sample_events.h"

#include <algorithm>

using namespace cal;
using namespace cal::activation_events;
using namespace cal::winlog::samples;
using winlog::Failure;
using winlog::FileFault;
using winlog::LogState;

namespace {

const SystemTime now = ten_o_clock;

struct Entry {
  std::uint32_t id;
  std::chrono::seconds ago;
  const char* code = "";
};

winlog::Ledger ledger_of(const std::vector<Entry>& entries) {
  winlog::Ledger ledger;
  std::uint64_t record_id = 0;
  for (const auto& entry : entries) {
    ledger.add(event(ebs, entry.id, ++record_id, now - entry.ago, {entry.code, "text of it"}), now);
  }
  ledger.add_others(1, 0);
  return ledger;
}

Outcome judged(const std::vector<Entry>& entries,
               tl::expected<LogState, FileFault> log = LogState{.written_at = now - 1min},
               const Settings& settings = {}) {
  const auto ledger = ledger_of(entries);
  return judge({std::move(log), &ledger.book(), now}, settings);
}

tl::expected<LogState, FileFault> missing() {
  return tl::unexpected(FileFault{true, "open x.evtx: No such file or directory"});
}

tl::expected<LogState, FileFault> unreadable() {
  return tl::unexpected(FileFault{false, "open x.evtx: Permission denied"});
}

std::string evidence(const Outcome& outcome, std::string_view item) {
  const auto found = std::ranges::find(outcome.evidence, item, &Evidence::item);
  return found == outcome.evidence.end() ? "(none)" : found->text;
}

std::optional<double> sample(const Outcome& outcome, std::string_view family,
                             const std::vector<std::string>& labels = {}) {
  for (const auto& each : outcome.samples) {
    if (each.family->name == family && each.label_values == labels) return each.value;
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("each history has its reason", "[events]") {
  struct Row {
    std::vector<Entry> entries;
    std::string_view reason;
    Verdict verdict;
    std::optional<double> failing;
  };
  const auto row = GENERATE(values<Row>({
      {{}, "no_failure", Verdict::clear, 0},
      {{{4, 1h}}, "no_failure", Verdict::clear, 0},
      {{{12, 1h}}, "no_failure", Verdict::clear, 0},
      {{{5, 1h, "0xcfff1208"}}, "activation_failed", Verdict::present, 1},
      {{{5, 24h * 7}}, "activation_failed", Verdict::present, 1},
      {{{5, 24h * 7 + 1s}}, "failure_expired", Verdict::clear, 0},
      {{{5, 2h}, {4, 1h}}, "superseded_by_success", Verdict::clear, 0},
      {{{4, 2h}, {5, 1h}}, "activation_failed", Verdict::present, 1},
      {{{5, 3h}, {4, 2h}, {5, 1h}}, "activation_failed", Verdict::present, 1},
      {{{11, 1h, "0xcfff1200"}}, "assignment_failed", Verdict::present, 0},
      {{{9, 1h, "0xcfff1212"}}, "assignment_failed", Verdict::present, 0},
      {{{5, 2h}, {11, 1h}}, "activation_failed", Verdict::present, 1},
      {{{5, 24h * 8}, {11, 1h}}, "assignment_failed", Verdict::present, 0},
      {{{11, 2h}, {4, 1h}}, "superseded_by_success", Verdict::clear, 0},
  }));
  const auto outcome = judged(row.entries);
  CHECK(outcome.reason->word == row.reason);
  CHECK(outcome.reason->verdict == row.verdict);
  CHECK_FALSE(outcome.summary.empty());
  CHECK(sample(outcome, "cal_activation_failing") == row.failing);
}

TEST_CASE("without its log the probe gives unknown and says why", "[events]") {
  CHECK(judged({}, missing()).reason->word == "log_missing");
  CHECK(judged({}, missing()).summary == "open x.evtx: No such file or directory");
  CHECK(judged({}, unreadable()).reason->word == "log_unreadable");
  CHECK(judged({}, LogState{.written_at = now, .whole = false}).reason->word == "log_partly_read");
  CHECK(judged({{5, 2h}, {4, 1h}}, missing()).reason->word == "log_missing");
  CHECK_FALSE(sample(judged({}, missing()), "cal_activation_failing"));
  CHECK_FALSE(judged({}, missing()).source_data_at);
}

TEST_CASE("a failure remains current while the log cannot be read", "[events]") {
  const auto outcome = judged({{5, 1h, "0xcfff1208"}}, missing());
  CHECK(outcome.reason->word == "activation_failed");
  CHECK(evidence(outcome, "the log") == "open x.evtx: No such file or directory");
  CHECK(outcome.implications.size() == 1);
}

TEST_CASE("the age of the log is checked only with max_age", "[events]") {
  const LogState old{.written_at = now - 24h - 1s};
  CHECK(judged({}, old).reason->word == "no_failure");
  Settings settings;
  settings.max_age = 24h;
  CHECK(judged({}, old, settings).reason->word == "log_stale");
  CHECK(judged({}, LogState{.written_at = now - 24h}, settings).reason->word == "no_failure");
  CHECK(judged({}, old, settings).source_data_at == old.written_at);
  // Another clock may be ahead, but after more than a day the age is unknown.
  CHECK(judged({}, LogState{.written_at = now + 1h}, settings).reason->word == "no_failure");
  const auto ahead = judged({}, LogState{.written_at = now + 25h}, settings);
  CHECK(ahead.reason->word == "log_stale");
  CHECK(ahead.summary.find("1d1h in the future") != ahead.summary.npos);
}

TEST_CASE("a failure implicates the causes that were logged, with their time", "[events]") {
  const auto outcome =
      judged({{11, 3h, "0xcfff1200"}, {5, 2h, "0xcfff1208"}, {5, 1h, "0x80070005"}, {12, 1h}});
  REQUIRE(outcome.implications.size() == 4);
  const auto has = [&](Cause cause, Strength strength, SystemTime at) {
    return std::ranges::any_of(outcome.implications, [&](const Implication& implication) {
      return implication.cause == cause && implication.strength == strength &&
             implication.seen_at == at;
    });
  };
  CHECK(has(Cause::pack_already_installed, Strength::certain, now - 2h));
  CHECK(has(Cause::account_not_administrator, Strength::weak, now - 1h));
  CHECK(has(Cause::directory_not_writable, Strength::strong, now - 1h));
  CHECK(has(Cause::licenses_exhausted, Strength::certain, now - 3h));
  CHECK(outcome.implications.front().sentence.starts_with("event "));
}

TEST_CASE("an event of Remote Desktop licensing has its own first step, one of EBS its cause's",
          "[events]") {
  winlog::Ledger ledger;
  ledger.add(event(ebs, 5, 1, now, {"0x80070005"}), now);
  ledger.add(event(rds, 4105, 1, now), now);
  const auto outcome = judge({LogState{.written_at = now}, &ledger.book(), now}, {});
  REQUIRE(outcome.implications.size() == 2);
  CHECK(outcome.implications[0].first_step.empty());
  CHECK(outcome.implications[1].cause == Cause::directory_not_writable);
  CHECK_THAT(outcome.implications[1].first_step,
             Catch::Contains("Terminal Server License Servers"));
}

TEST_CASE("a code that is not documented leads to a check of all known causes", "[events]") {
  const auto outcome = judged({{5, 1h, "0xdeadbeef"}});
  REQUIRE(outcome.reason->word == "activation_failed");
  CHECK_THAT(outcome.action, Catch::Contains("`cal_exporter preflight`"));
}

TEST_CASE("a documented code leads to the step of its cause", "[events]") {
  CHECK(judged({{5, 1h, "0xcfff1208"}}).action ==
        first_step_of(Cause::pack_already_installed, Profile::ebs));
}

TEST_CASE("the evidence has event, time, server, code, user and text", "[events]") {
  const auto outcome = judged({{5, 1h, "0xcfff1208"}});
  CHECK(evidence(outcome, "event 5 at 2026-11-24 09:00:00 UTC on srv1") ==
        "the CAL pack was not activated: 0xcfff1208, the CAL pack is already installed; code "
        "0xcfff1208 (3489600008, -805367288); logged by EBS\\admin: 0xcfff1208, text of it");
  CHECK(outcome.summary.find("3489600008") == std::string::npos);  // one form in the headline
  CHECK(outcome.implications[0].sentence.find("3489600008") == std::string::npos);
  CHECK(outcome.summary.starts_with("event 5 at 2026-11-24 09:00:00 UTC on srv1: "));
}

TEST_CASE("repeated events 4105 are one readable finding", "[events]") {
  winlog::Ledger ledger;
  for (std::uint64_t i = 1; i <= 17; ++i) {
    auto logged = event(rds, 4105, i, now - 17h + std::chrono::hours(i),
                        {i == 17 ? "alice" : "bob", "EBS", "0x80070005"});
    logged.computer = "LS1";
    logged.user = "";
    ledger.add(logged, now);
  }
  const auto outcome = judge({LogState{.written_at = now}, &ledger.book(), now}, {});
  const std::string when =
      "event 4105 at 2026-11-24 10:00:00 UTC on LS1 (17 since "
      "2026-11-23 18:00:00 UTC)";
  const std::string what =
      "the license server cannot write a user's license into the directory "
      "(0x80070005, access was denied); last for user EBS\\alice";
  CHECK(outcome.reason->word == "assignment_failed");
  CHECK(outcome.summary == when + ": " + what);
  CHECK(outcome.began == now - 16h);
  REQUIRE(outcome.implications.size() == 1);
  CHECK(outcome.implications[0].sentence == outcome.summary);
  CHECK(outcome.implications[0].cause == Cause::directory_not_writable);
  CHECK(evidence(outcome, when) ==
        what + "; code 0x80070005 (2147942405, -2147024891); logged: alice, EBS, 0x80070005");
}

TEST_CASE("a hint is shown only together with a failure of its cause", "[events]") {
  winlog::Ledger ledger;
  const auto judged_now = [&] {
    return judge({LogState{.written_at = now}, &ledger.book(), now}, {});
  };
  ledger.add(event(rds, 76, 1, now - 2h), now);
  CHECK(judged_now().reason->word == "no_failure");
  CHECK(judged_now().implications.empty());
  ledger.add(event(rds, 18, 2, now - 1h), now);
  CHECK(judged_now().implications.size() == 1);
  ledger.add(event(rds, 4105, 3, now - 1h), now);
  const auto outcome = judged_now();
  REQUIRE(outcome.implications.size() == 3);
  CHECK(outcome.summary.starts_with("event 18 "));
  CHECK(outcome.implications[2].sentence ==
        "event 76 at 2026-11-24 08:00:00 UTC on srv1: the license server was removed from Terminal "
        "Server License Servers");
  CHECK_FALSE(outcome.evidence[2].verdict);
}

TEST_CASE("a warning is a finding, and less than a failure", "[events]") {
  winlog::Ledger ledger;
  const auto judged_now = [&] {
    return judge({LogState{.written_at = now}, &ledger.book(), now}, {});
  };
  ledger.add(event(session_host, 50282, 1, now - 1h), now);
  CHECK(judged_now().reason->word == "license_warning");
  CHECK(judged_now().summary ==
        "event 50282 at 2026-11-24 09:00:00 UTC on srv1: the host has no license server specified");
  ledger.add(event(session_host, 50280, 2, now - 2h), now);
  CHECK(judged_now().reason->word == "users_refused");
  CHECK(judged_now().implications.size() == 2);
}

TEST_CASE("a session host's hint is shown only with a failure of that host", "[events]") {
  winlog::Ledger ledger;
  const auto lines = [&] {
    return judge({LogState{.written_at = now}, &ledger.book(), now}, {}).implications.size();
  };
  auto slow = event(session_host, 20497, 1, now - 1h);
  slow.computer = "srv2";
  ledger.add(slow, now);
  ledger.add(event(session_host, 50280, 2, now - 2h), now);
  CHECK(lines() == 1);
  ledger.add(event(session_host, 20497, 3, now - 1h), now);
  CHECK(lines() == 2);
}

TEST_CASE("a failure of one source that aged out is not superseded by another's success",
          "[events]") {
  winlog::Ledger ledger;
  ledger.add(event(rds, 18, 1, now - 24h * 8), now);
  ledger.add(event(ebs, 4, 1, now - 1h), now);
  const auto word = [&] {
    return judge({LogState{.written_at = now}, &ledger.book(), now}, {}).reason->word;
  };
  CHECK(word() == "failure_expired");
  ledger.add(event(ebs, 5, 2, now - 30min), now);
  ledger.add(event(ebs, 4, 3, now - 20min), now);
  CHECK(word() == "superseded_by_success");
}

TEST_CASE("counters and times are exported", "[events]") {
  const auto outcome = judged({{5, 3h, "0xcfff1208"}, {4, 2h}, {5, 1h, "0xdead0000"}});
  CHECK(sample(outcome, "cal_license_events_total", {"ebs_cal", "5", "pack_already_installed"}) ==
        1);
  CHECK(sample(outcome, "cal_license_events_total", {"ebs_cal", "5", "other"}) == 1);
  CHECK(sample(outcome, "cal_license_events_total", {"ebs_cal", "4", "none"}) == 1);
  CHECK(sample(outcome, "cal_license_events_total", {"ebs_cal", "12", "directory_not_writable"}) ==
        0);
  CHECK(sample(outcome, "cal_events_gap_total") == 0);
  CHECK(sample(outcome, "cal_events_unparsed_total") == 0);
  CHECK(sample(outcome, "cal_activation_last_failure_timestamp_seconds") == unix_seconds(now - 1h));
  CHECK(sample(outcome, "cal_activation_last_success_timestamp_seconds") == unix_seconds(now - 2h));
}

TEST_CASE("times of events that never occurred have no sample", "[events]") {
  const auto outcome = judged({});
  CHECK_FALSE(sample(outcome, "cal_activation_last_failure_timestamp_seconds"));
  CHECK_FALSE(sample(outcome, "cal_activation_last_success_timestamp_seconds"));
}

TEST_CASE("lost and unreadable events are reported", "[events]") {
  auto ledger = ledger_of({});
  ledger.add(event(ebs, 4, 10, now), now);
  ledger.add(event(ebs, 4, 20, now), now);
  ledger.add_unparsed(3, winlog::Origin::other);
  const auto outcome = judge({LogState{.written_at = now}, &ledger.book(), now}, {});
  CHECK(evidence(outcome, "lost events").starts_with("9 record IDs"));
  CHECK(evidence(outcome, "not readable").starts_with("3 lines"));
  CHECK(sample(outcome, "cal_events_gap_total") == 9);
  CHECK(sample(outcome, "cal_events_last_gap_timestamp_seconds") == unix_seconds(now));
  CHECK(sample(outcome, "cal_events_unparsed_total") == 3);
}

TEST_CASE("a log that was not understood, is damaged or empty is unknown", "[events]") {
  struct Row {
    std::uint64_t read, unparsed, unparsed_licensing;
    bool damaged;
    std::string_view reason;
  };
  const auto row = GENERATE(values<Row>({
      {0, 0, 0, false, "log_empty"},
      {0, 2, 0, false, "log_not_understood"},
      {0, 0, 2, false, "log_not_understood"},
      {0, 0, 0, true, "log_damaged"},
      {5, 2, 0, false, "no_failure"},  // lines of other programs are evidence only
      {5, 0, 1, false, "log_damaged"},
      {5, 0, 0, true, "log_damaged"},
  }));
  winlog::Ledger ledger;
  ledger.add_others(row.read, 0);
  ledger.add_unparsed(row.unparsed, winlog::Origin::other);
  ledger.add_unparsed(row.unparsed_licensing, winlog::Origin::maybe_licensing);
  const LogState log{.written_at = now, .damaged = row.damaged};
  const auto outcome = judge({log, &ledger.book(), now}, {});
  CHECK(outcome.reason->word == row.reason);

  // A failure that was found stays, with a note on the rest.
  ledger.add(event(ebs, 5, 1, now - 1h, {"0xcfff1208"}), now);
  const auto failed = judge({log, &ledger.book(), now}, {});
  CHECK(failed.reason->word == "activation_failed");
  const bool is_note = row.damaged || row.unparsed_licensing > 0;
  CHECK((evidence(failed, "the log") != "(none)") == is_note);
}

TEST_CASE("a log that was rotated and is empty for now is not unknown", "[events]") {
  auto ledger = ledger_of({{4, 1h}});
  ledger.start_over();
  ledger.finish_pass();
  CHECK(judge({LogState{.written_at = now}, &ledger.book(), now}, {}).reason->word == "no_failure");
}
