#include "agent/run/schedule.h"

#include "tests/catch.h"
#include "tests/fakes/fake_probe.h"

using namespace cal;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t no_limit = 10'000;
const SteadyTime start{1'000h};

}  // namespace

TEST_CASE("first runs are spread over the interval, at most over the spread", "[schedule]") {
  Schedule schedule(15s, 1);
  Instances instances;
  for (int i = 0; i < 100; ++i) {
    instances.push_back(fakes::instance("n" + std::to_string(i), {}, i < 50 ? 2s : 1min, 1s));
  }
  schedule.replace(instances, start);
  const auto at_once = schedule.take_due(start, no_limit).size();
  CHECK(at_once < 10);
  CHECK(schedule.take_due(start + 2s, no_limit).size() + at_once >= 50);
  CHECK(schedule.next() <= start + 15s);
  schedule.take_due(start + 15s, no_limit);
  CHECK_FALSE(schedule.next());  // all run
}

TEST_CASE("the next run is one interval after the last was due", "[schedule]") {
  Schedule schedule(0s, 1);
  const auto probe = fakes::instance("a");
  schedule.replace({probe}, start);
  REQUIRE(schedule.take_due(start, no_limit).size() == 1);
  schedule.finished(probe.get(), start + 3s);
  CHECK(schedule.next() == start + 1min);
}

TEST_CASE("from the second run on, runs are spread over the whole interval", "[schedule]") {
  Schedule schedule(6s, 1);
  Instances instances;
  for (int i = 0; i < 500; ++i) {
    instances.push_back(fakes::instance("n" + std::to_string(i), {}, 1min, 1s));
  }
  schedule.replace(instances, start);
  const auto run_until = [&](SteadyTime now) {
    const auto due = schedule.take_due(now, no_limit);
    for (const auto& each : due) schedule.finished(each.instance.get(), each.since);
    return due.size();
  };
  for (auto now = start; now <= start + 1min; now += 100ms) run_until(now);
  for (int sixth = 1; sixth <= 6; ++sixth) {
    std::size_t runs = 0;
    for (auto at = 1; at <= 100; ++at) runs += run_until(start + 50s + sixth * 10s + at * 100ms);
    CHECK(runs > 50);
    CHECK(runs < 120);
  }
}

TEST_CASE("first runs of many probes are at most a hundred a second", "[schedule]") {
  Schedule schedule(15s, 1);
  Instances instances;
  for (int i = 0; i < 3000; ++i) instances.push_back(fakes::instance("n" + std::to_string(i)));
  schedule.replace(instances, start);
  CHECK(schedule.take_due(start + 15s, no_limit).size() < 1'700);
  CHECK(schedule.take_due(start + 30s, no_limit).size() > 1'300);
  CHECK_FALSE(schedule.next());
}

TEST_CASE("a probe never runs twice at once", "[schedule]") {
  Schedule schedule(0s, 1);
  const auto probe = fakes::instance("a");
  schedule.replace({probe}, start);
  REQUIRE(schedule.take_due(start, no_limit).size() == 1);
  CHECK(schedule.take_due(start + 1h, no_limit).empty());
}

TEST_CASE("missed runs are not repeated", "[schedule]") {
  Schedule schedule(0s, 1);
  const auto probe = fakes::instance("a");
  schedule.replace({probe}, start);
  schedule.take_due(start, no_limit);
  schedule.finished(probe.get(), start + 1h);
  CHECK(schedule.next() == start + 1h);
  CHECK(schedule.take_due(start + 1h, no_limit).size() == 1);
  CHECK(schedule.take_due(start + 1h, no_limit).empty());
}

TEST_CASE("a reload keeps the phase of unchanged probes and drops removed ones", "[schedule]") {
  Schedule schedule(15s, 7);
  const auto stays = fakes::instance("stays");
  const auto goes = fakes::instance("goes");
  schedule.replace({stays, goes}, start);
  schedule.take_due(start + 15s, no_limit);
  schedule.finished(stays.get(), start + 16s);
  const auto due = schedule.next();
  schedule.replace({stays}, start + 20s);
  CHECK(schedule.next() == due);
  schedule.finished(goes.get(), start + 21s);  // a run that ends after its probe has gone
  CHECK(schedule.next() == due);
}

TEST_CASE("a probe that runs during a reload is not started again", "[schedule]") {
  Schedule schedule(0s, 1);
  const auto probe = fakes::instance("a");
  schedule.replace({probe}, start);
  schedule.take_due(start, no_limit);
  schedule.replace({probe}, start + 1s);
  CHECK_FALSE(schedule.next());
  schedule.finished(probe.get(), start + 2s);
  CHECK(schedule.next() == start + 1min);
}

TEST_CASE("due runs beyond the limit wait", "[schedule]") {
  Schedule schedule(0s, 1);
  schedule.replace({fakes::instance("a"), fakes::instance("b"), fakes::instance("c")}, start);
  CHECK(schedule.take_due(start, 2).size() == 2);
  CHECK(schedule.take_due(start, 2).size() == 1);
}
