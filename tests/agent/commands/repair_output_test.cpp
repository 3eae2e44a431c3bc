// The plan as text, as a script and as JSON.
#include "agent/commands/repair_output.h"

#include "tests/catch.h"
#include "tests/fakes/sample_board.h"

#include <nlohmann/json.hpp>

using namespace cal;

namespace {

Rows rows_with(std::vector<RepairStep> steps, std::vector<WhoQuery> queries = {}) {
  auto row = fakes::sample_row("ebs", fakes::reasons[2], "it is broken");
  auto outcome = std::make_shared<Outcome>(*row.outcome);
  outcome->repair = std::move(steps);
  outcome->who_queries = std::move(queries);
  row.outcome = std::move(outcome);
  row.last_run = fakes::sample_now;
  return {row};
}

RepairStep step() {
  RepairStep step{"Mend it.", Shell::powershell};
  step.setup = "$dc = 'dc1'\n";
  step.check = "Test-It\n";
  step.command = "Set-It\n";
  step.check_after = "Test-After\n";
  step.undo_check = "Test-Since\n";
  step.undo = "Undo-It\nTest-Undone\n";
  step.prediction = "it works.";
  step.expected = "works";
  step.server = "dc1";
  return step;
}

std::string_view runbook(std::string_view probe) {
  if (probe != "fake") return "";
  return "# fake\n\n## Resolve\n\n### Broken: `broken`\n\nMend it.\n\n**Check:** `Get-It` "
         "says\nthat it is whole.\n\n"
         "- **EBS:** the console lists it.\n- **Remote Desktop:** a user logs on.\n\n"
         "### Odd: `odd`\n\n**Check:** odd.\n\n## Verify\n\n1. Ask *somebody*.\n\n## "
         "Options\n\nNone.\n";
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("the plan has the checks around the change, the prediction and the undo", "[repair]") {
  const auto text = repair_text(rows_with({step()}), runbook);
  CHECK(has(text, "1. Mend it."));
  CHECK(has(text, "$ErrorActionPreference = 'Stop'\n"));
  const auto at = [&](std::string_view part) { return text.find(part); };
  CHECK(at("Test-It") < at("Set-It"));
  CHECK(at("Set-It") < at("Test-After"));
  CHECK(has(text, "After this: it works (works); predicted on data read at"));
  CHECK(has(text, "from dc1, void if it has changed since."));
  CHECK(at("Test-It") < at("if (-not $PSCmdlet.ShouldProcess($target, $change)) { return }"));
  CHECK(at("$PSCmdlet.ShouldProcess") < at("Set-It"));
  CHECK(at("Undo-It") < at("Test-Undone"));
  CHECK(at("Test-Since") < at("Undo-It"));
  CHECK(at("Undo-It") != text.npos);
}

TEST_CASE("the undo of each step is behind the plan, and the step points to it", "[repair]") {
  auto other = step();
  other.is_alternative = true;
  other.undo = "Undo-Other\n";
  RepairStep by_hand{"Begin."};
  by_hand.beside = {"By hand."};
  const auto text = repair_text(rows_with({by_hand, step(), other, {"End."}}), runbook);
  const auto at = [&](std::string_view part) { return text.find(part); };
  CHECK(at("     To undo it: see Undo 2a below.\n") < at("  2b. "));
  CHECK(has(text, "     To undo it: see Undo 2b below.\n"));
  CHECK_FALSE(has(text, "Undo 1"));
  CHECK(at("To see that it worked") < at("  To undo a step; of several, the last one first:\n"));
  CHECK(at("   - Undo 2a:\n\n     & {\n") < at("Undo-It"));
  CHECK(at("Undo-It") < at("   - Undo 2b:\n"));
  CHECK(at("   - Undo 2b:\n") < at("Undo-Other"));
  const auto choice = repair_text(rows_with({step(), other}), runbook);
  CHECK(has(choice, "see Undo a below"));
  CHECK(has(choice, "   - Undo b:\n"));
  const auto one = repair_text(rows_with({step()}), runbook);
  CHECK(has(one, "see Undo 1 below"));
  CHECK(has(one, "\n  To undo a step:\n   - Undo 1:\n"));
  auto left = step();
  left.undo.clear();
  left.not_undone = "the lock";
  CHECK_FALSE(has(repair_text(rows_with({left}), runbook), "To undo"));
}

TEST_CASE("steps have an order, and only alternatives a choice", "[repair]") {
  CHECK_FALSE(has(repair_text(rows_with({step()}), runbook), "in this order"));
  CHECK(has(repair_text(rows_with({step(), step()}), runbook), "Do the steps in this order.\n"));
  auto other = step();
  other.text = "Mend it in another way.";
  other.is_alternative = true;
  const auto choice = repair_text(rows_with({step(), other}), runbook);
  CHECK(has(choice, "\n  Do one of these:\n  a. Mend it.\n"));
  CHECK(has(choice, "\n  b. Mend it in another way.\n"));
  CHECK_FALSE(has(choice, "in this order"));
  const auto mixed = repair_text(rows_with({{"Begin."}, step(), other, {"End."}}), runbook);
  CHECK(has(mixed,
            "  Do the steps in this order.\n  1. Begin.\n  2. Do one of these:\n"
            "  2a. Mend it.\n"));
  CHECK(has(mixed, "\n  2b. Mend it in another way.\n"));
  CHECK(has(mixed, "\n  3. End.\n"));
  const auto script =
      repair_script(rows_with({{"Begin."}, step(), other}), runbook, fakes::sample_now);
  CHECK(has(script, "# Repair-1 (one of several ways): Mend it.\n"));
  CHECK(has(script, "# Repair-2 (one of several ways): Mend it in another way.\n"));
  const auto json =
      nlohmann::json::parse(repair_json(rows_with({step(), other}), runbook, fakes::sample_now));
  const auto& steps = json.at("plans").at(0).at("steps");
  CHECK(steps.at(0).at("is_alternative") == false);
  CHECK(steps.at(1).at("is_alternative") == true);
}

TEST_CASE("no name in a plan makes a line of the plan", "[repair]") {
  auto hostile = step();
  hostile.text = hostile.prediction = hostile.not_undone = "mend\nFORGED";
  hostile.beside = {"note\nFORGED"};
  const auto text = repair_text(
      rows_with({hostile}, {{"who\nFORGED", "", "Get-It\n", {"beside\nFORGED"}}}), runbook);
  CHECK(has(text, "note FORGED"));
  CHECK(has(text, "beside FORGED"));
  CHECK_FALSE(has(text, "\nFORGED"));
}

TEST_CASE("a cause without steps has what a person has to do", "[repair]") {
  const auto text = repair_text(rows_with({}), runbook);
  CHECK(has(text, std::string(fakes::reasons[2].action)));
  const auto script = repair_script(rows_with({}), runbook, fakes::sample_now);
  CHECK(has(script, "a command repairs"));
  CHECK_FALSE(has(script, "plan.ps1"));
  CHECK_FALSE(has(script, "-WhatIf"));
}

TEST_CASE("a script defines functions and runs nothing", "[repair]") {
  auto hostile = step();
  hostile.text = "Mend it.\nRemove-Everything";
  const auto script = repair_script(rows_with({step(), hostile}), runbook, fakes::sample_now);
  CHECK(has(script,
            "\nfunction Repair-1 {\n[CmdletBinding(SupportsShouldProcess, "
            "ConfirmImpact = 'High')]\n"));
  CHECK(has(script,
            "\nfunction Undo-2 {\n[CmdletBinding(SupportsShouldProcess, "
            "ConfirmImpact = 'High')]\n"));
  CHECK(has(script, "(. .\\plan.ps1)"));
  CHECK_FALSE(has(script, "Remove-Everything"));
  CHECK(script.starts_with("# "));
  auto named = step();
  named.setup = "$dc = 'dc1'  # J\u00fcrgen\n";
  CHECK(
      repair_script(rows_with({named}), runbook, fakes::sample_now).starts_with("\xEF\xBB\xBF# "));
}

TEST_CASE("the head of a script has all that the plan says beside its commands", "[repair]") {
  auto first = step();
  first.beside = {"Run it on the broker."};
  RepairStep by_hand{"Take it out."};
  by_hand.is_alternative = true;
  by_hand.beside = {"It weakens it."};
  const auto script =
      repair_script(rows_with({{"Ask who did it."}, first, by_hand}), runbook, fakes::sample_now);
  CHECK_THAT(script, Catch::Contains("# By hand: Ask who did it.\n"));
  CHECK_THAT(script, Catch::Contains("# Repair-1 (one of several ways): Mend it.\n"
                                     "# - Run it on the broker.\n"
                                     "# - Undo-1 takes it back.\n"));
  CHECK_THAT(script, Catch::Contains("# By hand (one of several ways): Take it out.\n"
                                     "# - It weakens it.\n"));
  CHECK_THAT(repair_script(rows_with({by_hand}), runbook, fakes::sample_now),
             Catch::Contains("# Nothing was found that a command repairs: see `repair`.\n"));
}

TEST_CASE("JSON has each step with the time of its data", "[repair]") {
  const auto json =
      nlohmann::json::parse(repair_json(rows_with({step()}), runbook, fakes::sample_now));
  const auto& plan = json.at("plans").at(0);
  CHECK(plan.at("network") == "ebs");
  CHECK(plan.at("steps").at(0).at("command") == "Set-It\n");
  CHECK(json.at("generated_at").is_string());
}

TEST_CASE("how to find who changed it is its own part, not a step", "[repair]") {
  const WhoQuery query{"The attribute member of Group, changed on 2026-11-24 09:12:07 UTC.",
                       "$dc = 'dc1'\n",
                       "Get-It $dc\n",
                       {"It needs a right."}};
  const auto rows = rows_with({step()}, {query});
  const auto text = repair_text(rows, runbook);
  CHECK(has(text, "  To find who changed it:\n     · Ask before the repair"));
  CHECK(has(text, "   - The attribute member of Group, changed"));
  CHECK(has(text, "· It needs a right.\n"));
  CHECK(has(text, "Get-It $dc"));
  CHECK_FALSE(has(text, "  2. "));
  CHECK(text.find("To find who") < text.find("Set-It"));  // which changes what is asked for
  const auto script = repair_script(rows, runbook, fakes::sample_now);
  CHECK(has(script, "# Find-Who-1: To find who changed it: The attribute member"));
  CHECK(has(script, "\nfunction Find-Who-1 {\n$ErrorActionPreference = 'Stop'\n$dc = 'dc1'\n"));
  CHECK_FALSE(has(script, "Repair-2"));
  const auto plan =
      nlohmann::json::parse(repair_json(rows, runbook, fakes::sample_now)).at("plans").at(0);
  CHECK(plan.at("steps").size() == 1);
  CHECK(plan.at("who_queries").at(0).at("command") == "Get-It $dc\n");
  CHECK(plan.at("who_queries").at(0).at("beside").at(0) == "It needs a right.");
}

TEST_CASE("a plan has how to see that it worked, as the runbook says it", "[repair]") {
  const auto rows = rows_with({step()});
  const auto text = repair_text(rows, runbook);
  CHECK(has(text,
            "  To see that it worked:\n"
            "     \u00b7 `Get-It` says that it is whole.\n"
            "     \u00b7 The console lists it.\n"
            "     \u00b7 Ask somebody.\n"
            "  To undo a step:\n"));
  const auto script = repair_script(rows, runbook, fakes::sample_now);
  CHECK(
      has(script, "#\n# ebs: fake: To see that it worked:\n# - `Get-It` says that it is whole.\n"));
  const auto json = nlohmann::json::parse(repair_json(rows, runbook, fakes::sample_now));
  const auto& verify = json.at("plans").at(0).at("verify");
  CHECK(verify.size() == 3);
  CHECK(verify.at(2) == "Ask somebody.");
  const auto none = [](std::string_view) { return std::string_view(); };
  CHECK_FALSE(has(repair_text(rows, none), "To see"));
}
