#include "agent/run/bounds.h"

#include "tests/catch.h"
#include "tests/fakes/fake_probe.h"

using namespace cal;

namespace {

std::size_t bytes_of(const Outcome& outcome) {
  auto bytes = outcome.summary.size() + outcome.action.size() + outcome.object.size();
  for (const auto& each : outcome.evidence) bytes += each.item.size() + each.text.size();
  for (const auto& each : outcome.implications)
    bytes += each.sentence.size() + each.first_step.size();
  return bytes;
}

}  // namespace

TEST_CASE("a result of usual size is kept as it is", "[bounds]") {
  Outcome outcome{&fakes::reasons[2], "it is broken"};
  outcome.evidence = {{Verdict::present, "item", std::string(max_text_bytes, 'x')}};
  bound(outcome);
  CHECK(outcome.summary == "it is broken");
  REQUIRE(outcome.evidence.size() == 1);
  CHECK(outcome.evidence[0].text.size() == max_text_bytes);
}

TEST_CASE("a text that is too long is cut between two characters", "[bounds]") {
  std::string text(max_text_bytes - 1, 'x');
  Outcome outcome{&fakes::reasons[2], text + "€uro"};
  bound(outcome);
  CHECK(outcome.summary == text + "… (6 bytes more)");
}

TEST_CASE("every field of an outcome is bounded", "[bounds]") {
  const std::string huge(1'000'000, 'x');
  Outcome outcome{&fakes::reasons[2], huge};
  outcome.action = outcome.object = huge;
  for (int i = 0; i < 500; ++i) {
    outcome.evidence.push_back({std::nullopt, huge, huge});
    outcome.implications.push_back({Cause::other, Strength::weak, huge, std::nullopt, huge});
  }
  bound(outcome);
  CHECK(bytes_of(outcome) < 1'000'000);
  CHECK(outcome.evidence.back().item == "left out");
  CHECK(outcome.evidence.back().text ==
        std::to_string(500 + 1 - outcome.evidence.size()) + " more");
}

TEST_CASE("samples of several families share the labels of an item", "[bounds]") {
  Outcome outcome{&fakes::reasons[0], ""};
  outcome.samples = {{&fakes::families[0], {"x"}, 1},
                     {&fakes::families[0], {"y"}, 2},
                     {&fakes::families[1], {"x"}, 3}};
  bound(outcome);
  REQUIRE(outcome.samples.size() == 3);
  CHECK(outcome.samples[0].label_values.shares_with(outcome.samples[2].label_values));
  CHECK(outcome.samples[1].label_values == LabelValues{"y"});
}

TEST_CASE("of two samples with the same labels the first is kept", "[bounds]") {
  Outcome outcome{&fakes::reasons[0], ""};
  outcome.samples = {{&fakes::families[0], {"x"}, 1},
                     {&fakes::families[0], {"x"}, 2},
                     {&fakes::families[0], {"y"}, 3}};
  bound(outcome);
  REQUIRE(outcome.samples.size() == 2);
  CHECK(outcome.samples[0].value == 1);
  CHECK(outcome.samples[1].value == 3);
}
