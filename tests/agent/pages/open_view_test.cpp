// What an audience sees that may not see a repair plan.
#include "agent/pages/open_view.h"

#include "tests/catch.h"
#include "tests/fakes/sample_board.h"

#include <memory>

using namespace cal;

namespace {

Row row_with(Outcome outcome) {
  auto row = fakes::sample_row("ebs", fakes::reasons[2], "it is broken");
  row.outcome = std::make_shared<Outcome>(std::move(outcome));
  return row;
}

Outcome secretive() {
  Outcome outcome{&fakes::reasons[2], "a member (a → Admins → b)"};
  outcome.open_summary = "a member";
  outcome.actors = {"recorded actor EBS\\adm1"};
  Evidence chain{Verdict::clear, "account", "a → Admins → b", Evidence::Form::chain};
  chain.open_text = "a member through 1 group";
  Evidence entry{std::nullopt, "entry 3", "(A;;GA;;;DA)", Evidence::Form::entry};
  entry.open_text = "";
  outcome.evidence = {
      chain, entry, {Verdict::present, "entry 0", "(D;;WP;;;SY)", Evidence::Form::entry}};
  return outcome;
}

void check_open(const Outcome& outcome) {
  CHECK(outcome.summary == "a member");
  CHECK(outcome.actors.empty());
  REQUIRE(outcome.evidence.size() == 3);
  CHECK(outcome.evidence[0].text == "a member through 1 group");
  CHECK(outcome.evidence[0].form == Evidence::Form::fact);
  CHECK(outcome.evidence[0].verdict == Verdict::clear);
  CHECK(outcome.evidence[1].text == "(D;;WP;;;SY)");
  CHECK(outcome.evidence[2].item == "left out");
  CHECK(outcome.evidence[2].text.find("cal_exporter check") != std::string::npos);
}

}  // namespace

TEST_CASE("what gives rights is left out, and a line shows how to see it", "[pages]") {
  const auto row = row_with(secretive());
  check_open(*open_rows({row}).front().outcome);
  check_open(*open_episodes({Episode{{}, {}, 1, {}, row.outcome}}).front().outcome);
  CHECK(row.outcome->summary == "a member (a → Admins → b)");  // that of others is as it was
  CHECK(row.outcome->evidence[1].text == "(A;;GA;;;DA)");
}

TEST_CASE("an open result does not show that actors are recorded", "[pages]") {
  Outcome outcome{&fakes::reasons[2], "it is broken"};
  outcome.actors = {"recorded actor EBS\\adm1"};
  outcome.evidence = {{Verdict::present, "account", "locked"}};
  const auto opened = open_rows({row_with(std::move(outcome))}).front().outcome;
  CHECK(opened->actors.empty());
  CHECK(opened->evidence.size() == 1);
}

TEST_CASE("a result without secrets is the same for everybody", "[pages]") {
  Outcome outcome{&fakes::reasons[0], "all is well"};
  outcome.evidence = {{Verdict::clear, "account", "fine"}};
  const auto row = row_with(std::move(outcome));
  CHECK(open_rows({row}).front().outcome == row.outcome);
}
