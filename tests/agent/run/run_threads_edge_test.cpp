#include "agent/run/run_threads.h"
#include "tests/catch.h"

#include <atomic>
#include <functional>
#include <future>
#include <thread>

using cal::RunThreads;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 60s;

// What is waited for comes within the patience, however slow the machine is.
bool comes_true(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

}  // namespace

TEST_CASE("consecutive jobs share one thread", "[run_threads]") {
  std::atomic<int> done = 0;
  RunThreads threads;
  for (int i = 1; i <= 100; ++i) {
    // Between the end of a job and the rest of its thread there may be a moment.
    REQUIRE(comes_true([&] { return threads.resting() == threads.count(); }));
    threads.start("job", [&] { ++done; });
    REQUIRE(comes_true([&] { return done == i; }));
  }
  CHECK(threads.count() == 1);
}

TEST_CASE("concurrent jobs have a thread each", "[run_threads]") {
  std::promise<void> release;
  const auto released = release.get_future().share();
  std::atomic<int> begun = 0;
  RunThreads threads;
  for (int i = 0; i < 5; ++i) {
    threads.start("job", [&] {
      ++begun;
      released.wait();
    });
  }
  CHECK(comes_true([&] { return begun == 5; }));
  CHECK(threads.count() == 5);
  release.set_value();
}

TEST_CASE("a thread that is idle for long ends, and the next job gets a new one", "[run_threads]") {
  std::atomic<int> done = 0;
  RunThreads threads({.longest_rest = 1ms});
  for (int i = 1; i <= 3; ++i) {
    threads.start("job", [&] { ++done; });
    CHECK(comes_true([&] { return done == i && threads.count() == 0; }));
  }
}

TEST_CASE("the destructor waits for the jobs under way", "[run_threads]") {
  std::atomic<bool> done = false;
  {
    RunThreads threads;
    threads.start("job", [&] {
      std::this_thread::sleep_for(20ms);
      done = true;
    });
  }
  CHECK(done);
}

TEST_CASE("the destructor does not wait for idle threads to time out", "[run_threads]") {
  RunThreads threads({.longest_rest = 24h});
  threads.start("job", [] {});
  CHECK(comes_true([&] { return threads.resting() == 1; }));
}

TEST_CASE("of many threads that were needed once, only some stay idle", "[run_threads]") {
  std::promise<void> release;
  const auto released = release.get_future().share();
  RunThreads threads({.max_resting = 2});
  for (int i = 0; i < 10; ++i) threads.start("job", [&] { released.wait(); });
  CHECK(threads.count() == 10);
  release.set_value();
  CHECK(comes_true([&] { return threads.count() == 2 && threads.resting() == 2; }));
}
