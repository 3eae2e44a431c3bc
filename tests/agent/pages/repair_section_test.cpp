// The repair plan on the page of a runbook, and that no page or report shows it to anyone.
#include "agent/pages/repair_section.h"

#include "agent/base/text.h"
#include "agent/commands/report_json.h"
#include "agent/contract/repair_words.h"
#include "agent/pages/probe_page.h"
#include "agent/pages/runbook_page.h"
#include "agent/pages/status_page.h"
#include "tests/catch.h"
#include "tests/fakes/golden.h"
#include "tests/fakes/sample_board.h"
#include "tests/fakes/source_tree.h"

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace cal;

namespace {

RepairStep mending(std::string text) {
  RepairStep step{std::move(text), Shell::powershell};
  step.setup = "$account = 'S-1-5-21-1'  # <b>EBS\\licadmin</b>\n";
  step.check = "if (Test-It \"$account\") { throw 'It is not <as> it was.' }\n";
  step.command = "Set-It $account\n";
  step.check_after = "if (Test-After) { throw 'It did not help.' }\n";
  step.undo = "Undo-It $account\n";
  step.not_undone = "its old <time>";
  step.beside = {"It takes a new logon."};
  step.prediction = "EBS\\licadmin is a member";
  step.expected = "member";
  step.server = "dc1.ebs.example.com";
  return step;
}

RepairStep alternative(RepairStep step) {
  step.is_alternative = true;
  return step;
}

Row row_with(std::vector<RepairStep> steps) {
  auto row = fakes::sample_row("ebs", fakes::reasons[2], "it is broken");
  auto outcome = std::make_shared<Outcome>(*row.outcome);
  outcome->repair = std::move(steps);
  row.outcome = std::move(outcome);
  return row;
}

Row broken_row() {
  RepairStep advice{"Use another account."};
  auto row = row_with({advice, alternative(mending("Mend it.")),
                       alternative(mending("<mend> it forever.")), mending("Then rest.")});
  auto outcome = std::make_shared<Outcome>(*row.outcome);
  outcome->who_queries = {{"member of <Group>: 2026-11-24 09:12:07 UTC, written on DC2.",
                           "$writer = 'DC2'  # <i>\n",
                           "Get-WinEvent -ComputerName $writer\n",
                           {"It needs `Event Log Readers`."}}};
  row.outcome = std::move(outcome);
  return row;
}

std::string page_for(const Row& row, Audience audience) {
  return runbook_page(Links(), "fake", "# fake\n\n## Resolve\n\n### `broken`\n\nExchange it.\n",
                      {row}, "ebs", {}, fakes::sample_now, audience);
}

// Every line of the scripts that says something, as it is and as it is in HTML.
std::set<std::string> lines_of_scripts(const Row& row) {
  std::set<std::string> lines;
  std::vector<std::string> all;
  for (const auto& step : row.outcome->repair) {
    if (has_command(step)) all.push_back(script_of(step) + undo_script_of(step));
  }
  for (const auto& query : row.outcome->who_queries) all.push_back(script_of(query));
  for (const auto& text : all) {
    std::istringstream scripts(text);
    for (std::string line; std::getline(scripts, line);) {
      constexpr std::size_t longer_than_a_brace = 4;
      if (line.size() < longer_than_a_brace) continue;
      lines.insert(line);
      lines.insert(html_escape(line));
    }
  }
  return lines;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("the plan is on the page of a trusted client, escaped", "[pages][golden]") {
  const auto row = broken_row();
  const auto page = page_for(row, Audience::trusted);
  CHECK(has(page, html_escape(script_of(row.outcome->repair[1]))));
  CHECK(has(page, html_escape(undo_script_of(row.outcome->repair[1]))));
  CHECK(has(page, run_on_windows));
  CHECK(has(page, "<strong>&lt;mend&gt; it forever.</strong>"));
  CHECK(has(page, "After this: EBS\\licadmin is a member (member); predicted on data read at "));
  CHECK(has(page, "<li>It takes a new logon.</li>"));
  CHECK(has(page, "Not undone by that: its old &lt;time&gt;"));
  CHECK_FALSE(has(page, "<b>EBS"));
  CHECK(page.find("To find who changed it") < page.find("<ol class=\"plan\">"));
  CHECK(has(page, "<li><p>member of &lt;Group&gt;: 2026-11-24 09:12:07 UTC"));
  CHECK(has(page, html_escape(script_of(row.outcome->who_queries[0]))));
  CHECK(has(page, "<li>It needs <code>Event Log Readers</code>.</li>"));
  CHECK(page.find("Mend it.") <
        page.find("Exchange it."));  // before what is not about this network
  CHECK(page == fakes::golden("repair_plan.html", page));
}

TEST_CASE("anyone else sees no line of the plan, on no page and in no report", "[pages]") {
  const auto row = broken_row();
  const Rows rows{row};
  const std::vector<std::string> open_texts{
      page_for(row, Audience::anyone),
      runbook_page(Links(), "fake", "# fake\n", rows, "", {}, fakes::sample_now),
      status_page(Links(), rows, {""}, fakes::sample_now),
      status_page(Links(), rows, {"ebs"}, fakes::sample_now),
      probe_page(Links(), {row, {}}, fakes::sample_now),
      json_report(rows, fakes::sample_now)};
  const auto lines = lines_of_scripts(row);
  CHECK(lines.contains("Set-It $account"));
  CHECK(lines.contains("Undo-It $account"));
  CHECK(lines.contains("Get-WinEvent -ComputerName $writer"));
  for (const auto& text : open_texts) {
    for (const auto& line : lines) {
      CAPTURE(line);
      CHECK_FALSE(has(text, line));
    }
    for (const auto* words :
         {"Mend it", "mend", "another account", "is a member", "new logon", "Event Log Readers"}) {
      CHECK_FALSE(has(text, words));
    }
  }
  CHECK(has(open_texts[0], "<code>cal_exporter repair --network ebs</code>"));
}

TEST_CASE("the plan of a probe that names no steps is its action, which the page has", "[pages]") {
  for (const auto audience : {Audience::anyone, Audience::trusted}) {
    CHECK(repair_section(row_with({}), audience).empty());
  }
}

TEST_CASE("a plan that only repeats what to do is not shown", "[pages]") {
  const auto action = std::string(action_of(*row_with({}).outcome));
  for (const auto audience : {Audience::anyone, Audience::trusted}) {
    CHECK(repair_section(row_with({{action}}), audience).empty());
  }
  const auto page = page_for(row_with({{action}, {"Then rest."}}), Audience::trusted);
  CHECK(has(page, "<p>Do the steps in this order.</p>"));
  CHECK(has(page, "Then rest."));
  CHECK_FALSE(has(page, "The agent changes nothing."));
}

TEST_CASE("alternatives are marked as such, and only the first commands are unfolded", "[pages]") {
  const auto steps = [](const std::string& page) {
    return page.substr(page.find("<h2 id=\"repair-plan\">"));
  };
  const auto one_choice = steps(page_for(row_with({{"Use another."},
                                                   alternative(mending("Mend it.")),
                                                   alternative(mending("Mend it forever."))}),
                                         Audience::trusted));
  CHECK(has(one_choice, "<p>Do one of these:</p>\n<ol class=\"plan\" type=\"a\">\n<li>"));
  CHECK_FALSE(has(one_choice, "in this order"));
  const auto first = one_choice.find("<pre>");
  const auto fold = one_choice.find("<details id=\"step-3\" class=\"step\">");
  CHECK(first < one_choice.find("Mend it forever."));
  CHECK(one_choice.find("Mend it forever.") < fold);
  CHECK(fold < one_choice.find("<pre>", one_choice.find("Mend it forever.")));
  CHECK_FALSE(has(one_choice, "<details id=\"step-2\""));

  const auto mixed = steps(page_for(
      row_with({mending("Begin."), mending("Mend it."), alternative(mending("Mend it forever."))}),
      Audience::trusted));
  CHECK(has(mixed, "<p>Do the steps in this order.</p>\n<ol class=\"plan\">\n<li>"));
  CHECK(has(mixed, "<li><p>Do one of these:</p>\n<ol class=\"plan\" type=\"a\">"));
}

TEST_CASE("steps for the network take the place of what to do about the reason", "[pages]") {
  auto row = row_with({mending("Mend it."), {"Rest."}});
  CHECK_FALSE(has(page_for(row, Audience::trusted), "What to do:"));
  CHECK(has(page_for(row, Audience::anyone), "<strong>What to do:</strong> Repair it."));
  auto outcome = std::make_shared<Outcome>(*row.outcome);
  outcome->action = "Repair host <A>.";
  row.outcome = outcome;
  CHECK(
      has(page_for(row, Audience::trusted), "<strong>What to do:</strong> Repair host &lt;A&gt;."));
  CHECK(has(page_for(row_with({{"Repair it."}}), Audience::trusted),
            "What to do:</strong> Repair it."));
}

TEST_CASE("the first step of a plan is in front of what to know about all of it", "[pages]") {
  const auto page = page_for(row_with({mending("Mend it."), mending("Rest.")}), Audience::trusted);
  const auto note = page.find("The agent changes nothing.");
  CHECK(page.find("Mend it.") < note);
  CHECK(note < page.find("<pre>"));
  CHECK(page.find("The agent changes nothing.", note + 1) == page.npos);
}

TEST_CASE("advice without a command is not said to be run on Windows", "[pages]") {
  const auto page = page_for(row_with({{"Use another account."}}), Audience::trusted);
  CHECK(has(page, "Use another account."));
  CHECK_FALSE(has(page, run_on_windows));
  CHECK_FALSE(has(page, "<pre>"));
}

TEST_CASE("the register says what the pages say of Windows", "[repair]") {
  std::ifstream file(fakes::source_tree() / "agent/docs/compatibility.md");
  std::ostringstream text;
  text << file.rdbuf();
  CHECK(has(text.str(), run_on_windows));
}
