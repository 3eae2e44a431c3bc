#include "agent/http/worker_pool.h"
#include "tests/catch.h"

#include <pthread.h>

#include <array>
#include <atomic>
#include <future>
#include <stdexcept>
#include <string>

using cal::WorkerPool;

TEST_CASE("a job beyond the waiting limit is refused", "[worker_pool]") {
  std::promise<void> running;
  std::promise<void> release;
  WorkerPool pool("test-worker", 1, 2);
  REQUIRE(pool.submit([&] {
    running.set_value();
    release.get_future().wait();
  }));
  running.get_future().wait();  // so that the queue is empty
  CHECK(pool.submit([] {}));
  CHECK(pool.submit([] {}));
  CHECK_FALSE(pool.submit([] {}));
  release.set_value();
}

TEST_CASE("clients take turns, however many jobs one of them has", "[worker_pool]") {
  std::promise<void> running;
  std::promise<void> release;
  std::string order;
  WorkerPool pool("test-worker", 1, 8);
  pool.submit([&] {
    running.set_value();
    release.get_future().wait();
  });
  running.get_future().wait();
  for (int i = 0; i < 6; ++i) CHECK(pool.submit([&] { order += 'a'; }, "many"));
  CHECK_FALSE(pool.submit([&] { order += 'a'; }, "many"));  // three quarters of the places
  CHECK(pool.submit([&] { order += 'b'; }, "one"));
  CHECK(pool.submit([&] { order += 'c'; }, "another"));
  CHECK_FALSE(pool.submit([&] { order += 'd'; }, "late"));
  release.set_value();
  pool.stop();
  CHECK(order == "abcaaaaa");
}

TEST_CASE("stopping runs what waits and refuses what comes", "[worker_pool]") {
  std::atomic<int> runs = 0;
  WorkerPool pool("test-worker", 2, 20);
  for (int i = 0; i < 10; ++i) pool.submit([&runs] { ++runs; });
  pool.stop();
  CHECK(runs == 10);
  CHECK_FALSE(pool.submit([&runs] { ++runs; }));
  CHECK(runs == 10);
}

TEST_CASE("a job that throws costs no other job its turn", "[worker_pool]") {
  std::atomic<int> runs = 0;
  WorkerPool pool("test-worker", 1, 8);
  pool.submit([&] { throw std::runtime_error("broken"); }, "one");
  pool.submit([&] { throw 42; }, "one");
  pool.submit([&] { ++runs; }, "one");
  pool.submit([&] { ++runs; }, "another");
  pool.stop();
  CHECK(runs == 2);
}

TEST_CASE("workers carry their name", "[worker_pool]") {
  std::promise<std::string> name;
  WorkerPool pool("test-worker", 1, 1);
  pool.submit([&name] {
    std::array<char, 16> text{};
    pthread_getname_np(pthread_self(), text.data(), text.size());
    name.set_value(text.data());
  });
  CHECK(name.get_future().get() == "test-worker");
}
