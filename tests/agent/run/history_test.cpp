#include "agent/run/history.h"

#include "tests/catch.h"
#include "tests/fakes/fake_probe.h"

using namespace cal;
using namespace std::chrono_literals;

namespace {

SystemTime at(std::chrono::seconds offset) { return SystemTime{1'795'545'600s} + offset; }

std::shared_ptr<const Outcome> found(const Reason& reason, std::string summary) {
  return std::make_shared<const Outcome>(Outcome{&reason, std::move(summary)});
}

const auto& fine = fakes::reasons[0];
const auto& broken = fakes::reasons[2];
const auto& blind = fakes::reasons[3];

}  // namespace

TEST_CASE("runs in a row that found the same are one episode", "[history]") {
  History history(100'000);
  for (int i = 0; i < 1000; ++i) history.add(found(fine, "all is well"), at(i * 60s), 5ms);
  history.add(found(fine, "all is well"), at(60'000s), 70ms);
  const auto episodes = history.episodes();
  REQUIRE(episodes.size() == 1);
  CHECK(episodes[0].runs == 1001);
  CHECK(episodes[0].first == at(0s));
  CHECK(episodes[0].last == at(60'000s));
  CHECK(episodes[0].longest == 70ms);
}

TEST_CASE("another summary or other evidence is another episode", "[history]") {
  History history(100'000);
  history.add(found(broken, "12 of 10"), at(0s), 5ms);
  history.add(found(broken, "13 of 10"), at(60s), 5ms);
  auto outcome = std::make_shared<Outcome>(Outcome{&broken, "13 of 10"});
  outcome->evidence = {{Verdict::present, "item", "text"}};
  history.add(outcome, at(120s), 5ms);
  CHECK(history.episodes().size() == 3);
  CHECK(history.episodes()[0].last == at(120s));
}

TEST_CASE("it stays within its bytes, and what was clear goes first", "[history]") {
  History history(20'000);
  history.add(found(broken, "the first fault"), at(0s), 5ms);
  for (int i = 1; i < 5000; ++i) {
    history.add(found(fine, "all is well " + std::to_string(i)), at(i * 60s), 5ms);
    CHECK(history.bytes() <= 20'000);
  }
  const auto episodes = history.episodes();
  CHECK(episodes.size() > 10);
  CHECK(episodes.back().outcome->summary == "the first fault");
  CHECK(episodes.front().outcome->summary == "all is well 4999");
}

TEST_CASE("the turn stays, however many faults follow", "[history]") {
  History history(20'000);
  history.add(found(fine, "all is well"), at(0s), 5ms);
  history.add(found(broken, "the first fault"), at(60s), 5ms);
  for (int i = 2; i < 5000; ++i) {
    history.add(found(blind, "cannot see " + std::to_string(i)), at(i * 60s), 5ms);
  }
  CHECK(history.bytes() <= 20'000);
  const auto episodes = history.episodes();
  const auto turn = turn_of(episodes);
  REQUIRE(turn.last_good);
  REQUIRE(turn.first_bad);
  CHECK(turn.last_good->outcome->summary == "all is well");
  CHECK(turn.first_bad->outcome->summary == "the first fault");
}

TEST_CASE("the turn is kept without its evidence if that is too large", "[history]") {
  const auto large = [](const Reason& reason, std::string summary) {
    auto outcome = std::make_shared<Outcome>(Outcome{&reason, std::move(summary)});
    for (int i = 0; i < 15; ++i) {
      outcome->evidence.push_back({Verdict::present, "item", std::string(980, 'x')});
    }
    return outcome;
  };
  History history(20'000);
  history.add(large(fine, "all is well"), at(0s), 5ms);
  history.add(large(broken, "the first fault"), at(60s), 5ms);
  history.add(large(blind, "cannot see"), at(120s), 5ms);
  CHECK(history.bytes() <= 20'000);
  const auto turn = turn_of(history.episodes());
  REQUIRE(turn.last_good);
  CHECK(turn.last_good->outcome->summary == "all is well");
  REQUIRE(turn.first_bad);
  CHECK(turn.first_bad->outcome->summary == "the first fault");
  REQUIRE(turn.first_bad->outcome->evidence.size() == 1);
  CHECK(turn.first_bad->outcome->evidence[0].text == "15 more, to save memory");
  CHECK(history.episodes()[0].outcome->evidence.size() == 15);
}

TEST_CASE("a smaller bound drops at once what does not fit", "[history]") {
  History history(100'000);
  for (int i = 0; i < 1000; ++i) {
    history.add(found(blind, "cannot see " + std::to_string(i)), at(i * 60s), 5ms);
  }
  CHECK(history.bytes() > 50'000);
  history.limit(10'000);
  CHECK(history.bytes() <= 10'000);
  CHECK(history.episodes()[0].outcome->summary == "cannot see 999");
}

TEST_CASE("the turn is the latest one, and may lack its good side", "[history]") {
  History history(100'000);
  CHECK_FALSE(turn_of(history.episodes()).first_bad);
  history.add(found(broken, "old fault"), at(0s), 5ms);
  auto episodes = history.episodes();
  CHECK(turn_of(episodes).first_bad->outcome->summary == "old fault");
  CHECK_FALSE(turn_of(episodes).last_good);
  history.add(found(fine, "healed"), at(60s), 5ms);
  history.add(found(broken, "new fault"), at(120s), 5ms);
  history.add(found(blind, "cannot see"), at(180s), 5ms);
  history.add(found(fine, "healed again"), at(240s), 5ms);
  episodes = history.episodes();
  CHECK(turn_of(episodes).last_good->outcome->summary == "healed");
  CHECK(turn_of(episodes).first_bad->outcome->summary == "new fault");
  CHECK(turn_of(episodes).good_again->outcome->summary == "healed again");
}

TEST_CASE("a phase of unknown is not the turn when there was a fault", "[history]") {
  History history(100'000);
  history.add(found(fine, "all is well"), at(0s), 5ms);
  history.add(found(broken, "fault"), at(60s), 5ms);
  history.add(found(fine, "healed"), at(120s), 5ms);
  history.add(found(blind, "cannot see"), at(180s), 5ms);
  history.add(found(fine, "healed still"), at(240s), 5ms);
  const auto episodes = history.episodes();
  const auto turn = turn_of(episodes);
  REQUIRE(turn.first_bad);
  CHECK(turn.first_bad->outcome->summary == "fault");
  CHECK(turn.last_good->outcome->summary == "all is well");
  REQUIRE(turn.good_again);
  CHECK(turn.good_again->outcome->summary == "healed");
}

TEST_CASE("where nothing was bad, unknown is the turn", "[history]") {
  History history(100'000);
  history.add(found(fine, "all is well"), at(0s), 5ms);
  history.add(found(blind, "cannot see"), at(60s), 5ms);
  const auto episodes = history.episodes();
  REQUIRE(turn_of(episodes).first_bad);
  CHECK(turn_of(episodes).first_bad->outcome->summary == "cannot see");
  CHECK_FALSE(turn_of(episodes).good_again);
}

TEST_CASE("a finished episode keeps only what people read", "[history]") {
  History history(100'000);
  auto outcome = std::make_shared<Outcome>(Outcome{&broken, "12 of 10"});
  outcome->evidence = {{Verdict::present, "item", "text"}};
  for (int i = 0; i < 100; ++i) outcome->samples.push_back({nullptr, {std::to_string(i)}, 1});
  history.add(outcome, at(0s), 5ms);
  CHECK(history.episodes()[0].outcome->samples.size() == 100);
  const auto with_samples = history.bytes();
  history.add(found(fine, "all is well"), at(60s), 5ms);
  const auto& over = *history.episodes()[1].outcome;
  CHECK(over.reason == &broken);
  CHECK(over.summary == "12 of 10");
  CHECK(over.evidence.size() == 1);
  CHECK(over.samples.empty());
  CHECK(history.bytes() < with_samples / 2);
}

TEST_CASE("a finished episode reads as it did, also without its evidence", "[history]") {
  auto outcome = std::make_shared<Outcome>(Outcome{&broken, "12 of 10"});
  outcome->evidence = {{Verdict::present, "item", std::string(3000, 'x')}};
  outcome->implications = {{Cause::other, Strength::weak, "it is so"}};
  outcome->contradicts = false;
  outcome->source_data_at = at(-60s);
  outcome->action = "repair srv1";
  outcome->severity = Severity::warning;
  outcome->object = "srv1";
  const auto max_bytes = GENERATE(std::size_t{100'000}, std::size_t{2'000});
  History history(max_bytes);
  history.add(outcome, at(0s), 5ms);
  history.add(found(fine, "all is well"), at(60s), 5ms);
  REQUIRE(history.episodes().size() == 2);
  const auto& over = *history.episodes()[1].outcome;
  CHECK((over.evidence[0].item == "left out") == (max_bytes == 2'000));
  CHECK(over.reason == &broken);
  CHECK(over.summary == "12 of 10");
  CHECK(over.implications.empty());
  CHECK_FALSE(over.contradicts);
  CHECK(over.source_data_at == at(-60s));
  CHECK(over.action == "repair srv1");
  CHECK(severity_of(over) == Severity::warning);
  CHECK(over.object == "srv1");
}

TEST_CASE("every text of an outcome counts", "[history]") {
  const std::string large(10'000, 'x');
  const auto bytes_of = [](Outcome outcome) {
    History history(1'000'000);
    history.add(std::make_shared<Outcome>(std::move(outcome)), at(0s), 5ms);
    return history.bytes();
  };
  const auto usual = bytes_of({&broken, ""});
  CHECK(bytes_of({.reason = &broken, .summary = large}) > usual + 10'000);
  CHECK(bytes_of({.reason = &broken, .summary = "", .action = large}) > usual + 10'000);
  CHECK(bytes_of({.reason = &broken, .summary = "", .object = large}) > usual + 10'000);
}

TEST_CASE("another severity is another episode", "[history]") {
  auto outcome = std::make_shared<Outcome>(Outcome{&broken, "12 of 10"});
  outcome->severity = Severity::warning;
  History history(100'000);
  history.add(outcome, at(0s), 5ms);
  history.add(found(broken, "12 of 10"), at(60s), 5ms);
  CHECK(history.episodes().size() == 2);
}

TEST_CASE("samples that are no longer shared do not disturb the count", "[history]") {
  History history(100'000);
  std::vector<Sample> elsewhere;
  for (int i = 0; i < 100; ++i) elsewhere.push_back({nullptr, {std::to_string(i)}, 1});
  auto outcome = std::make_shared<Outcome>(Outcome{&fine, "all is well"});
  outcome->samples = elsewhere;
  history.add(outcome, at(0s), 5ms);
  elsewhere.clear();
  history.add(found(broken, "12 of 10"), at(60s), 5ms);
  CHECK(history.bytes() < 2'000);
  CHECK(history.episodes().size() == 2);
}
