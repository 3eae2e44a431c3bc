// Files like those that people have (tests/data/events), and the right answer for each.
#include "probes/activation_events/activation_events.h"
#include "tests/catch.h"
#include "tests/fakes/source_tree.h"

#include <algorithm>

using namespace cal;
using namespace cal::activation_events;

namespace {

const SystemTime now = SystemTime(std::chrono::sys_days(std::chrono::year(2026) / 11 / 26));

Outcome answer(const std::string& name) {
  const Settings settings{.file = fakes::source_tree() / "tests/data/events" / name};
  winlog::Ledger ledger;
  return judge(gather(ledger, settings, now, Deadline(SteadyTime::max())), settings);
}

bool reports(const Outcome& outcome, const std::string& item, const std::string& text) {
  return std::ranges::any_of(outcome.evidence, [&](const Evidence& each) {
    return each.item.starts_with(item) && each.text.starts_with(text);
  });
}

}  // namespace

TEST_CASE("a file without events is not understood", "[events][field]") {
  CHECK(answer("garbage.txt").reason->word == "log_not_understood");
}

TEST_CASE("OpenTelemetry's layout is read", "[events][field]") {
  const auto outcome = answer("otel_windowseventlog.jsonl");
  CHECK(outcome.reason->word == "activation_failed");
  CHECK(outcome.summary ==
        "event 18 at 2026-11-25 09:00:00 UTC on LS1.corp.example.com: the license server is not "
        "activated");
}

TEST_CASE("each event of a session host is reported for that host", "[events][field]") {
  const auto outcome = answer("rcm.ndjson");
  CHECK(outcome.reason->word == "users_refused");
  const auto* const on = "on RDSH1.corp.example.com";
  CHECK(outcome.summary.find(on) != std::string::npos);
  CHECK(
      reports(outcome, "event 50282 at 2026-11-25 09:00:00 UTC", "the host has no license server"));
  CHECK(reports(outcome, "event 50280 at 2026-11-25 09:00:01 UTC", "the host refuses users"));
  CHECK(reports(outcome, "event 1128 at 2026-11-25 09:00:02 UTC", "the host refuses users"));
  CHECK(reports(outcome, "event 1068 at 2026-11-25 09:00:03 UTC", "the host's licensing mode"));
}

TEST_CASE("event 4105 names user, domain and code from its user data", "[events][field]") {
  const auto [name, count, user] = GENERATE(table<std::string, std::string, std::string>({
      {"winlogbeat_userdata.ndjson", " (2 since", "last for user CORP\\bob"},
      {"winlogbeat_ja.ndjson", ": ", "for user CORP\\alice"},
      {"licensing_events-20261125-1.ndjson", ": ", "for user CORP\\alice"},
  }));
  INFO(name);
  const auto outcome = answer(name);
  CHECK(outcome.reason->word == "assignment_failed");
  CHECK(outcome.summary.find(count) != std::string::npos);
  CHECK(outcome.summary.ends_with("(0x80070005, access was denied); " + user));
}

TEST_CASE("the files that Winlogbeat writes are one log", "[events][field]") {
  const auto* const name = GENERATE("licensing_events", "licensing_events-*.ndjson");
  const auto outcome = answer(name);
  CHECK(outcome.reason->word == "assignment_failed");
  CHECK(reports(outcome, "event 4105 at 2026-11-25 09:00:00 UTC on LS1.corp.example.com", ""));
  for (const auto& each : outcome.samples) {
    const auto& labels = each.label_values.texts();
    if (labels.size() < 2 || labels[0] != "rds_licensing") continue;
    const bool logged = labels[1] == "44" || labels[1] == "4105";
    CHECK(each.value == (logged ? 1.0 : 0.0));
  }
}
