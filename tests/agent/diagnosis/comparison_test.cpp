#include "agent/diagnosis/comparison.h"

#include "tests/catch.h"
#include "tests/fakes/golden.h"
#include "tests/fakes/sample_board.h"

using namespace cal;
using fakes::reasons;
using fakes::sample_row;

namespace {

const auto clear = sample_row("ebs", reasons[0], "all is well");
const auto present = sample_row("ebs", reasons[2], "it is broken");
const auto unknown = sample_row("ebs", reasons[3], "cannot see");

Comparison::Cause cause_of(const Rows& before, const Rows& now) {
  return compare(before, now).at(0).cause;
}

}  // namespace

TEST_CASE("a cause is gone only when its probe has checked it now", "[comparison]") {
  CHECK(cause_of({present}, {clear}) == Comparison::Cause::gone);
  CHECK(cause_of({present}, {present}) == Comparison::Cause::still_there);
  CHECK(cause_of({present}, {unknown}) == Comparison::Cause::not_known);
  CHECK(cause_of({present}, {}) == Comparison::Cause::not_known);
  CHECK(cause_of({clear}, {present}) == Comparison::Cause::none_before);
  CHECK(cause_of({unknown}, {clear}) == Comparison::Cause::none_before);
  CHECK(cause_of({}, {present}) == Comparison::Cause::not_in_report);
}

TEST_CASE("a change is another reason, a new probe or a removed one", "[comparison]") {
  CHECK(compare({clear}, {clear}).at(0).changes.empty());
  CHECK(compare({clear}, {present}).at(0).changes.size() == 1);
  const auto fresh = compare({}, {clear}).at(0).changes;
  REQUIRE(fresh.size() == 1);
  CHECK_FALSE(fresh[0].before);
  const auto went = compare({clear}, {}).at(0).changes;
  REQUIRE(went.size() == 1);
  CHECK_FALSE(went[0].now);
}

TEST_CASE("verify reports a fault, not a cause, for a probe that checks no cause", "[comparison]") {
  const auto without_causes = [](Row row) {
    auto instance = std::make_shared<Instance>(*row.instance);
    instance->causes.clear();
    row.instance = instance;
    return row;
  };
  const auto text = comparison_text(compare({without_causes(present)}, {without_causes(clear)}),
                                    fakes::sample_now, fakes::sample_now)
                        .str();
  CHECK(text.find("fake: fault (broken) -> ok (fine)") != std::string::npos);
}

TEST_CASE("what the plan predicted is compared with what is found", "[comparison]") {
  const auto with_plan = [](const Row& row, std::initializer_list<const char*> expected) {
    auto outcome = std::make_shared<Outcome>(*row.outcome);
    for (const auto* word : expected) outcome->repair.emplace_back().expected = word;
    auto planned = row;
    planned.outcome = std::move(outcome);
    return planned;
  };
  const auto text = [](const Row& before, const Row& now) {
    return comparison_text(compare({before}, {now}), fakes::sample_now, fakes::sample_now).str();
  };
  const auto planned = with_plan(present, {"deviates", "fine"});
  const auto says = [&](const Row& now, const char* words) {
    return text(planned, now).find(words) != std::string::npos;
  };
  CHECK(says(clear, "fake: as the repair plan predicted."));
  CHECK(says(sample_row("ebs", reasons[1], "one step was done"), "as the repair plan predicted."));
  CHECK(says(present, "fake: the repair plan predicted fine, and nothing changed: "));
  CHECK_FALSE(says(unknown, "repair plan"));
  CHECK(text(with_plan(present, {"deviates"}), clear).find("the world did otherwise") !=
        std::string::npos);
  CHECK(text(present, clear).find("repair plan") == std::string::npos);
  CHECK(text(with_plan(present, {""}), clear).find("repair plan") == std::string::npos);
}

TEST_CASE("networks are compared by their names", "[comparison]") {
  const auto other = sample_row("other", reasons[2], "it is broken");
  const auto comparisons = compare({other, present}, {clear, other});
  REQUIRE(comparisons.size() == 2);
  CHECK(comparisons[0].network == "ebs");
  CHECK(comparisons[0].cause == Comparison::Cause::gone);
  CHECK(comparisons[1].network == "other");
  CHECK(comparisons[1].cause == Comparison::Cause::still_there);
}

TEST_CASE("the text of verify is the golden one", "[golden]") {
  using namespace std::chrono_literals;
  const Rows before{present, sample_row("east", reasons[2], "it is broken"),
                    sample_row("north", reasons[2], "it is broken"),
                    sample_row("south", reasons[0], "all is well")};
  const Rows now{clear, sample_row("east", reasons[2], "still \x1b[31mbroken"),
                 sample_row("north", reasons[3], "cannot see"),
                 sample_row("south", reasons[0], "all is well"),
                 sample_row("west", reasons[1], "it deviates")};
  const auto text =
      comparison_text(compare(before, now), fakes::sample_now - 3h, fakes::sample_now).str();
  CHECK(text == fakes::golden("verify.txt", text));
}

TEST_CASE("another severity of the same reason is a change", "[comparison]") {
  auto row = present;
  auto outcome = std::make_shared<Outcome>(*row.outcome);
  outcome->severity = Severity::warning;
  row.outcome = outcome;
  const auto text =
      comparison_text(compare({row}, {present}), fakes::sample_now, fakes::sample_now).str();
  CHECK(text.find("fake: possible cause (broken) -> cause found (broken)") != std::string::npos);
}

TEST_CASE("the same reason in a report and in a run is not a change", "[comparison]") {
  const auto copy = std::make_shared<Reason>(reasons[2]);
  auto row = present;
  auto outcome = std::make_shared<Outcome>(*row.outcome);
  outcome->reason = copy.get();
  row.outcome = outcome;
  CHECK(compare({present}, {row}).at(0).changes.empty());
}
