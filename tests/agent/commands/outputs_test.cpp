// The texts that the agent gives out, against their golden files.
#include "agent/commands/check_output.h"
#include "agent/commands/nagios.h"
#include "agent/commands/repair_output.h"
#include "agent/commands/report_json.h"
#include "agent/diagnosis/comparison.h"
#include "agent/metrics/metrics.h"
#include "agent/pages/status_page.h"
#include "tests/catch.h"
#include "tests/fakes/golden.h"
#include "tests/fakes/sample_board.h"

using namespace cal;

TEST_CASE("the metrics page is the golden one", "[golden]") {
  const auto page = metrics_text(fakes::sample_rows(), {&fakes::kind, 1},
                                 {true, fakes::sample_now, "https://cal.example.com/ebs", "https"});
  CHECK(page == fakes::golden("metrics.txt", page));
}

TEST_CASE("a family of any size has one heading", "[metrics]") {
  Rows rows;
  for (int i = 0; i < 1000; ++i) {
    rows.push_back(fakes::sample_row("n" + std::to_string(i), fakes::reasons[0], ""));
  }
  const auto page = metrics_text(rows, {&fakes::kind, 1}, {});
  const auto count = [&](std::string_view wanted) {
    std::size_t found = 0;
    for (auto at = page.find(wanted); at != page.npos; at = page.find(wanted, at + 1)) ++found;
    return found;
  };
  CHECK(count("# HELP cal_probe_runs_total ") == 1);
  CHECK(count("# TYPE cal_probe_runs_total ") == 1);
  CHECK(count("\ncal_probe_runs_total{") == 1000);
}

TEST_CASE("the status page is the golden one", "[golden]") {
  const auto page = status_page(Links(), fakes::sample_rows(), {""}, fakes::sample_now);
  CHECK(page == fakes::golden("status.html", page));
  CHECK(page.find("<script>") == std::string::npos);
}

TEST_CASE("the reports of check are the golden ones", "[golden]") {
  const auto rows = fakes::sample_rows();
  const auto json = json_report(rows, fakes::sample_now);
  CHECK(json == fakes::golden("check.json", json));
  const auto human = human_report(rows, false).str();
  CHECK(human == fakes::golden("check.human.txt", human));
  CHECK(human.find('\x1b') == std::string::npos);
  const auto nagios = nagios_report(rows, fakes::sample_now);
  CHECK(nagios == fakes::golden("check.nagios.txt", nagios));
}

// Each line of the report begins with what the report itself writes.
TEST_CASE("no text of a probe makes a line of a report", "[check]") {
  auto row = fakes::sample_row("ebs", fakes::reasons[2], "broken\nFORGED: all is well");
  auto outcome = std::make_shared<Outcome>(*row.outcome);
  outcome->action = "mend\nFORGED";
  outcome->object = "dc1\nFORGED";
  outcome->evidence = {{Verdict::present, "item\nFORGED", "text\r\nFORGED"}};
  outcome->implications = {
      {Cause::other, Strength::certain, "sentence\nFORGED", std::nullopt, "step\nFORGED"}};
  row.outcome = outcome;
  auto before = fakes::sample_row("ebs", fakes::reasons[0], "");
  for (const auto& text :
       {human_report({row}, true).str(), nagios_report({row}, fakes::sample_now),
        comparison_text(compare({before}, {row}), fakes::sample_now, fakes::sample_now).str(),
        repair_text({row}, [](std::string_view) { return std::string_view(); })}) {
    INFO(text);
    CHECK(text.find("FORGED") != text.npos);
    CHECK(text.find("\nFORGED") == text.npos);
  }
}

TEST_CASE("only a terminal gets colors", "[check]") {
  const auto rows = fakes::sample_rows();
  CHECK(human_report(rows, true).str().find("\x1b[31m✗ fake\x1b[0m") != std::string::npos);
}

TEST_CASE("check reports a fault, not a cause, for a probe that looks for no cause", "[check]") {
  auto row = fakes::sample_row("ebs", fakes::reasons[2], "it is broken");
  auto instance = std::make_shared<Instance>(*row.instance);
  instance->causes.clear();
  row.instance = instance;
  CHECK(human_report({row}, false).str().find("✗ fake: fault (broken)") != std::string::npos);
}

TEST_CASE("the exit code is that of the heaviest row", "[check]") {
  using fakes::reasons;
  using fakes::sample_row;
  const auto clear = sample_row("a", reasons[0], "");
  const auto deviates = sample_row("b", reasons[1], "");
  const auto present = sample_row("c", reasons[2], "");
  const auto unknown = sample_row("d", reasons[3], "");
  CHECK(exit_code({}) == 0);
  CHECK(exit_code({clear}) == 0);
  CHECK(exit_code({clear, deviates}) == 1);
  CHECK(exit_code({clear, deviates, unknown}) == 3);
  CHECK(exit_code({unknown, present, deviates}) == 2);
}

TEST_CASE("an empty board still gives a page about the agent", "[metrics]") {
  const auto page = metrics_text({}, {}, {});
  CHECK(page.find("cal_exporter_build_info{version=") != std::string::npos);
  CHECK(page.find("cal_exporter_config_last_reload_success_timestamp") == std::string::npos);
}
