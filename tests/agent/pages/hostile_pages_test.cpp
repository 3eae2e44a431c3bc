// The pages when a directory, a log or a network holds what was meant for a browser: the markup is
// the same as with harmless texts, and a page stays of a size that a browser takes.
#include "agent/pages/probe_page.h"
#include "agent/pages/runbook_page.h"
#include "agent/pages/status_page.h"
#include "tests/catch.h"
#include "tests/fakes/fake_probe.h"

#include <array>

using namespace cal;
using namespace std::chrono_literals;

namespace {

const SystemTime now{1'795'545'600s};

const std::array<std::string, 12> hostile_texts{
    "<img src=x onerror=alert(1)>",
    "\"><script>alert(1)</script>",
    "' onmouseover='alert(1)",
    "</main></body></html>",
    "<!-- ",
    "&lt;script&gt; &#60;b&#62;",
    "javascript:alert(1)",
    "{0} {:>1000000} %s",
    std::string("\0\x01\x1B[2J\r\n\x7F", 9),
    "\xFF\xFE\xC0\x80 not UTF-8 \xE2\x82",
    "\u202Etxt.exe\u2066\u200F\u061C",
    "\u009B31m\u2028",
};

// What a probe says when every text of the world around it is `text`.
Outcome outcome_of(const std::string& text) {
  using Form = Evidence::Form;
  Outcome outcome{&fakes::reasons[2], text};
  for (const auto form : {Form::fact, Form::chain, Form::ladder, Form::entry}) {
    outcome.evidence.push_back({Verdict::present, text, text, form});
  }
  outcome.evidence.push_back({std::nullopt, text, text, Form::fact, Evidence::Meter{1, 2}});
  RepairStep step{text, Shell::powershell, text, text, text, text, text, text};
  step.beside = {text};
  step.prediction = text;
  step.expected = text;
  step.server = text;
  outcome.repair = {step};
  outcome.implications = {{Cause::other, Strength::certain, text, std::nullopt, text}};
  return outcome;
}

struct Pages {
  std::array<std::string, 5> all;
};

// Every page of a board whose one probe found this.
Pages pages_of(const Outcome& outcome, const std::string& search) {
  Board board;
  const auto instance = fakes::instance("ebs");
  board.replace({instance});
  for (const auto start : {0s, 60s}) {
    board.run_started(instance.get(), {SteadyTime{} + start, now + start});
    board.run_finished(instance.get(), outcome, {SteadyTime{} + start + 1s, now + start + 1s});
  }
  const auto rows = board.rows();
  return {
      {status_page(Links(), rows, {""}, now + 70s),
       status_page(Links(), rows, {search, search}, now + 70s),
       probe_page(Links(), *board.past("ebs", "fake"), now + 70s),
       runbook_page(Links(), "fake", "# fake\n", rows, "", {}, now + 70s),
       runbook_page(Links(), "fake", "# fake\n", rows, "ebs", {}, now + 70s, Audience::trusted)}};
}

// The tags alone, without the attributes that hold foreign text: what was searched for, and what a
// meter is of.
std::string markup_of(const std::string& page) {
  std::string markup;
  std::size_t at = 0;
  while ((at = page.find('<', at)) != std::string::npos) {
    const auto end = page.find('>', at);
    REQUIRE(end != std::string::npos);
    const auto tag = page.substr(at, end - at + 1);
    markup += tag.starts_with("<input ") ? "<input>" : tag.starts_with("<meter ") ? "<meter>" : tag;
    at = end;
  }
  return markup;
}

bool has_any(const std::string& text, std::initializer_list<std::string_view> parts) {
  return std::ranges::any_of(
      parts, [&](std::string_view part) { return text.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("no foreign text becomes markup, in any place of any page", "[pages]") {
  const auto harmless = pages_of(outcome_of("harmless"), "harmless");
  for (const auto& text : hostile_texts) {
    CAPTURE(text);
    const auto pages = pages_of(outcome_of(text), text);
    for (std::size_t i = 0; i < pages.all.size(); ++i) {
      CHECK(markup_of(pages.all[i]) == markup_of(harmless.all[i]));
      CHECK_FALSE(has_any(pages.all[i], {"\x1B", "\x7F", "\xFF", "\u202E", "\u2066", "\u200F",
                                         "\u061C", "\u009B", "\u2028", std::string_view("\0", 1)}));
    }
  }
}

TEST_CASE("what a meter is of stays inside its attribute", "[pages]") {
  const auto page = pages_of(outcome_of("\" onfocus=\"alert(1)"), "").all[0];
  CHECK(page.find("<meter aria-label=\"&quot; onfocus=&quot;alert(1): share in use\" min=") !=
        std::string::npos);
}

TEST_CASE("what was searched for stays inside its attribute", "[pages]") {
  const auto page = pages_of(outcome_of("harmless"), "\" autofocus onfocus=\"alert(1)").all[1];
  CHECK(page.find("value=\"&quot; autofocus onfocus=&quot;alert(1)\">") != std::string::npos);
}

TEST_CASE("texts of a megabyte do not make a page of megabytes", "[pages]") {
  auto outcome = outcome_of(std::string(1'000'000, '<'));
  for (int i = 0; i < 50; ++i) outcome.evidence.push_back(outcome.evidence.front());
  for (const auto& page : pages_of(outcome, "").all) CHECK(page.size() < 2'000'000);
}
