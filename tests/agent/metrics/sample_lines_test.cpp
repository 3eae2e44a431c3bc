#include "agent/metrics/sample_lines.h"

#include "tests/catch.h"
#include "tests/fakes/sample_board.h"

#include <fmt/format.h>

using namespace cal;

namespace {

const auto& level = fakes::families[0];
const auto& total = fakes::families[1];

Row row_of(const std::string& network, double value) {
  auto row = fakes::sample_row(network, fakes::reasons[0], "all is well");
  row.outcome = std::make_shared<Outcome>(
      Outcome{.reason = &fakes::reasons[0], .summary = {}, .samples = {{&level, {"x"}, value}}});
  return row;
}

}  // namespace

TEST_CASE("the lines of an outcome are rendered once", "[metrics]") {
  SampleLines lines;
  Rows rows{row_of("east", 1), row_of("west", 2)};
  lines.update(rows);
  CHECK(lines.of(rows[0], level) == "cal_fake_level{network=\"east\",item=\"x\"} 1\n");
  const auto kept = lines.bytes();
  rows[0] = row_of("east", 3);
  lines.update(rows);
  CHECK(lines.of(rows[0], level) == "cal_fake_level{network=\"east\",item=\"x\"} 3\n");
  CHECK(lines.of(rows[1], level) == "cal_fake_level{network=\"west\",item=\"x\"} 2\n");
  CHECK(lines.bytes() == kept);
}

TEST_CASE("rows that share an outcome have lines of their own networks", "[metrics]") {
  Rows rows{row_of("east", 1), row_of("west", 1)};
  rows[1].outcome = rows[0].outcome;
  SampleLines lines;
  lines.update(rows);
  CHECK(lines.of(rows[0], level) == "cal_fake_level{network=\"east\",item=\"x\"} 1\n");
  CHECK(lines.of(rows[1], level) == "cal_fake_level{network=\"west\",item=\"x\"} 1\n");
}

TEST_CASE("networks with equal samples share the lines that are kept", "[metrics]") {
  Rows rows{row_of("east", 0)};
  SampleLines lines;
  lines.update(rows);
  const auto one = lines.bytes();
  for (int i = 0; i < 100; ++i) rows.push_back(row_of(fmt::format("n{}", i), 0));
  lines.update(rows);
  CHECK(lines.bytes() == one);
  CHECK(lines.of(rows[7], level) == "cal_fake_level{network=\"n6\",item=\"x\"} 0\n");
  lines.update({});
  CHECK(lines.bytes() == 0);
}

TEST_CASE("a family that has no labels itself has only the network", "[metrics]") {
  Rows rows{row_of("east", 0)};
  rows[0].outcome = std::make_shared<Outcome>(
      Outcome{.reason = &fakes::reasons[0], .summary = {}, .samples = {{&total, {}, 2}}});
  SampleLines lines;
  lines.update(rows);
  CHECK(lines.of(rows[0], total) == "cal_fake_total{network=\"east\"} 2\n");
}

TEST_CASE("an outcome that is gone is forgotten, with its memory", "[metrics]") {
  SampleLines lines;
  Rows rows{row_of("east", 1)};
  lines.update(rows);
  const std::weak_ptr<const Outcome> before = rows[0].outcome;
  rows[0] = row_of("east", 2);
  CHECK_FALSE(before.expired());  // no other outcome gets its address meanwhile
  lines.update(rows);
  CHECK(before.expired());
}

TEST_CASE("an outcome without samples has no lines", "[metrics]") {
  const Rows rows{fakes::sample_rows().back()};
  SampleLines lines;
  lines.update(rows);
  CHECK(lines.of(rows[0], level).empty());
}

TEST_CASE("the lines that are kept have a limit, above which they are rendered each time",
          "[metrics]") {
  Rows rows;
  for (int i = 0; i < 100; ++i) rows.push_back(row_of(fmt::format("n{}", i), i));
  SampleLines lines(1000);
  for (int round = 0; round < 2; ++round) {
    lines.update(rows);
    CHECK(lines.bytes() >= 1000);
    CHECK(lines.bytes() < 1100);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      CHECK(lines.of(rows[i], level) ==
            fmt::format("cal_fake_level{{network=\"n{}\",item=\"x\"}} {}\n", i, i));
    }
  }
}
