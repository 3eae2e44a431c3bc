#include "agent/commands/self_test.h"

#include "tests/catch.h"

#include <vector>

using namespace cal;

TEST_CASE("the worst right decides the result of the self-test", "[self_test]") {
  const Right there{"read a", true};
  const Right optional{"read b", false, "it does not show", "grant b", false};
  const Right untried{"read c", std::nullopt, "it is not there"};
  const Right missing{"read d", false, "refused", "grant d"};
  struct Case {
    std::vector<Right> rights;
    std::string_view reason;
  };
  for (const auto& [rights, reason] :
       std::vector<Case>{{{}, "may_all"},
                         {{there}, "may_all"},
                         {{there, optional}, "sees_less"},
                         {{optional, untried}, "not_tried"},
                         {{untried, missing, there}, "right_missing"}}) {
    CHECK(rights_outcome(rights).reason->word == reason);
  }
}

TEST_CASE("a missing right comes with what was seen and the command", "[self_test]") {
  const auto outcome = rights_outcome({Right{"read d", false, "refused", "grant d"}});
  REQUIRE(outcome.evidence.size() == 1);
  CHECK(outcome.evidence[0].verdict == Verdict::present);
  CHECK(outcome.evidence[0].item == "read d");
  CHECK(outcome.evidence[0].text == "refused\nfix it with: grant d");
}

TEST_CASE("a granted right is listed without details", "[self_test]") {
  const auto outcome = rights_outcome({Right{"read d", true, "it does not show", "grant d"}});
  CHECK(outcome.evidence[0].text.empty());
}
