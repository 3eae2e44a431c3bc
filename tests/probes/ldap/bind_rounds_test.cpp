#include "probes/ldap/bind_rounds.h"

#include "tests/catch.h"

using namespace cal;
using cal::ldap::BindRounds;
using namespace std::chrono_literals;

namespace {

const SteadyTime start{1h};

void ask(BindRounds& rounds, const std::string& network, SteadyTime now = start) {
  rounds.ask(network, now, now + 90s);
}

}  // namespace

TEST_CASE("a network that went goes again after the others that ask", "[bind_rounds]") {
  BindRounds rounds;
  for (const auto* each : {"a", "b", "c"}) {
    ask(rounds, each);
    CHECK_FALSE(rounds.is_turn_of_another(each, start));
  }
  rounds.take_turn("b");
  CHECK(rounds.is_turn_of_another("b", start));
  CHECK_FALSE(rounds.is_turn_of_another("a", start));
  rounds.take_turn("a");
  CHECK(rounds.is_turn_of_another("a", start));
  CHECK_FALSE(rounds.is_turn_of_another("c", start));
  rounds.take_turn("c");
  for (const auto* each : {"a", "b", "c"}) CHECK_FALSE(rounds.is_turn_of_another(each, start));
}

TEST_CASE("a network that does not ask again is not waited for", "[bind_rounds]") {
  BindRounds rounds;
  ask(rounds, "a");
  ask(rounds, "b");
  rounds.take_turn("a");
  CHECK(rounds.is_turn_of_another("a", start + 89s));
  CHECK_FALSE(rounds.is_turn_of_another("a", start + 90s));
}

TEST_CASE("a new network joins the round", "[bind_rounds]") {
  BindRounds rounds;
  for (int round = 0; round < 5; ++round) {
    ask(rounds, "a");
    rounds.take_turn("a");
  }
  ask(rounds, "b");
  CHECK_FALSE(rounds.is_turn_of_another("a", start));
  rounds.take_turn("a");
  CHECK(rounds.is_turn_of_another("a", start));
}
