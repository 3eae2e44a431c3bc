#include "agent/contract/verdict_words.h"

#include "tests/catch.h"

using namespace cal;

TEST_CASE("each verdict has its words, and only a critical finding is a cause found", "[verdict]") {
  for (const auto severity : {Severity::ok, Severity::warning, Severity::critical}) {
    CHECK(words_for(Verdict::clear, severity) ==
          (severity == Severity::ok ? "not the cause" : "to put right"));
    CHECK(words_for(Verdict::unknown, severity) == "could not check");
  }
  CHECK(words_for(Verdict::present, Severity::critical) == "cause found");
  CHECK(words_for(Verdict::present, Severity::warning) == "possible cause");
  CHECK(words_for(Verdict::present, Severity::ok) == "possible cause");
}

TEST_CASE("what is not a cause is ok or a fault", "[verdict]") {
  CHECK(words_without_cause(Verdict::clear, Severity::ok) == "ok");
  CHECK(words_without_cause(Verdict::clear, Severity::warning) == "to put right");
  CHECK(words_without_cause(Verdict::present, Severity::critical) == "fault");
  CHECK(words_without_cause(Verdict::unknown, Severity::warning) == "could not check");
  const Reason broken{"broken", Verdict::present, Severity::critical, "", ""};
  Outcome outcome{&broken, ""};
  CHECK(words_for(outcome, page_causes) == "cause found");
  CHECK(words_for(outcome, {}) == "fault");
  outcome.severity = Severity::warning;
  CHECK(words_for(outcome, page_causes) == "possible cause");
}

TEST_CASE("each word has one look, and nothing that has to be put right looks good", "[verdict]") {
  for (const auto severity : {Severity::ok, Severity::warning, Severity::critical}) {
    CHECK(tone_of(Verdict::unknown, severity) == Tone::unknown);
    CHECK((tone_of(Verdict::clear, severity) == Tone::good) == (severity == Severity::ok));
  }
  CHECK(tone_of(Verdict::clear, Severity::warning) == Tone::notice);
  CHECK(tone_of(Verdict::present, Severity::critical) == Tone::bad);
  CHECK(tone_of(Verdict::present, Severity::warning) == Tone::possible);
  CHECK(sign_of(Tone::good) == "✓");
  CHECK(sign_of(Tone::bad) == "✗");
  CHECK(sign_of(Tone::unknown) == "?");
  CHECK(sign_of(Tone::possible) == "!");
}

TEST_CASE("an item that deviates is a fault of that item", "[verdict]") {
  const Reason deviates{"deviates", Verdict::clear, Severity::warning, "", ""};
  const Reason fine{"fine", Verdict::clear, Severity::ok, "", ""};
  const Reason blind{"blind", Verdict::unknown, Severity::warning, "", ""};
  CHECK(verdict_of_item(deviates) == Verdict::present);
  CHECK(verdict_of_item(fine) == Verdict::clear);
  CHECK(verdict_of_item(blind) == Verdict::unknown);
  CHECK(is_only_to_put_right(deviates));
  CHECK_FALSE(is_only_to_put_right(fine));
}

TEST_CASE("what stops nobody is not called a fault, whatever else is found", "[verdict]") {
  const Reason deviates{"deviates", Verdict::clear, Severity::warning, "", ""};
  const Reason broken{"broken", Verdict::present, Severity::critical, "", ""};
  const Outcome outcome{&broken, ""};
  Evidence item{verdict_of_item(deviates), "item", "text"};
  CHECK(words_for(item, outcome, {}) == "fault");
  CHECK(tone_of(item, Severity::critical) == Tone::bad);
  item.stops_nobody = is_only_to_put_right(deviates);
  CHECK(words_for(item, outcome, {}) == "to put right");
  CHECK(words_for(item, outcome, page_causes) == "to put right");
  CHECK(tone_of(item, Severity::critical) == Tone::notice);
  const Evidence good{Verdict::clear, "item", "text"};
  CHECK(words_for(good, outcome, page_causes) == "ok");
  CHECK(tone_of(good, Severity::critical) == Tone::good);
}

TEST_CASE("an item at fault has the word of its card", "[verdict]") {
  const Evidence item{Verdict::present, "item", "text"};
  const Evidence not_seen{Verdict::unknown, "item", "text"};
  for (const auto severity : {Severity::warning, Severity::critical}) {
    const Reason broken{"broken", Verdict::present, severity, "", ""};
    const Outcome outcome{&broken, ""};
    CHECK(words_for(item, outcome, page_causes) == words_for(outcome, page_causes));
    CHECK(words_for(item, outcome, {}) == words_for(outcome, {}));
    CHECK(words_for(not_seen, outcome, page_causes) == "could not check");
  }
}
