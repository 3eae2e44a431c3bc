#include "agent/contract/verdict_words.h"

#include "tests/catch.h"

using namespace cal;

TEST_CASE("each verdict has its words, and only a critical finding is a cause found", "[verdict]") {
  for (const auto severity : {Severity::ok, Severity::warning, Severity::critical}) {
    CHECK(words_for(Verdict::clear, severity) == "not the cause");
    CHECK(words_for(Verdict::unknown, severity) == "could not check");
  }
  CHECK(words_for(Verdict::present, Severity::critical) == "cause found");
  CHECK(words_for(Verdict::present, Severity::warning) == "possible cause");
  CHECK(words_for(Verdict::present, Severity::ok) == "possible cause");
}

TEST_CASE("what is not a cause is ok or a fault", "[verdict]") {
  CHECK(words_for(Verdict::clear) == "ok");
  CHECK(words_for(Verdict::present) == "fault");
  CHECK(words_for(Verdict::unknown) == "could not check");
  const Reason broken{"broken", Verdict::present, Severity::critical, "", ""};
  Outcome outcome{&broken, ""};
  CHECK(words_for(outcome, page_causes) == "cause found");
  CHECK(words_for(outcome, {}) == "fault");
  outcome.severity = Severity::warning;
  CHECK(words_for(outcome, page_causes) == "possible cause");
}
