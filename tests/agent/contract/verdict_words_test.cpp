#include "agent/contract/verdict_words.h"

#include <catch2/catch.hpp>

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
