#include "agent/run/publisher.h"
#include "agent/run/scheduler.h"
#include "tests/catch.h"
#include "tests/fakes/captured_log.h"
#include "tests/fakes/fake_probe.h"

#include <atomic>
#include <future>
#include <new>
#include <stdexcept>

using namespace cal;
using namespace std::chrono_literals;

namespace {

// Far beyond what any machine needs; a test that waits this long has failed.
constexpr auto patience = 60s;

// Publishes into itself and lets the test wait for a row that it wants to see.
class Watcher {
 public:
  explicit Watcher(Board& board, Milliseconds min_pause = 10ms,
                   std::optional<Milliseconds> longest_pause = std::nullopt)
      : publisher_(
            board,
            [this](const Rows& rows, const std::vector<Change>& changes) {
              const std::lock_guard lock(mutex_);
              rows_ = rows;
              ++publications_;
              changes_ += changes.size();
              seen_.notify_all();
            },
            min_pause, longest_pause) {}

  template <class Wanted>
  bool wait_for(Wanted wanted) {
    std::unique_lock lock(mutex_);
    return seen_.wait_for(lock, patience, [&] { return wanted(rows_); });
  }

  bool wait_for_publications(std::size_t count) {
    std::unique_lock lock(mutex_);
    return seen_.wait_for(lock, patience, [&] { return publications_ >= count; });
  }

  std::size_t publications() {
    const std::lock_guard lock(mutex_);
    return publications_;
  }
  std::size_t changes() {
    const std::lock_guard lock(mutex_);
    return changes_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable seen_;
  Rows rows_;
  std::size_t publications_ = 0;
  std::size_t changes_ = 0;
  Publisher publisher_;
};

auto reason_is(std::size_t row, std::string_view word) {
  return [=](const Rows& rows) {
    return rows.size() > row && rows[row].outcome->reason->word == word;
  };
}

}  // namespace

TEST_CASE("what a run finds is published", "[publisher]") {
  Board board;
  Scheduler scheduler(board, {.first_run_spread = 0ms});
  Watcher watcher(board);
  const Instances instances{fakes::instance("a")};
  board.replace(instances);
  scheduler.replace(instances);
  CHECK(watcher.wait_for(reason_is(0, "fine")));
  CHECK(watcher.changes() == 1);
  scheduler.stop(patience);
}

TEST_CASE("a run that never ends is published as timeout, and freezes nothing", "[publisher]") {
  std::promise<void> release;
  const auto released = release.get_future().share();
  Board board;
  Scheduler scheduler(board, {.first_run_spread = 0ms});
  Watcher watcher(board);
  const Instances instances{fakes::instance(
                                "stuck",
                                [released](Deadline) {
                                  released.wait();
                                  return Outcome{&fakes::reasons[0], "at last"};
                                },
                                1s, 50ms),
                            fakes::instance("well")};
  board.replace(instances);
  scheduler.replace(instances);
  CHECK(watcher.wait_for(reason_is(0, "timeout")));
  CHECK(watcher.wait_for(reason_is(1, "fine")));
  CHECK_FALSE(scheduler.stop(0ms));  // it is stuck still
  release.set_value();
  CHECK(scheduler.stop(patience));
}

TEST_CASE("a probe that throws is an internal error", "[scheduler]") {
  Board board;
  Scheduler scheduler(board, {.first_run_spread = 0ms});
  Watcher watcher(board);
  const Instances instances{
      fakes::instance("a", [](Deadline) -> Outcome { throw std::runtime_error("boom"); })};
  board.replace(instances);
  scheduler.replace(instances);
  CHECK(watcher.wait_for(reason_is(0, "internal_error")));
  CHECK(board.rows()[0].outcome->summary == "the probe failed: boom");
  scheduler.stop(patience);
}

TEST_CASE("at level debug each run is logged with its phases", "[scheduler][log]") {
  Board board;
  const Instances instances{fakes::instance("a", [](Deadline) {
    return Outcome{&fakes::reasons[0], "all is well", {}, {{"bind", 12ms}, {"search", 1500ms}}};
  })};
  board.replace(instances);
  const fakes::CapturedLog log;
  {
    Scheduler scheduler(board, {.first_run_spread = 0ms, .once = true});
    Watcher watcher(board);
    scheduler.replace(instances);
    CHECK(watcher.wait_for(reason_is(0, "fine")));
  }
  CHECK(
      log.has("level=debug msg=\"probe run finished\" network=a probe=fake verdict=clear "
              "reason=fine duration_seconds=0."));
  CHECK(log.has("phases=\"bind=0.012 search=1.500\""));
}

TEST_CASE("a probe runs again and again, and once when asked", "[scheduler]") {
  const bool once = GENERATE(true, false);
  Board board;
  Scheduler scheduler(board, {.first_run_spread = 0ms, .once = once});
  Watcher watcher(board);
  const Instances instances{fakes::instance(
      "a",
      [](Deadline) {
        return Outcome{&fakes::reasons[0], ""};
      },
      5ms, 5s)};
  board.replace(instances);
  scheduler.replace(instances);
  const std::uint64_t runs = once ? 1 : 5;
  CHECK(
      watcher.wait_for([&](const Rows& rows) { return rows.size() == 1 && rows[0].runs >= runs; }));
  scheduler.stop(patience);
  if (once) CHECK(board.rows()[0].runs == 1);
}

TEST_CASE("with more probes than concurrent runs, each gets its turn", "[scheduler]") {
  Board board;
  Scheduler scheduler(board, {.first_run_spread = 0ms, .max_runs = 2, .once = true});
  Watcher watcher(board);
  Instances instances;
  for (int i = 0; i < 20; ++i) instances.push_back(fakes::instance("n" + std::to_string(i)));
  board.replace(instances);
  scheduler.replace(instances);
  CHECK(watcher.wait_for([](const Rows& rows) {
    return rows.size() == 20 &&
           std::ranges::all_of(rows, [](const Row& row) { return row.runs == 1; });
  }));
  scheduler.stop(patience);
}

TEST_CASE("many changes are few publications", "[publisher]") {
  Board board;
  const auto probe = fakes::instance("a");
  Watcher watcher(board, 10min);
  REQUIRE(watcher.wait_for([](const Rows&) { return true; }));
  board.replace({probe});
  for (int i = 0; i < 1'000; ++i) {
    board.run_started(probe.get(), Moment::now());
    board.run_finished(probe.get(), {&fakes::reasons[0], ""}, Moment::now());
  }
  CHECK(watcher.publications() <= 2);
}

TEST_CASE("with a longest pause it publishes even if nothing changes", "[publisher]") {
  Board board;
  Watcher watcher(board, 1ms, 5ms);
  CHECK(watcher.wait_for_publications(10));
}

TEST_CASE("a failed publication is tried again", "[publisher]") {
  Board board;
  std::atomic<int> tries = 0;
  std::promise<void> published;
  const Publisher publisher(
      board,
      [&](const Rows&, const std::vector<Change>&) {
        ++tries;
        if (tries < 3) throw std::bad_alloc();
        if (tries == 3) published.set_value();
      },
      1ms);
  CHECK(published.get_future().wait_for(patience) == std::future_status::ready);
}

TEST_CASE("a publisher that cannot publish still ends", "[publisher]") {
  Board board;
  std::atomic<int> tries = 0;
  {
    const Publisher publisher(
        board,
        [&](const Rows&, const std::vector<Change>&) {
          ++tries;
          throw std::bad_alloc();
        },
        1ms);
  }
  CHECK(tries >= 1);
}
