// Exports that are missing or do not decide: first what only reads, on the computer that lacks it,
// then what follows from it.
#include "tests/catch.h"
#include "tests/probes/session_host_licensing/sample_farm.h"

#include <fmt/ranges.h>

#include <functional>

using namespace cal;
using namespace cal::session_host_licensing;
using namespace std::chrono_literals;

namespace {

struct Row {
  std::string_view what;
  std::function<void(SampleFarm&)> broken;
  std::vector<std::string_view> starts;
};

std::vector<Row> rows() {
  const auto on_both_servers = [](auto change) {
    return [=](SampleFarm& farm) { both_servers(farm, change); };
  };
  const std::string_view replaced = "On RDSH1, replace the export scripts by those of this release";
  const std::string_view other = "On RDSH1, let this release's export script write the export.";
  const std::string_view newest =
      "On RDSH1, change no script: compare the export with its copy on the agent's host (mon1).";
  const std::string_view silent = "On the agent's host (mon1), see whether the export of RDSH1 is";
  const std::string_view host_task = "On RDSH1, see the last run of the scheduled task";
  const std::string_view host_run = "On RDSH1, run the task \"\\cal_export\\session host\"";
  const std::string_view server_run =
      "On LS1 and LS2, run the task \"\\cal_export\\license server\"";
  const std::string_view host_look = "On RDSH1, see what the export could not read, and why.";
  const std::string_view server_look = "On LS1 and LS2, see what the export could not read";
  return {
      {"events were not read, and the export says why",
       [](auto& farm) {
         farm.host().events.reset();
         farm.host().problems = {"events: the log is disabled"};
         farm.host().names_errors = true;
       },
       {host_look, "On RDSH1, remove the cause that the error names", host_run}},
      {"events were not read, and the export does not say why",
       [](auto& farm) { farm.host().events.reset(); },
       {host_look, newest, host_run}},
      {"an older script did not read the events",
       [](auto& farm) {
         farm.host().events.reset();
         farm.host().script = "Export-SessionHost.ps1 0";
       },
       {host_look, replaced, host_run}},
      {"another program did not read the events",
       [](auto& farm) {
         farm.host().events.reset();
         farm.host().script.clear();
       },
       {host_look, other, host_run}},
      {"no contact with a server",
       [](auto& farm) { farm.host().contacts.reset(); },
       {host_look, newest, host_run}},
      {"packs of the servers were not read",
       on_both_servers([](auto& server) { server.key_packs.reset(); }),
       {server_look, "On LS1 and LS2, change no script: compare the export", server_run}},
      {"each server has another script",
       [](auto& farm) {
         both_servers(farm, [](auto& server) { server.key_packs.reset(); });
         farm.server(0).script = "Export-LicenseServer.ps1 0";
         farm.server(1).script = "inventory 7";
       },
       {server_look, "On LS1, replace the export scripts",
        "On LS2, let this release's export script", server_run}},
      {"the policy of the servers was not read",
       on_both_servers([](auto& server) {
         server.security_group_policy.reset();
         server.names_errors = true;
       }),
       {server_look, "On LS1 and LS2, remove the cause that the error names", server_run}},
      {"the servers serve only members, and were not asked about the host",
       on_both_servers([](auto& server) { server.security_group_policy = true; }),
       {"On LS1 and LS2, see whether it serves RDSH1.",
        "On LS1 and LS2, let the export script ask for RDSH1", server_run}},
      {"a build that nobody knows",
       [](auto& farm) { farm.host().os_build = 27000; },
       {"Read the value by hand, and update cal_exporter"}},
      {"a mode that nobody knows",
       [](auto& farm) { farm.host().licensing_type = 7; },
       {"Read the value by hand, and update cal_exporter"}},
      {"another computer asked",
       [](auto& farm) { farm.host().collected = farm::Collected::remote; },
       {"On RDSH1, see whether the scheduled task", "Without it, register it on RDSH1.", host_run,
        "Take RDSH1 out of the job on the other computer"}},
      {"a status that does not decide",
       [](auto& farm) { both_statuses(farm, 7); },
       {"On RDSH1, ask the license servers again.", host_run}},
      {"not reached once",
       [](auto& farm) {
         farm.lose(0, 1);
         farm.lose(1, 1);
       },
       {"Wait for the next export of RDSH1"}},
      {"no export of the servers",
       [](auto& farm) { farm.servers.clear(); },
       {"On the agent's host (mon1), see whether the export of LS1 and LS2 is there",
        "On LS1 and LS2, see the last run of the scheduled task", "Do what follows from it.",
        server_run}},
      {"a stale export",
       [](auto& farm) { farm.host().data_at = now - 3h; },
       {silent, host_task, "Do what follows from it.", host_run}},
      {"a host of the roster without one",
       [](auto& farm) {
         farm.hosts.clear();
         farm.settings.roster = {{"RDSH1"}};
       },
       {silent, host_task, "Do what follows from it.", "On RDSH1, run the task"}},
  };
}

std::string notes_of(const RepairStep& step) {
  return fmt::format("{}", fmt::join(step.beside, "\n"));
}

}  // namespace

TEST_CASE("an export that does not decide: the plan begins with what only reads", "[repair]") {
  for (const auto& [what, broken, starts] : rows()) {
    SampleFarm farm;
    broken(farm);
    const auto outcome = farm.judged();
    INFO(what << ": " << outcome.summary);
    REQUIRE(outcome.reason->verdict == Verdict::unknown);
    REQUIRE(outcome.repair.size() == starts.size());
    for (std::size_t i = 0; i < starts.size(); ++i) {
      CHECK(outcome.repair[i].text.starts_with(starts[i]));
      CHECK_FALSE(outcome.repair[i].is_alternative);
      for (const auto& note : outcome.repair[i].beside) CHECK_FALSE(note.empty());
    }
    CHECK(outcome.action == outcome.repair.front().text);
    const auto& beside = outcome.repair.front().beside;
    CHECK(std::ranges::any_of(beside, [](const std::string& note) {
      return note.starts_with("No user is refused because of this");
    }));
  }
}

TEST_CASE("no export at all: each session host is looked at", "[repair]") {
  const auto outcome = SampleFarm(0).judged();
  REQUIRE(outcome.reason->word == "exports_missing");
  REQUIRE(outcome.repair.size() == 4);
  CHECK(outcome.repair.at(1).text.starts_with("On each session host, see the last run"));
  CHECK(notes_of(outcome.repair.front()).find("`ls -lR '/srv/exports'`") != std::string::npos);
}

TEST_CASE("what is missing of a license server is named for each of them", "[repair]") {
  SampleFarm farm;
  farm.servers.erase(farm.servers.begin() + 1);
  farm.server().data_at = now - 5h;
  auto notes = notes_of(farm.judged().repair.front());
  CHECK_THAT(notes, Catch::Contains("LS1: its last export is from 03:00 UTC, older than") &&
                        Catch::Contains("LS2: no export of it was read in this run.") &&
                        Catch::Contains("No file of it is there") &&
                        Catch::Contains("Its file is old") && !Catch::Contains("cannot be used"));
  farm.servers.clear();
  for (const auto* name : {"LS1", "LS2"}) {
    farm.faults.push_back({name, {inventory::FileFaultKind::unreadable, "read it: refused"}});
  }
  notes = notes_of(farm.judged().repair.front());
  CHECK_THAT(notes, Catch::Contains("Each of LS1 and LS2: its export cannot be used: read it: "
                                    "refused.") &&
                        Catch::Contains("if the agent's user (cal_exporter) may not read it") &&
                        !Catch::Contains("No file of it"));
}

TEST_CASE("a registration names a computer that has the tasks, and how it is undone", "[repair]") {
  SampleFarm farm;
  farm.servers.clear();
  const auto notes = notes_of(farm.judged().repair.at(2));
  CHECK_THAT(notes, Catch::Contains("On such a one (maybe RDSH1), ") &&
                        Catch::Contains("the script asks for no password") &&
                        Catch::Contains("/usr/share/cal_exporter/windows") &&
                        Catch::Contains("Unblock-File *.ps1") &&
                        Catch::Contains("| Unregister-ScheduledTask`"));
}

TEST_CASE("the export of this release's script is compared while its task is disabled",
          "[repair]") {
  SampleFarm farm;
  farm.host().events.reset();
  const auto notes = notes_of(farm.judged().repair.at(1));
  CHECK_THAT(notes, Catch::Contains("`script` is \"Export-SessionHost.ps1 1\" on RDSH1") &&
                        Catch::Contains("`Disable-ScheduledTask") &&
                        Catch::Contains("`sha256sum '/srv/exports/RDSH1.json'`") &&
                        Catch::Contains("`Enable-ScheduledTask"));
}

TEST_CASE("a host that another computer asks: the files show which of the two writes", "[repair]") {
  SampleFarm farm;
  farm.host().collected = farm::Collected::remote;
  const auto notes = notes_of(farm.judged().repair.at(2));
  CHECK_THAT(notes, Catch::Contains("On the agent's host (mon1), `grep -rHo") &&
                        Catch::Contains("There is only remote: ") &&
                        Catch::Contains("There is local and remote, ") &&
                        Catch::Contains("There is only local: "));
}

TEST_CASE("each host has its own reason", "[session_host_licensing]") {
  SampleFarm farm(4);
  for (const auto i : {0, 1, 2}) farm.hosts.at(static_cast<std::size_t>(i)).events.reset();
  farm.hosts.at(2).problems = {"events: access was denied"};
  CHECK(farm.judged().summary.ends_with(
      "Each of RDSH1 and RDSH2: its licensing events were not read; RDSH3: its licensing events "
      "were not read (events: access was denied)."));
}
