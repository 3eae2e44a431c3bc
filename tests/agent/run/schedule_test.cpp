#include "agent/run/schedule.h"

#include "tests/catch.h"
#include "tests/fakes/fake_probe.h"

#include <map>
#include <set>

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
  std::set<const Instance*> begun;
  const auto run_at = [&](SteadyTime now) {
    for (const auto& each : schedule.take_due(now, no_limit)) {
      begun.insert(each.instance.get());
      schedule.finished(each.instance.get(), now);
    }
  };
  run_at(start);
  CHECK(begun.size() < 10);
  run_at(start + 2s);
  CHECK(begun.size() >= 50);
  CHECK(begun.size() < 70);
  for (auto now = start + 2s; now <= start + 15s; now += 100ms) run_at(now);
  CHECK(begun.size() == 100);
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
  std::set<const Instance*> begun;
  const auto run_until = [&](SteadyTime begin, SteadyTime end) {
    for (auto now = begin; now <= end; now += 100ms) {
      for (const auto& each : schedule.take_due(now, no_limit)) {
        begun.insert(each.instance.get());
        schedule.finished(each.instance.get(), now);
      }
    }
  };
  run_until(start, start + 15s);
  CHECK(begun.size() < 1'700);
  run_until(start + 15s, start + 31s);
  CHECK(begun.size() == 3000);
}

TEST_CASE("first runs that do not end hold back others, until the latest time of each",
          "[schedule]") {
  constexpr auto at_once = Schedule::first_runs_at_once;
  Schedule schedule(15s, 1);
  Instances instances;
  for (int i = 0; i < 600; ++i) instances.push_back(fakes::instance("n" + std::to_string(i)));
  schedule.replace(instances, start);
  const auto first = schedule.take_due(start + 1s, no_limit);
  CHECK(first.size() == at_once);
  CHECK(schedule.take_due(start + 1s, no_limit).empty());
  REQUIRE(schedule.next());
  CHECK(*schedule.next() > start + 1s);  // no idle turns
  schedule.finished(first.front().instance.get(), start + 1s);
  const auto second = schedule.take_due(start + 1s, no_limit);
  REQUIRE(second.size() == 1);
  CHECK(second.front().since == start + 1s);  // held back on purpose, so not late
  std::set<const Instance*> begun;
  const auto note = [&](const std::vector<Schedule::Due>& taken) {
    for (const auto& each : taken) begun.insert(each.instance.get());
  };
  note(first);
  note(second);
  for (auto now = start + 2s; now <= start + 1min; now += 1s) {
    const auto expected = static_cast<std::size_t>(600 * ((now - start) / 1s) / 60);
    note(schedule.take_due(now, no_limit));
    CHECK(begun.size() + 60 > expected);
  }
  CHECK(begun.size() == 600);
}

TEST_CASE("a first run at its latest time has its place in the interval already", "[schedule]") {
  Schedule schedule(15s, 1);
  Instances instances;
  for (int i = 0; i < 600; ++i) instances.push_back(fakes::instance("n" + std::to_string(i)));
  schedule.replace(instances, start);
  // Runs of ten seconds: 32 at once would be a third of what a minute has to start.
  std::map<const Instance*, SteadyTime> begun;
  std::multimap<SteadyTime, const Instance*> under_way;
  std::size_t in_place = 0;
  for (auto now = start; now <= start + 2min; now += 100ms) {
    while (!under_way.empty() && under_way.begin()->first <= now - 10s) {
      schedule.finished(under_way.begin()->second, now);
      under_way.erase(under_way.begin());
    }
    for (const auto& each : schedule.take_due(now, no_limit)) {
      under_way.emplace(now, each.instance.get());
      const auto [known, is_first] = begun.emplace(each.instance.get(), each.since);
      if (!is_first && each.since == known->second + 1min) ++in_place;
    }
  }
  CHECK(begun.size() == 600);
  CHECK(in_place > 500);
}

TEST_CASE("a reload while first runs are under way holds back as before", "[schedule]") {
  Schedule schedule(15s, 1);
  Instances instances;
  for (int i = 0; i < 600; ++i) instances.push_back(fakes::instance("n" + std::to_string(i)));
  schedule.replace(instances, start);
  const auto first = schedule.take_due(start + 1s, no_limit);
  CHECK(first.size() == Schedule::first_runs_at_once);
  schedule.replace(instances, start + 1s);
  CHECK(schedule.take_due(start + 1s, no_limit).empty());
  instances.clear();
  for (int i = 0; i < 600; ++i) instances.push_back(fakes::instance("m" + std::to_string(i)));
  schedule.replace(instances, start + 2s);
  CHECK(schedule.take_due(start + 4s, no_limit).size() == Schedule::first_runs_at_once);
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
