#include "probes/ldap_io/server_turns.h"
#include "tests/catch.h"

#include <atomic>
#include <future>
#include <thread>
#include <vector>

using namespace cal;
using namespace cal::ldap;
using namespace std::chrono_literals;

namespace {

constexpr auto at_once = Milliseconds(0);
constexpr auto long_enough = Milliseconds(30'000);

bool gets_turn(ServerTurns& turns, const std::string& server, Milliseconds patience = at_once) {
  return std::async(std::launch::async,
                    [&] { return turns.take(server, Deadline::in(patience)).has_value(); })
      .get();
}

}  // namespace

TEST_CASE("a server has so many sessions at once, and another server its own", "[ldap][turns]") {
  ServerTurns turns(1);
  auto turn = turns.take("a", Deadline::in(at_once));
  REQUIRE(turn);
  CHECK_FALSE(gets_turn(turns, "a"));
  CHECK(gets_turn(turns, "b"));
  turn.reset();
  CHECK(gets_turn(turns, "a"));
}

TEST_CASE("who waits gets the turn of who ends", "[ldap][turns]") {
  ServerTurns turns(2);
  std::atomic<int> under_way = 0;
  std::atomic<int> most = 0;
  std::vector<std::future<bool>> sessions;
  for (int i = 0; i < 20; ++i) {
    sessions.push_back(std::async(std::launch::async, [&] {
      const auto turn = turns.take("a", Deadline::in(long_enough));
      const int now = ++under_way;
      for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
      }
      std::this_thread::sleep_for(1ms);
      --under_way;
      return turn.has_value();
    }));
  }
  for (auto& session : sessions) CHECK(session.get());
  CHECK(most <= 2);
  CHECK(gets_turn(turns, "a"));
}

TEST_CASE("a wait that reaches its deadline leaves the queue", "[ldap][turns]") {
  ServerTurns turns(1);
  auto turn = turns.take("a", Deadline::in(at_once));
  CHECK_FALSE(gets_turn(turns, "a", 20ms));
  turn.reset();
  CHECK(gets_turn(turns, "a"));
}

TEST_CASE("a thread with a turn does not wait for itself", "[ldap][turns]") {
  ServerTurns turns(1);
  {
    const auto first = turns.take("a", Deadline::in(at_once));
    const auto second = turns.take("a", Deadline::in(at_once));
    CHECK(first);
    CHECK(second);
    CHECK_FALSE(gets_turn(turns, "a"));
  }
  CHECK(gets_turn(turns, "a"));
}
