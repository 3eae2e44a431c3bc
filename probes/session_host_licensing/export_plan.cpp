#include "probes/session_host_licensing/export_plan.h"

#include "agent/base/text.h"
#include "probes/farm/server_names.h"
#include "probes/host_verdict/reasons.h"
#include "probes/session_host_licensing/absent_plan.h"
#include "probes/shared/file_fault_step.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace cal::session_host_licensing {

namespace {

using Names = std::vector<std::string>;

constexpr std::string_view remove_cause =
    "enable the log that is disabled, or give back the right that is missing";

// Of hosts that another computer asks.
constexpr auto asks_itself =
    "The task asks the license servers from the host itself, as SYSTEM. The exports "
    "that the agent read were not written like that, or do not say it.";
constexpr auto no_script_may_run =
    "If no script may run on these hosts, their verdict stays as it is: from another computer, "
    "nobody sees what a host reaches.";
constexpr auto find_other_job =
    "On a computer that may be it, as administrator (it only reads): `Get-ScheduledTask | "
    "Where-Object { $_.Actions.Arguments -match 'Export-RemoteFarm|-ComputerName' } | "
    "Format-List TaskPath, TaskName`.";
constexpr auto change_other_job =
    "In the arguments of that task, delete these hosts from `-SessionHost` of "
    "Export-RemoteFarm.ps1; if no host is left, delete `-SessionHost`, too; if the arguments have "
    "no -LicenseServer either, disable the task. Disable one that runs "
    "Export-SessionHost.ps1 -ComputerName for one of them: it asks for one computer. First note "
    "the arguments. To undo it, enter them again, or enable the task. Windows may ask for the "
    "password of the task's account, so its owner does it; one of Group Policy is changed there.";

// FarmExport.ps1 of this release writes it behind the name of its script.
constexpr int newest_script = 1;

// Empty: another program.
std::optional<int> version_of(std::string_view script, const ExportTask& task) {
  if (!script.starts_with(task.script)) return std::nullopt;
  script.remove_prefix(task.script.size());
  int version = 0;
  if (script.starts_with(' ')) {
    std::from_chars(script.data() + 1, script.data() + script.size(), version);
  }
  return version;
}

std::string see_errors(const ExportTask& task) {
  return fmt::format(
      "As administrator (it only reads): `$e = Get-Content \"{}\" -Raw | ConvertFrom-Json; "
      "$e.script; $e.errors | Format-List key, error`. The errors are those that the task met, "
      "which runs as SYSTEM.",
      file_of(task));
}

class ExportPlanner {
 public:
  ExportPlanner(const Group& group, const Facts& facts) : group_(group), facts_(facts) {}

  std::vector<RepairStep> plan() {
    if (is_silent(*group_.reason)) {
      steps_ = plan_for_silent(group_, facts_);
    } else if (group_.reason == &reason("server_not_exported")) {
      steps_ = plan_for_servers(group_, facts_);
    } else {
      std::map<ExportGap, Names> gaps;
      for (const auto* host : group_.hosts) gaps[host->gap].push_back(host->host);
      for (const auto& [gap, hosts] : gaps) fill(gap, hosts);
    }
    auto& beside = steps_.front().beside;
    beside.insert(beside.begin(), affected());
    for (auto& step : steps_) std::erase(step.beside, "");  // what could not be told
    return std::move(steps_);
  }

 private:
  RepairStep& add(std::string text) { return steps_.emplace_back(RepairStep{std::move(text)}); }

  Names names() const {
    Names names;
    for (const auto* host : group_.hosts) names.push_back(host->host);
    return names;
  }

  Names servers() const {
    Names names;
    for (const auto& server : group_.servers) names.push_back(server.name);
    return names;
  }

  std::string affected() const {
    return fmt::format(
        "No user is refused because of this: it is only not known whether users are refused on "
        "{}.",
        hosts_of(group_));
  }

  void run(const Names& computers, const ExportTask& task) {
    steps_.push_back(run_task(task, in_sentence(computers)));
  }

  void fill(ExportGap gap, const Names& hosts) {
    switch (gap) {
      case ExportGap::none:
      case ExportGap::host_unread:
        return complete(hosts, session_host_task);
      case ExportGap::server_unread:
        return complete(servers(), license_server_task);
      case ExportGap::membership:
        return ask_for(hosts);
      case ExportGap::not_understood:
        return upgrade();
      case ExportGap::asked_by_other:
        return ask_itself(hosts);
      case ExportGap::no_status:
        return ask_again(hosts);
      case ExportGap::missed_once:
        return wait(hosts);
    }
  }

  std::string problems_of(const std::string& server) const {
    for (const auto& each : facts_.exports.servers) {
      if (farm::short_name(each.name) != farm::short_name(server)) continue;
      if (each.problems.empty()) return {};
      return fmt::format("{}: {}.", server, fmt::join(each.problems, "; "));
    }
    return {};
  }

  // Of `read_`; empty if there is none.
  Exported read(const std::string& name) const {
    const auto found = read_.find(farm::short_name(name));
    return found == read_.end() ? Exported{} : found->second;
  }

  // The exports of these computers lack a fact. What wrote them decides what follows.
  void complete(const Names& computers, const ExportTask& task) {
    read_ = exported_by(task, facts_);
    Names with_errors;
    Names older;
    Names others;
    Names newest;
    for (const auto& each : computers) {
      const auto export_of_it = read(each);
      const auto version = version_of(export_of_it.script, task);
      (export_of_it.names_errors  ? with_errors
       : !version                 ? others
       : *version < newest_script ? older
                                  : newest)
          .push_back(each);
    }
    look_at(computers, task, with_errors.size() < computers.size());
    if (!with_errors.empty()) {
      add(fmt::format("On {}, remove the cause that the error names: {}.", in_sentence(with_errors),
                      remove_cause))
          .beside = {
          fmt::format("The task has to run as SYSTEM (it only reads): "
                      "`(Get-ScheduledTask -TaskPath '\\cal_export\\' -TaskName "
                      "'{}').Principal.UserId`.",
                      task.name)};
    }
    if (!older.empty()) replace_scripts(older, task);
    if (!others.empty()) use_scripts(others, task);
    if (!newest.empty()) compare(newest, task);
    run(computers, task);
  }

  void look_at(const Names& computers, const ExportTask& task, bool may_name_errors) {
    auto& first = add(
        fmt::format("On {}, see what the export could not read, and why.", in_sentence(computers)));
    first.beside = {see_errors(task), check_command(task) +
                                          " changes nothing and shows what you, an administrator, "
                                          "can read. What you can read and the task cannot, or the "
                                          "other way round, is a question of rights."};
    if (may_name_errors) {
      first.beside.push_back(fmt::format(
          "If it names an error by now: {}, and go on with the last step.", remove_cause));
    }
    if (&task == &license_server_task) {
      for (const auto& each : computers) first.beside.push_back(problems_of(each));
    }
  }

  // What the files say about the program that wrote them, and that they name no error.
  std::string writers_of(const Names& computers, const ExportTask& task) const {
    std::map<std::string_view, Names> by_script;
    for (const auto& each : computers) by_script[read(each).script].push_back(each);
    std::string text = "In the file that the agent read, `script` is ";
    bool is_first = true;
    for (const auto& [script, names] : by_script) {
      text += fmt::format("{}{}{} on {}", is_first ? "" : ", and ", script.empty() ? "missing" : "",
                          script.empty() ? "" : fmt::format("\"{}\"", script), in_sentence(names));
      is_first = false;
    }
    return text + fmt::format(
                      ", and no error is named. This release's script ({} {}) names one for each "
                      "fact that it cannot read.",
                      task.script, newest_script);
  }

  void replace_scripts(const Names& computers, const ExportTask& task) {
    add(fmt::format("On {}, replace the export scripts by those of this release.",
                    in_sentence(computers)))
        .beside = {writers_of(computers, task), keep_scripts_text(), copy_scripts_text(),
                   policy_scripts_text()};
  }

  // Another program wrote their exports, or a script that did not say its name yet.
  void use_scripts(const Names& computers, const ExportTask& task) {
    const auto on = in_sentence(computers);
    add(fmt::format("On {}, let this release's export script write the export.", on)).beside = {
        writers_of(computers, task),
        "C:\\Program Files\\cal_export is there: an old script may have written it. " +
            keep_scripts_text(),
        copy_scripts_text(),
        policy_scripts_text(),
        "C:\\Program Files\\cal_export is not there: another program wrote it, and its job on this "
        "computer or on another one has to end, since the newest export counts. Then " +
            registration_text(),
        accounts_text(other_exporter(computers, facts_)),
        account_kinds_text(),
        account_use_text(),
        unregistration_text()};
  }

  std::string copies_of(const Names& computers) const {
    constexpr std::size_t max_shown = 3;
    std::string files;
    for (const auto& each : std::span(computers).first(std::min(max_shown, computers.size()))) {
      files += " " + shell_word(read(each).file);
    }
    if (computers.size() > max_shown) files += " …";
    return files;
  }

  // This release's script wrote them, as they say, and yet they lack a fact without an error.
  void compare(const Names& computers, const ExportTask& task) {
    add(fmt::format("On {}, change no script: compare the export with its copy on {}.",
                    in_sentence(computers), agents_host(facts_.host)))
        .beside = {
        writers_of(computers, task),
        fmt::format("First stop the task, which replaces the file every 5 minutes: "
                    "`Disable-ScheduledTask -TaskPath '\\cal_export\\' -TaskName '{}'`. Go on when "
                    "`generated_at` is the same in both files; if it never is, what copies the "
                    "file does not run. On the computer: `(Get-Content \"{}\" -Raw | "
                    "ConvertFrom-Json).generated_at`; on the agent's host: `grep -ho "
                    "'\"generated_at\":[^,]*'{}`.",
                    task.name, file_of(task), copies_of(computers)),
        group_policy_text(task),
        fmt::format(
            "On the computer: `(Get-FileHash -Algorithm SHA256 \"{}\").Hash`. On the agent's host: "
            "`sha256sum{}`. Capitals do not matter.",
            file_of(task), copies_of(computers)),
        "They differ: what copies the file changes it, or does not copy it. Correct that.",
        "They are equal: it is a fault of cal_exporter, and the verdict stays as it is until a "
        "release that mends it. Report it to its maintainer (`dpkg -s "
        "cal-exporter` has the address), with the version (`cal_exporter --version`) and the "
        "message of this plan; of the file, only the "
        "part that the message names, without names of people and clients. Until then what "
        "Windows itself says counts: RD Licensing Diagnoser (lsdiag.msc) on the host.",
        fmt::format("At the end, in any case: `Enable-ScheduledTask -TaskPath '\\cal_export\\' "
                    "-TaskName '{}'`.",
                    task.name)};
  }

  void ask_for(const Names& hosts) {
    const auto all = fmt::format("{}", fmt::join(hosts, ", "));
    add(fmt::format("On {}, see whether it serves {}.", servers_of(group_), in_sentence(hosts)))
        .beside = {fmt::format(
        "As administrator (it only reads): `Get-CimInstance Win32_TSLicenseServer | "
        "Invoke-CimMethod -MethodName IsSecureAccessAllowed -Arguments @{{ tsname = '{}' }}`, for "
        "each host: `Allowed` is the answer, and a ReturnValue of 0 means that it was given.",
        hosts.front())};
    add(fmt::format("On {}, let the export script ask for {}: `-SessionHost {}` in the task's "
                    "action.",
                    servers_of(group_), in_sentence(hosts), all))
        .beside = {
        "The server serves only members of Terminal Server Computers, and its export does not say "
        "whether these hosts are. With -Check and -SessionHost, the script shows the answer and "
        "changes nothing."};
    run(servers(), license_server_task);
  }

  void upgrade() {
    add(fmt::format("Read the value by hand, and update cal_exporter on the agent's host: this "
                    "release does not know what it means. It concerns {}.",
                    hosts_of(group_)))
        .beside = {
        "It was exported, so that running the export again does not help. The runbook has the "
        "commands that show it, on the session host and on the license server (Diagnose)."};
  }

  void ask_itself(const Names& hosts) {
    read_ = exported_by(session_host_task, facts_);
    const auto on = in_sentence(hosts);
    add(fmt::format("On {}, see whether the scheduled task \"\\cal_export\\session host\" is "
                    "there.",
                    on))
        .beside = {see_task(session_host_task, on).beside.front(),
                   group_policy_text(session_host_task), asks_itself,
                   failed_text(session_host_task) + " Correct that, and leave out the next step.",
                   "It is there, and its result is 0: leave out the next step."};
    const auto other = other_exporter(hosts, facts_);
    add(fmt::format("Without it, register it on {}.", on)).beside = {
        by_policy_text(other) + " Otherwise " + registration_text(),
        accounts_text(other),
        account_kinds_text(),
        account_use_text(),
        unregistration_text(),
        no_script_may_run};
    run(hosts, session_host_task);
    auto& beside = steps_.back().beside;
    beside.push_back(fmt::format(
        "On {}, `grep -rHo '\"collected\":[^,]*' {}` shows of each file whether its computer wrote "
        "it (local) or another one asked for it (remote). Read it every minute for 10 minutes, and "
        "look at the files of {}.",
        agents_host(facts_.host), shell_word(facts_.exports.read_from.string()), on));
    beside.emplace_back(
        "There is only remote: the host's own file is not copied. Set that up first, as for the "
        "other hosts, then read again.");
    beside.emplace_back(
        "There is local and remote, in two files or in turn in one: the other computer still asks. "
        "Do the next step.");
    beside.emplace_back(
        "There is only local: the status page shows what the host reaches. Look once more after a "
        "day, since the other computer's job may run daily. If it is local then, leave out the "
        "next step.");
    add(fmt::format("Take {} out of the job on the other computer, if there is one: the newest "
                    "export of a host counts, and its own would be replaced.",
                    on))
        .beside = {fmt::format("Which computer that is, the exports do not say. On {}, `ls -l{}` "
                               "shows the owner of the file. That may be the user of the job that "
                               "copies it: then see in that job where it copies from.",
                               agents_host(facts_.host), copies_of(hosts)),
                   find_other_job, change_other_job};
  }

  void ask_again(const Names& hosts) {
    add(fmt::format("On {}, ask the license servers again.", in_sentence(hosts))).beside = {
        fmt::format(
            "As administrator, for each server (both only read): `Get-CimInstance -Namespace "
            "root\\CIMV2\\TerminalServices -ClassName Win32_TerminalServiceSetting | "
            "Invoke-CimMethod -MethodName GetTStoLSConnectivityStatus -Arguments @{{ ServerName = "
            "'{0}' }}`; `Test-NetConnection {0} -Port 135`.",
            group_.servers.front().name),
        "11, 9 or 8: it is reached, and the next export says so. 6: it is not, see the service "
        "Remote Desktop Licensing and the firewall. 0 or 7: Windows does not know it; Microsoft "
        "documents no more of these."};
    run(hosts, session_host_task);
  }

  void wait(const Names& hosts) {
    add(fmt::format("Wait for the next export of {}: it decides.", in_sentence(hosts))).beside = {
        "One failure may be a restart of the license server. The task runs every 5 minutes, as "
        "Register-CalExport.ps1 sets it up."};
  }

  const Group& group_;
  const Facts& facts_;
  std::map<std::string, Exported> read_ = {};  // of the computers that are looked at
  std::vector<RepairStep> steps_;
};

}  // namespace

std::vector<RepairStep> export_plan(const Group& group, const Facts& facts) {
  return ExportPlanner(group, facts).plan();
}

}  // namespace cal::session_host_licensing
