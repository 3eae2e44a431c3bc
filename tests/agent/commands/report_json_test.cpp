#include "agent/commands/report_json.h"

#include "agent/base/text.h"
#include "agent/commands/check_output.h"
#include "agent/commands/report.h"
#include "agent/diagnosis/diagnosis.h"
#include "tests/catch.h"
#include "tests/fakes/sample_board.h"

using namespace cal;
using namespace std::chrono_literals;

namespace {

const std::span<const ProbeKind> kinds{&fakes::kind, 1};

std::string error_of(const std::string& text) {
  const auto report = read_report(text, kinds);
  REQUIRE_FALSE(report);
  return report.error();
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  text.replace(text.find(what), what.size(), by);
  return text;
}

}  // namespace

TEST_CASE("a saved report gives the same report and the same diagnosis again", "[report]") {
  auto rows = fakes::sample_rows();
  auto outcome = std::make_shared<Outcome>(*rows[1].outcome);
  outcome->implications = {
      {Cause::pack_already_installed, Strength::certain, "event 5 says so", fakes::sample_now - 1h,
       "Do \"this\" first."},
      {Cause::other, Strength::weak, "and something \"else\" \x1b", std::nullopt}};
  outcome->contradicts = false;
  outcome->source_data_at = fakes::sample_now - 2min;
  outcome->severity = Severity::ok;  // no reason with a finding has it
  using Form = Evidence::Form;
  for (const auto form : {Form::fact, Form::chain, Form::ladder, Form::entry}) {
    outcome->evidence.push_back({Verdict::clear, "item", "a \u2192 b", form});
  }
  rows[1].outcome = outcome;

  const auto text = json_report(rows, fakes::sample_now);
  const auto report = read_report(text, kinds);
  REQUIRE(report);
  CHECK(report->generated_at == fakes::sample_now);
  REQUIRE(report->rows.size() == rows.size());
  const auto before = diagnose_all(rows);
  const auto again = diagnose_all(report->rows);
  REQUIRE(again.size() == before.size());
  for (std::size_t i = 0; i < again.size(); ++i) {
    CHECK(again[i].network == before[i].network);
    CHECK(again[i].primary() == before[i].primary());
    CHECK(again[i].sentence == before[i].sentence);
    CHECK(again[i].first_step == before[i].first_step);
  }
  CHECK(again[1].primary() == "pack_already_installed");
  CHECK(again[1].suspects[0].findings[0].seen_at == fakes::sample_now - 1h);
  CHECK(again[1].first_step == "Do \"this\" first.");
  CHECK_FALSE(report->rows[1].outcome->contradicts);
  CHECK(report->rows[1].outcome->source_data_at == fakes::sample_now - 2min);
  CHECK(severity_of(*report->rows[1].outcome) == Severity::ok);
  CHECK(report->rows[0].outcome->evidence.size() == 2);
  CHECK(every_probe_ran(report->rows) == every_probe_ran(rows));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(report->rows[i].duration == rows[i].duration);
  }
  CHECK(json_report(report->rows, fakes::sample_now) == text);
}

TEST_CASE("a report from before evidence had a form is read", "[report]") {
  const auto rows = fakes::sample_rows();
  auto text = json_report(rows, fakes::sample_now);
  const std::string member = ",\n              \"form\": \"fact\"";
  const auto found = text.find(member);
  REQUIRE(found != std::string::npos);
  const auto report = read_report(text.erase(found, member.size()), kinds);
  REQUIRE(report);
  CHECK(report->rows[0].outcome->evidence[0].form == Evidence::Form::fact);
}

TEST_CASE("a report from before findings had first steps is read", "[report]") {
  auto rows = fakes::sample_rows();
  auto outcome = std::make_shared<Outcome>(*rows[1].outcome);
  outcome->implications = {{Cause::other, Strength::weak, "it is so", std::nullopt, "GONE"}};
  rows[1].outcome = outcome;
  auto text = json_report(rows, fakes::sample_now);
  const std::string member = ",\n              \"first_step\": \"GONE\"";
  REQUIRE(text.find(member) != std::string::npos);
  text = replaced(std::move(text), member, "");
  const auto report = read_report(text, kinds);
  REQUIRE(report);
  CHECK(report->rows[1].outcome->implications[0].first_step.empty());
  CHECK(diagnose_all(report->rows)[1].first_step == action_of(*report->rows[1].outcome));
}

TEST_CASE("a text that is not a report is refused with the reason", "[report]") {
  const auto good = json_report(fakes::sample_rows(), fakes::sample_now);
  CHECK(error_of("") != "");
  CHECK(error_of("{}").find("version") != std::string::npos);
  CHECK(error_of("[1]") != "");
  CHECK(error_of(good.substr(0, good.size() / 2)) != "");
  CHECK(error_of(replaced(good, "\"version\": 1", "\"version\": 2")).find("it has version 2") !=
        std::string::npos);
  CHECK(error_of(replaced(good, "\"probe\": \"fake\",\n          \"verdict\"",
                          "\"probe\": \"nose\",\n          \"verdict\""))
            .find("this version does not know the probe 'nose'") != std::string::npos);
  CHECK(error_of(replaced(good, "\"reason\": \"broken\"", "\"reason\": \"bent\""))
            .find("this version does not know the reason 'bent' of fake") != std::string::npos);
  CHECK(error_of(replaced(good, "2026-", "noon-")).find("is not a time") != std::string::npos);
}

TEST_CASE("a report without a probe is refused: it is not an all-clear", "[report]") {
  CHECK_THAT(error_of(json_report({}, fakes::sample_now)), Catch::Contains("it has no probe"));
  const auto good = json_report(fakes::sample_rows(), fakes::sample_now);
  const auto one_without =
      replaced(good, "\"networks\": [", R"("networks": [{"network": "lost", "probes": []},)");
  CHECK_THAT(error_of(one_without), Catch::Contains("no probe of network 'lost'"));
}

TEST_CASE("a time of a report has the form that reports have", "[report]") {
  const auto good = json_report(fakes::sample_rows(), fakes::sample_now);
  const auto when = "\"" + utc_text(fakes::sample_now) + "\"";
  const std::string time = GENERATE(
      R"("")", R"("now")", R"("2026-11-24T18:40:00")", R"("2026-11-24T18:40:00+01:00")",
      R"("2026-11-24T18:40:00.5Z")", R"("2026-02-30T18:40:00Z")", R"("0000-00-00T00:00:00Z")",
      R"("1969-12-31T23:59:59Z")", R"("2500-01-01T00:00:00Z")", R"("99999-01-01T00:00:00Z")",
      R"("-2026-11-24T18:40:00Z")", R"("2026-11-24T18:40:00Z\u0000")", R"(1795545600)", R"(null)",
      R"([])", R"(1e400)", R"(true)");
  CAPTURE(time);
  CHECK_FALSE(read_report(replaced(good, when, time), kinds));
}

TEST_CASE("what is wrong with a report is shown without control characters", "[report]") {
  const auto good = json_report(fakes::sample_rows(), fakes::sample_now);
  const auto* hostile = GENERATE("\\u001b]0;x\\u0007", "\u009b31m", "\u202e", "\\n all clear");
  const auto [what, with] = GENERATE(table<const char*, const char*>(
      {{"\"network\": \"ebs\"", "\"network\": \"{}\""},
       {"\"reason\": \"broken\"", "\"reason\": \"{}\""},
       {"\"probe\": \"fake\",\n          \"verdict\"", "\"probe\": \"{}\", \"verdict\""},
       {"\"version\": 1", "\"version\": {}"}}));
  const auto error = error_of(replaced(good, what, replaced(with, "{}", hostile)));
  CAPTURE(error);
  CHECK(printable(error) == error);
  CHECK(error.find('\n') == std::string::npos);
}

TEST_CASE("a report shows no control character, and keeps its texts", "[report]") {
  const std::string hostile = "\x1b[31m \u009b31m \u202e gpj\x7f";
  auto rows = fakes::sample_rows();
  auto outcome = std::make_shared<Outcome>(*rows[0].outcome);
  outcome->summary = hostile;
  outcome->action = hostile;
  outcome->object = hostile;
  outcome->evidence = {{std::nullopt, hostile, hostile}};
  outcome->implications = {{Cause::other, Strength::certain, hostile, std::nullopt, hostile}};
  rows[0].outcome = outcome;
  const auto text = json_report(rows, fakes::sample_now);
  CHECK(printable(text) == text);
  const auto report = read_report(text, kinds);
  REQUIRE(report);
  CHECK(report->rows[0].outcome->summary == hostile);
  CHECK(report->rows[0].outcome->action == hostile);
  CHECK(report->rows[0].outcome->object == hostile);
  Registry registry{};
  registry.kinds = kinds;
  for (const auto format : {ReportFormat::human, ReportFormat::nagios, ReportFormat::prometheus}) {
    const auto shown = report_text(report->rows, format, registry).str();
    CHECK(printable(shown) == shown);
  }
}

// As internet_connectivity does from a vantage point elsewhere, by other rows of the same reasons.
TEST_CASE("a report keeps every severity, whatever the reason's own is", "[report]") {
  const auto severity = GENERATE(Severity::ok, Severity::warning, Severity::critical);
  const auto& reason = fakes::reasons[GENERATE(0U, 1U, 2U, 3U)];
  const bool by_the_reason = GENERATE(true, false);
  CAPTURE(name_of(severity), reason.word, by_the_reason);
  auto other = reason;
  other.severity = severity;
  auto row = fakes::sample_row("ebs", reason, "it is so");
  auto outcome = std::make_shared<Outcome>(*row.outcome);
  if (by_the_reason) {
    outcome->reason = &other;
  } else {
    outcome->severity = severity;
  }
  row.outcome = outcome;
  const auto report = read_report(json_report({row}, fakes::sample_now), kinds);
  REQUIRE(report);
  CHECK(severity_of(*report->rows[0].outcome) == severity);
  CHECK(exit_code(report->rows) == exit_code({row}));
  CHECK(human_report(report->rows, false).str() == human_report({row}, false).str());
}

TEST_CASE("bytes that are not UTF-8 do not end a report", "[report]") {
  const std::string odd = "a\xFF";
  auto rows = fakes::sample_rows();
  auto outcome = std::make_shared<Outcome>(*rows[0].outcome);
  outcome->summary = outcome->action = outcome->object = odd;
  outcome->evidence = {{std::nullopt, odd, odd}};
  outcome->implications = {{Cause::other, Strength::certain, odd, std::nullopt, odd}};
  rows[0].outcome = outcome;
  const auto report = read_report(json_report(rows, fakes::sample_now), kinds);
  REQUIRE(report);
  const auto& read = *report->rows[0].outcome;
  for (const auto& text :
       {read.summary, read.action, read.object, read.evidence[0].item, read.evidence[0].text,
        read.implications[0].sentence, read.implications[0].first_step}) {
    CHECK(text == "a\uFFFD");
  }
}
