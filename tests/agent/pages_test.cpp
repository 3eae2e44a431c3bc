// The pages: what is on them and that nothing foreign gets out of its place.
#include "agent/probe_page.h"
#include "agent/runbook_page.h"
#include "agent/status_page.h"
#include "tests/fakes/golden.h"
#include "tests/fakes/sample_board.h"

#include <catch2/catch.hpp>

using namespace cal;
using namespace std::chrono_literals;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Rows many_networks(int count) {
  Rows rows;
  for (int i = 0; i < count; ++i) {
    const auto& reason = fakes::reasons[i == 7 ? 2 : 0];
    rows.push_back(fakes::sample_row("net" + std::to_string(i), reason, "summary"));
  }
  return rows;
}

}  // namespace

TEST_CASE("a few networks are shown whole, the diagnosis before the probes", "[pages]") {
  const auto page = status_page(fakes::sample_rows(), "", fakes::sample_now);
  CHECK_FALSE(has(page, "role=\"search\""));
  CHECK(page.find("Likely cause") < page.find("<article"));
  CHECK(has(page, "href=\"/runbooks/fake\""));
  CHECK(has(page, "href=\"/probes/ebs/fake\""));
}

TEST_CASE("without a network the page says how to begin", "[pages]") {
  const auto page = status_page({}, "", fakes::sample_now);
  CHECK(has(page, "no network is configured"));
  CHECK(has(page, "<code>systemctl reload cal_exporter</code>"));
}

TEST_CASE("many networks are a list, the worst first, and a search", "[pages]") {
  const auto page = status_page(many_networks(500), "", fakes::sample_now);
  CHECK(has(page, "role=\"search\""));
  CHECK_FALSE(has(page, "<article"));
  CHECK(page.find(">net7<") < page.find(">net0<"));
  CHECK(page.size() < 500'000);
}

TEST_CASE("a search shows whole what it finds", "[pages]") {
  const auto rows = many_networks(500);
  const auto one = status_page(rows, "net7", fakes::sample_now);
  CHECK(has(one, "id=\"net7\""));
  CHECK_FALSE(has(one, "id=\"net70\""));  // a whole name means that one
  const auto some = status_page(rows, "t49", fakes::sample_now);
  CHECK(has(some, ">net49<"));
  CHECK(has(some, ">net499<"));
  CHECK_FALSE(has(some, ">net48<"));
  const auto none = status_page(rows, "\"><script>", fakes::sample_now);
  CHECK(has(none, "No network has this in its name"));
  CHECK_FALSE(has(none, "<script>"));
}

TEST_CASE("a ladder, a chain, a meter and a deciding entry are drawn as such", "[pages]") {
  auto row = fakes::sample_row("ebs", fakes::reasons[2], "it is broken");
  auto outcome = std::make_shared<Outcome>(*row.outcome);
  using Form = Evidence::Form;
  outcome->evidence = {{Verdict::present, "way", "dns ok → tcp broken (refused)", Form::ladder},
                       {Verdict::clear, "chain", "a → <b> → c", Form::chain},
                       {std::nullopt, "entry 2", "► (D;;WP;;;SY)", Form::entry},
                       {std::nullopt, "entry 3", "(A;;WP;;;SY)", Form::entry},
                       {Verdict::clear, "Standard", "8 of 10", Form::fact, Evidence::Meter{8, 10}}};
  row.outcome = outcome;
  const auto page = status_page({row}, "", fakes::sample_now);
  CHECK(has(page, "<ol class=\"ladder\"><li>dns ok</li><li>tcp broken (refused)</li></ol>"));
  CHECK(has(page, "<ol class=\"chain\"><li>a</li><li>&lt;b&gt;</li><li>c</li></ol>"));
  CHECK(has(page, "<mark>► (D;;WP;;;SY)</mark>"));
  CHECK_FALSE(has(page, "<mark>(A;;WP;;;SY)"));
  CHECK(has(page, "<meter min=\"0\" max=\"10\" low=\"9\" high=\"9.9\" optimum=\"0\" value=\"8\">"));
  CHECK(has(page, "<h3>Licences</h3>"));
}

TEST_CASE("the page of a probe's history is the golden one", "[golden]") {
  History history(100'000);
  const auto row = fakes::sample_row("ebs", fakes::reasons[2], "it is <broken>");
  const auto good = fakes::sample_row("ebs", fakes::reasons[0], "all is well");
  for (int i = 0; i < 3; ++i) history.add(good.outcome, fakes::sample_now - 1h + i * 1min, 12ms);
  history.add(row.outcome, fakes::sample_now - 12s, 15ms);
  const auto page = probe_page({row, history.episodes()}, fakes::sample_now);
  CHECK(page == fakes::golden("probe.html", page));
}

TEST_CASE("the page of a runbook is the golden one", "[golden]") {
  const auto page = runbook_page("fake", "# fake\n\n## Resolve\n\n1. Repair it.\n",
                                 fakes::sample_rows(), fakes::sample_now);
  CHECK(page == fakes::golden("runbook.html", page));
  CHECK(page.find("What is seen now") < page.find("Repair it.</li>"));
}
