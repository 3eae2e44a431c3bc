#include "agent/run/board.h"

#include "tests/catch.h"
#include "tests/fakes/fake_probe.h"

#include <memory>
#include <string>

using namespace cal;
using namespace std::chrono_literals;

namespace {

// Seconds after some moment, on both clocks.
Moment at(std::chrono::milliseconds offset) {
  return {SteadyTime{1'000h} + offset, SystemTime{1'795'545'600s} + offset};
}

Outcome fine() { return {&fakes::reasons[0], "all is well"}; }
Outcome blind() { return {&fakes::reasons[3], "cannot see"}; }

const Outcome& outcome_of(const Board& board) {
  static std::shared_ptr<const Outcome> held;
  held = board.rows().at(0).outcome;
  return *held;
}

}  // namespace

TEST_CASE("before the first run everything is unknown: not_run_yet", "[board]") {
  Board board;
  board.replace({fakes::instance("a")});
  CHECK(outcome_of(board).reason->word == "not_run_yet");
  CHECK_FALSE(every_probe_ran(board.rows()));
  CHECK_FALSE(board.rows()[0].last_run);
}

TEST_CASE("a run's outcome, times and counters are kept", "[board]") {
  Board board;
  const auto probe = fakes::instance("a");
  board.replace({probe});
  board.run_started(probe.get(), at(0s));
  board.run_finished(probe.get(), fine(), at(2s));
  board.run_started(probe.get(), at(60s));
  board.run_finished(probe.get(), blind(), at(61s));
  const auto row = board.rows()[0];
  CHECK(row.outcome->reason->word == "blind");
  CHECK(row.runs == 2);
  CHECK(row.unknown == 1);
  CHECK(row.overruns == 0);
  CHECK(row.last_run == at(61s).system);
  CHECK(row.last_conclusive == at(2s).system);
  CHECK(row.since == at(61s).system);
  CHECK(row.duration == 1s);
  CHECK(every_probe_ran(board.rows()));
}

TEST_CASE("a stuck run becomes a timeout at its overdue time, once", "[board]") {
  Board board;
  const auto probe = fakes::instance("a", {}, 60s, 10s);
  board.replace({probe});
  board.run_started(probe.get(), at(0s));
  CHECK(board.next_overdue() == at(10s + Board::overdue_grace).steady);
  board.mark_overdue(at(10s));
  CHECK(outcome_of(board).reason->word == "not_run_yet");
  board.mark_overdue(at(11s));
  board.mark_overdue(at(12s));
  CHECK(outcome_of(board).reason->word == "timeout");
  CHECK(board.rows()[0].overruns == 1);
  CHECK(board.rows()[0].unknown == 1);
  CHECK(board.rows()[0].runs == 1);
  CHECK_FALSE(board.next_overdue());
  CHECK(every_probe_ran(board.rows()));
}

TEST_CASE("what a run finds too late is evidence of the timeout", "[board]") {
  Board board;
  const auto probe = fakes::instance("a", {}, 60s, 10s);
  board.replace({probe});
  board.run_started(probe.get(), at(0s));
  const bool marked_before = GENERATE(true, false);
  if (marked_before) board.mark_overdue(at(11s));
  board.run_finished(probe.get(), fine(), at(27s));
  const auto row = board.rows()[0];
  CHECK(row.outcome->reason->word == "timeout");
  CHECK(row.outcome->summary == "the run took 27s, more than its timeout of 10s");
  REQUIRE(row.outcome->evidence.size() == 1);
  CHECK(row.outcome->evidence[0].text == "all is well");
  CHECK(row.runs == 1);
  CHECK(row.unknown == 1);
  CHECK(row.overruns == 1);
}

TEST_CASE("after a timeout the next good run is the answer", "[board]") {
  Board board;
  const auto probe = fakes::instance("a", {}, 60s, 10s);
  board.replace({probe});
  board.run_started(probe.get(), at(0s));
  board.mark_overdue(at(11s));
  board.run_finished(probe.get(), fine(), at(27s));
  board.run_started(probe.get(), at(60s));
  CHECK(board.next_overdue());
  board.run_finished(probe.get(), fine(), at(61s));
  CHECK(outcome_of(board).reason->word == "fine");
}

TEST_CASE("a reload keeps the rows of unchanged probes, in the new order", "[board]") {
  Board board;
  const auto first = fakes::instance("first");
  const auto second = fakes::instance("second");
  board.replace({first});
  board.run_started(first.get(), at(0s));
  board.run_finished(first.get(), fine(), at(1s));
  board.replace({second, first});
  const auto rows = board.rows();
  CHECK(rows[0].outcome->reason->word == "not_run_yet");
  CHECK(rows[1].outcome->reason->word == "fine");
  CHECK(rows[1].runs == 1);
}

TEST_CASE("all histories stay within their bytes when a reload adds probes", "[board]") {
  Board board;
  Instances instances;
  int runs = 0;
  const auto fill = [&] {
    for (int i = 0; i < 100; ++i) {
      for (const auto& probe : instances) {
        board.run_started(probe.get(), at(1s * ++runs));
        board.run_finished(probe.get(),
                           {&fakes::reasons[3], std::string(4'000, 'x') + std::to_string(runs)},
                           at(1s * runs));
      }
    }
  };
  const auto add = [&](std::size_t count) {
    while (instances.size() < count) {
      instances.push_back(fakes::instance("n" + std::to_string(instances.size())));
    }
    board.replace(instances);
  };
  add(64);
  fill();
  CHECK(board.all_history_bytes() > Board::max_history_bytes / 10 * 9);
  CHECK(board.all_history_bytes() <= Board::max_history_bytes);
  add(256);
  CHECK(board.all_history_bytes() <= Board::max_history_bytes);
  fill();
  CHECK(board.all_history_bytes() <= Board::max_history_bytes);
}

TEST_CASE("a callback that is replaced while it runs lives until its call ends", "[board]") {
  Board board;
  auto token = std::make_shared<int>();
  const std::weak_ptr<int> alive = token;
  bool alive_after = false;
  board.on_event([&board, &alive, &alive_after, token](Board::Event) {
    board.on_event([](Board::Event) {});
    alive_after = !alive.expired();
  });
  token.reset();
  board.replace({});
  CHECK(alive_after);
  CHECK(alive.expired());
}

TEST_CASE("the result of a removed probe is dropped", "[board]") {
  Board board;
  const auto gone = fakes::instance("gone");
  board.replace({gone});
  board.run_started(gone.get(), at(0s));
  board.replace({});
  board.run_finished(gone.get(), fine(), at(1s));
  CHECK(board.rows().empty());
  CHECK(board.take_changes().empty());
}

TEST_CASE("only a change of the reason is a change", "[board]") {
  Board board;
  const auto probe = fakes::instance("a");
  board.replace({probe});
  for (int run = 0; run < 3; ++run) {
    board.run_started(probe.get(), at(run * 60s));
    board.run_finished(probe.get(), fine(), at(run * 60s + 1s));
  }
  const auto changes = board.take_changes();
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].before->word == "not_run_yet");
  CHECK(changes[0].now->reason->word == "fine");
  CHECK(board.take_changes().empty());
}

TEST_CASE("the callback distinguishes changes from starts", "[board]") {
  Board board;
  int changes = 0;
  int starts = 0;
  board.on_event([&](Board::Event event) { event == Board::Event::change ? ++changes : ++starts; });
  const auto probe = fakes::instance("a");
  board.replace({probe});
  board.run_started(probe.get(), at(0s));
  board.run_finished(probe.get(), fine(), at(1s));
  CHECK(changes == 2);
  CHECK(starts == 1);
}

TEST_CASE("each probe has its own past, which ends with it", "[board]") {
  Board board;
  const auto one = fakes::instance("a");
  const auto other = fakes::instance("b");
  board.replace({one, other});
  for (int i = 0; i < 3; ++i) {
    board.run_started(one.get(), at(60s * i));
    board.run_finished(one.get(), i == 1 ? blind() : fine(), at(60s * i + 1s));
  }
  const auto past = board.past("a", "fake");
  REQUIRE(past);
  REQUIRE(past->episodes.size() == 3);
  CHECK(past->episodes[1].outcome->reason->word == "blind");
  CHECK(past->row.runs == 3);
  CHECK(board.past("b", "fake")->episodes.empty());
  CHECK(board.all_history_bytes() > 3 * sizeof(Episode));
  CHECK_FALSE(board.past("c", "fake"));
  CHECK_FALSE(board.past("a", "other"));
  board.replace({other});
  CHECK_FALSE(board.past("a", "fake"));
  CHECK(board.all_history_bytes() == 0);
}

TEST_CASE("a fault has one beginning, whatever its reason and however long it is not seen",
          "[board]") {
  static constexpr Reason other{"other", Verdict::present, Severity::warning, "", ""};
  Board board;
  const auto probe = fakes::instance("a");
  board.replace({probe});
  std::chrono::seconds clock{0};
  const auto after = [&](Outcome outcome) {
    clock += 60s;
    board.run_started(probe.get(), at(clock - 1s));
    board.run_finished(probe.get(), std::move(outcome), at(clock));
    return *beginning_of(board.rows()[0]);
  };
  CHECK_FALSE(beginning_of(board.rows()[0]));
  CHECK(after(fine()) == Beginning{at(60s).system, true});
  CHECK(after({&fakes::reasons[2], "it is broken"}) == Beginning{at(120s).system});
  CHECK(after({&other, "in another way"}) == Beginning{at(120s).system});
  CHECK(after(blind()) == Beginning{at(240s).system});
  CHECK(after({&fakes::reasons[2], "it is broken"}) == Beginning{at(120s).system});
  CHECK(after(fine()) == Beginning{at(360s).system});
  CHECK(after(fine()) == Beginning{at(360s).system});
  CHECK(after({&other, "again"}) == Beginning{at(480s).system});
  Outcome known{&other, "again"};
  known.began = at(5s).system;
  CHECK(after(std::move(known)) == Beginning{at(5s).system});
}

TEST_CASE("what is found after a run that could not check may have begun earlier", "[board]") {
  Board board;
  const auto probe = fakes::instance("a");
  board.replace({probe});
  std::chrono::seconds clock{0};
  for (const auto& outcome : {blind(), Outcome{&fakes::reasons[2], "it is broken"}}) {
    clock += 60s;
    board.run_started(probe.get(), at(clock - 1s));
    board.run_finished(probe.get(), outcome, at(clock));
  }
  CHECK(beginning_of(board.rows()[0]) == Beginning{at(120s).system, true});
}

TEST_CASE("what the first run finds may have begun earlier", "[board]") {
  Board board;
  const auto probe = fakes::instance("a");
  board.replace({probe});
  board.run_started(probe.get(), at(0s));
  board.run_finished(probe.get(), {&fakes::reasons[2], "it is broken"}, at(1s));
  CHECK(beginning_of(board.rows()[0]) == Beginning{at(1s).system, true});
}
