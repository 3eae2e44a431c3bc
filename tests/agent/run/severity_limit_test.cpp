#include "agent/run/severity_limit.h"

#include "agent/run/board.h"
#include "tests/catch.h"
#include "tests/fakes/fake_probe.h"

using namespace cal;
using namespace std::chrono_literals;

namespace {

Instance rds(std::vector<Cause> causes) {
  auto instance = *fakes::instance("farm");
  instance.profile = Profile::rds;
  instance.about_activation = false;
  instance.causes = std::move(causes);
  return instance;
}

Outcome broken(std::vector<Implication> implications = {}) {
  Outcome outcome{&fakes::reasons[2], "it is broken"};
  outcome.implications = std::move(implications);
  return outcome;
}

Severity severity_in(const Instance& instance, Outcome outcome) {
  limit_severity(instance, outcome);
  return severity_of(outcome);
}

}  // namespace

TEST_CASE("Remote Desktop: what stops only an activation refuses nobody", "[severity]") {
  for (const auto cause : all_causes) {
    const bool harmless = std::ranges::find(page_causes, cause) != page_causes.end();
    INFO(name_of(cause));
    const auto expected = harmless ? Severity::warning : Severity::critical;
    CHECK(severity_in(rds({cause}), broken()) == expected);
    auto outcome = broken({{cause, Strength::strong, "it is so"}});
    limit_severity(rds({cause}), outcome);
    CHECK(severity_of(outcome) == expected);
    CHECK(outcome.implications[0].strength == (harmless ? Strength::weak : Strength::strong));
  }
}

TEST_CASE("a fault that also refuses users stays critical", "[severity]") {
  auto outcome = broken({{Cause::internet_unreachable, Strength::strong, "no way"},
                         {Cause::other, Strength::strong, "refused"}});
  limit_severity(rds({Cause::internet_unreachable, Cause::other}), outcome);
  CHECK(severity_of(outcome) == Severity::critical);
  CHECK(outcome.implications[0].strength == Strength::weak);
  CHECK(outcome.implications[1].strength == Strength::strong);
  CHECK(severity_in(rds({}), broken()) == Severity::critical);  // a symptom
}

TEST_CASE("an event shows that an activation has failed", "[severity]") {
  auto outcome = broken({{Cause::internet_unreachable, Strength::strong, "no way", SystemTime{}}});
  limit_severity(rds({}), outcome);
  CHECK(severity_of(outcome) == Severity::critical);
  CHECK(outcome.implications[0].strength == Strength::strong);
}

TEST_CASE("what an activation needs is as severe as before", "[severity]") {
  auto instance = rds({Cause::internet_unreachable});
  instance.about_activation = true;
  CHECK(severity_in(instance, broken()) == Severity::critical);
}

TEST_CASE("the board limits what every probe finds", "[severity]") {
  Board board;
  const auto probe = std::make_shared<const Instance>(rds({Cause::internet_unreachable}));
  board.replace({probe});
  board.run_started(probe.get(), {});
  board.run_finished(probe.get(), broken(), {});
  CHECK(severity_of(*board.rows()[0].outcome) == Severity::warning);
}
