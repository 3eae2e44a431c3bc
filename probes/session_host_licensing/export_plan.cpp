#include "probes/session_host_licensing/export_plan.h"

#include "agent/base/text.h"
#include "probes/farm/server_names.h"
#include "probes/host_verdict/reasons.h"
#include "probes/session_host_licensing/phrases.h"
#include "probes/shared/export_task.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

namespace cal::session_host_licensing {

namespace {

using Names = std::vector<std::string>;

std::string see_errors(const ExportTask& task) {
  return fmt::format(
      "As administrator (it only reads): `$e = Get-Content \"{}\" -Raw | ConvertFrom-Json; "
      "$e.script; $e.errors | Format-List key, error`. The errors are those that the task met, "
      "which runs as SYSTEM.",
      file_of(task));
}

// There is no export of these computers that can be used.
std::vector<RepairStep> plan_for_absent(const std::string& computers, const ExportTask& task) {
  std::vector<RepairStep> steps{see_task(task, computers)};
  steps.back().beside.push_back(fmt::format(
      "A task that Group Policy created (config/windows/rollout) is named `cal_export {}`, below "
      "`\\`, and writes to your share.",
      task.name));
  steps.push_back(after_seeing(
      task,
      "it does not reach the agent. You set up how it gets into the folder of `exports` (a share, "
      "scp, Ansible): see whether that runs, and whether the agent's user may read the file."));
  if (&task == &session_host_task) {
    steps.back().beside.emplace_back(
        "The export is from the future: correct the computer's clock. The host was removed on "
        "purpose: delete its export, and list it under `retired`.");
  }
  steps.push_back(run_task(task, computers));
  return steps;
}

class ExportPlanner {
 public:
  ExportPlanner(const Group& group, const Facts& facts) : group_(group), facts_(facts) {}

  std::vector<RepairStep> plan() {
    if (is_silent(*group_.reason)) {
      steps_ = plan_for_absent(in_sentence(names()), session_host_task);
    } else if (group_.reason == &reason("server_not_exported")) {
      steps_ = plan_for_absent(in_sentence(servers()), license_server_task);
    } else {
      std::map<ExportGap, Names> gaps;
      for (const auto* host : group_.hosts) gaps[host->gap].push_back(host->host);
      for (const auto& [gap, hosts] : gaps) fill(gap, hosts);
    }
    auto& beside = steps_.front().beside;
    beside.insert(beside.begin(), {is_silent(*group_.reason) ? texts_of(group_) : "", affected()});
    for (auto& step : steps_) std::erase(step.beside, "");
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

  // Null: there is no export of this name.
  template <class Computer>
  static const Computer* find(const std::vector<Computer>& computers, const std::string& name) {
    const auto found =
        std::ranges::find(computers, farm::short_name(name),
                          [](const Computer& each) { return farm::short_name(each.name); });
    return found == computers.end() ? nullptr : &*found;
  }

  bool names_errors(const std::string& name, const ExportTask& task) const {
    if (&task == &session_host_task) {
      const auto* const host = find(facts_.exports.hosts, name);
      return host && host->names_errors;
    }
    const auto* const server = find(facts_.exports.servers, name);
    return server && server->names_errors;
  }

  std::string problems_of(const std::string& server) const {
    const auto* const data = find(facts_.exports.servers, server);
    if (!data || data->problems.empty()) return {};
    return fmt::format("{}: {}.", server, fmt::join(data->problems, "; "));
  }

  // The exports of these computers lack a fact.
  void complete(const Names& computers, const ExportTask& task) {
    Names with;
    Names without;
    for (const auto& each : computers) {
      (names_errors(each, task) ? with : without).push_back(each);
    }
    auto& first = add(
        fmt::format("On {}, see what the export could not read, and why.", in_sentence(computers)));
    first.beside = {see_errors(task),
                    check_command(task) +
                        " changes nothing and shows what you, an administrator, "
                        "can read. What only one of the two can read is a question "
                        "of rights."};
    if (&task == &license_server_task) {
      for (const auto& each : computers) first.beside.push_back(problems_of(each));
    }
    if (!with.empty()) {
      add(fmt::format("On {}, remove the cause that the error names: enable the log that is "
                      "disabled, or give back the right that is missing.",
                      in_sentence(with)))
          .beside = {
          fmt::format("The task has to run as SYSTEM (it only reads): "
                      "`(Get-ScheduledTask -TaskPath '\\cal_export\\' -TaskName "
                      "'{}').Principal.UserId`.",
                      task.name)};
    }
    if (!without.empty()) replace_scripts(without, task);
    run(computers, task);
  }

  // Their exports name no error, which this release's script does for each fact that it cannot
  // read.
  void replace_scripts(const Names& computers, const ExportTask& task) {
    const bool is_one = computers.size() == 1;
    const auto on = in_sentence(computers);
    add(fmt::format(
            "On {}, if `script` is not \"{} 1\", replace the export scripts by those of this "
            "release.",
            on, task.script))
        .beside = {
        fmt::format("The {} of {} {} no error for what is missing, as this release's script does: "
                    "an older script wrote {}, or another program.",
                    is_one ? "export" : "exports", on, is_one ? "names" : "name",
                    is_one ? "it" : "them"),
        "First keep the old ones, as administrator: `Copy-Item 'C:\\Program Files\\cal_export' "
        "\"C:\\Program Files\\cal_export-$(Get-Date -Format yyyyMMdd-HHmmss)\" -Recurse`. To undo "
        "it, copy what is in that folder back.",
        "Then copy config/windows of this release to the computer, and in that folder: "
        "`Unblock-File *.ps1; Copy-Item *.ps1 'C:\\Program Files\\cal_export'`. The tasks "
        "and their accounts stay as they are.",
        "If Group Policy copies the scripts (config/windows/rollout), replace them in its source "
        "folder, or it brings the old ones back."};
    auto& other = add(fmt::format(
        "On {}, if `script` is \"{} 1\", change no script: compare the file with "
        "its copy of the same `generated_at` in the folder of `exports` on the agent's host.",
        on, task.script));
    other.is_alternative = true;
    other.beside = {
        "They differ: what copies the file changes it, so correct that.",
        "They are equal: it is a fault of cal_exporter. Keep the file, and report it with the "
        "version (`cal_exporter --version`)."};
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
    const auto on = in_sentence(hosts);
    add(fmt::format("On {}, see whether the scheduled task \"\\cal_export\\session host\" is "
                    "there.",
                    on))
        .beside = {see_task(session_host_task, on).beside.front(),
                   "The task asks the license servers from the host itself, as SYSTEM. The exports "
                   "that the agent read were not written like that, or do not say it."};
    add(fmt::format("Without it, register it on {}.", on)).beside = {
        capitalized(registration_text()), accounts_text(),
        "You set up how its file gets into the folder of `exports`: as those of the other hosts.",
        "If no script may run on these hosts, their verdict stays as it is: from another computer, "
        "nobody sees what a host reaches."};
    add(fmt::format("Take {} out of the job on the other computer, if there is one: the newest "
                    "export of a host counts, and its own would be replaced.",
                    on))
        .beside = {
        "It is the one that runs Export-RemoteFarm.ps1 -SessionHost, or Export-SessionHost.ps1 "
        "-ComputerName. Which computer that is, the exports do not say: the person who set it up "
        "knows, "
        "or the owner of the file in the folder of `exports`."};
    run(hosts, session_host_task);
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
  std::vector<RepairStep> steps_;
};

}  // namespace

std::vector<RepairStep> export_plan(const Group& group, const Facts& facts) {
  return ExportPlanner(group, facts).plan();
}

std::vector<RepairStep> plan_without_exports() {
  return plan_for_absent("each session host", session_host_task);
}

}  // namespace cal::session_host_licensing
