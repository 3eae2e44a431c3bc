#include "agent/diagnosis/shared_causes.h"

#include "agent/commands/report_json.h"
#include "agent/metrics/metrics.h"
#include "agent/pages/status_page.h"
#include "tests/catch.h"
#include "tests/fakes/sample_board.h"

using namespace cal;
using namespace std::chrono_literals;
using fakes::reasons;

namespace {

Row row_of(const std::string& network, const Reason& reason, const std::string& object,
           SystemTime since = fakes::sample_now) {
  auto row = fakes::sample_row(network, reason, "it is so");
  auto outcome = *row.outcome;
  outcome.object = object;
  row.outcome = std::make_shared<const Outcome>(std::move(outcome));
  row.found_since = Beginning{since};
  return row;
}

Rows rows_of(int networks, const Reason& reason, const std::string& object) {
  Rows rows;
  for (int i = 0; i < networks; ++i) {
    rows.push_back(row_of("net" + std::to_string(i), reason, object));
  }
  return rows;
}

}  // namespace

TEST_CASE("the same fault of the same host in three networks is one cause", "[shared]") {
  auto rows = rows_of(3, reasons[2], "activation.example.com");
  rows[1].found_since = Beginning{fakes::sample_now - 1h, true};
  const auto shared = shared_causes(rows);
  REQUIRE(shared.size() == 1);
  CHECK(shared[0].object == "activation.example.com");
  CHECK(shared[0].reason == reasons[2].word);
  CHECK(shared[0].networks == std::vector<std::string>{"net0", "net1", "net2"});
  CHECK(shared[0].since == Beginning{fakes::sample_now - 1h, true});
}

TEST_CASE("two networks, several probes of one, other reasons or no host share no cause",
          "[shared]") {
  CHECK(shared_causes(rows_of(2, reasons[2], "host")).empty());
  CHECK(shared_causes(rows_of(9, reasons[0], "host")).empty());  // clear
  CHECK(shared_causes(rows_of(9, reasons[2], "")).empty());
  CHECK(shared_causes(Rows(9, row_of("net0", reasons[2], "host"))).empty());
  auto rows = rows_of(3, reasons[2], "host");
  rows[2] = row_of("net2", reasons[3], "host");
  CHECK(shared_causes(rows).empty());
}

TEST_CASE("the cause of most networks is first", "[shared]") {
  auto rows = rows_of(3, reasons[2], "a");
  for (auto& row : rows_of(4, reasons[3], "b")) rows.push_back(std::move(row));
  const auto shared = shared_causes(rows);
  REQUIRE(shared.size() == 2);
  CHECK(shared[0].object == "b");
}

TEST_CASE("a shared cause is on the status page, in the report and countable in metrics",
          "[shared]") {
  const auto rows = rows_of(40, reasons[2], "activation.example.com");
  const auto page = status_page(Links(), rows, {}, fakes::sample_now);
  const auto at = page.find("40 networks, one cause: activation.example.com broken, since ");
  CHECK(at != page.npos);
  CHECK(page.find("one cause", at + 40) == page.npos);
  CHECK(page.find("<a href=\"/?search=net39\">net39</a>") != page.npos);
  const auto report = json_report(rows, fakes::sample_now);
  CHECK(report.find("\"shared_causes\": [\n    {\n      \"object\": \"activation.example.com\"") !=
        report.npos);
  CHECK(metrics_text(rows, {&fakes::kind, 1}, {})
            .find(R"(cal_probe_object_info{network="net39",probe="fake",reason="broken",)"
                  R"(object="activation.example.com"} 1)") != std::string::npos);
}

TEST_CASE("a clear result has no object in the metrics", "[shared]") {
  const auto page = metrics_text(rows_of(1, reasons[0], "host"), {&fakes::kind, 1}, {});
  CHECK(page.find("cal_probe_object_info{") == page.npos);
}
