#include "probes/license_compliance/file_plan.h"

#include "probes/shared/export_task.h"
#include "probes/shared/file_fault_step.h"

#include <fmt/format.h>

#include <utility>

namespace cal::license_compliance {

namespace {

using inventory::FileFault;
using inventory::FileFaultKind;

// That writes the file by default; null: it is exported by hand.
const ExportTask* task_of(std::string_view option) {
  if (option == "key_packs_file") return &key_packs_task;
  if (option == "session_hosts_file") return &session_host_task;
  return nullptr;
}

std::string affected(const ExportTask* task) {
  return fmt::format("No user is refused because of this: only {} not known.",
                     task == &session_host_task ? "the state of these session hosts is"
                                                : "the counts of licenses are");
}

std::string which_computer(const ExportTask& task) {
  return fmt::format("Which computer that is, the agent does not know: {}.",
                     &task == &key_packs_task
                         ? "the license server whose key packs are to be counted"
                         : "a file that was read has its name under `computer`");
}

std::vector<RepairStep> plan_for_task(const ExportTask& task, const std::filesystem::path& file,
                                      std::string_view option, std::string_view host,
                                      std::string_view writer) {
  const auto on = writer.empty() ? task.computer : writer;
  auto look = see_task(task, on);
  if (writer.empty()) look.beside.insert(look.beside.begin(), which_computer(task));
  look.beside.insert(look.beside.begin(), affected(&task));
  std::vector<RepairStep> steps{std::move(look)};
  steps.push_back(after_seeing(
      task, fmt::format("it does not reach {0}, where it is read as {1}. You set up how it gets "
                        "there (a share, scp, a log shipper): see whether that runs. There, `ls -l "
                        "{1}` shows its age, and {2}",
                        agents_host(host), file.string(), correct_option_text(option))));
  steps.push_back(run_task(task, on));
  return steps;
}

}  // namespace

std::vector<RepairStep> plan_for_fault(const FileFault& fault, std::string_view option,
                                       std::string_view host) {
  const auto* const task = task_of(option);
  if (task && fault.kind == FileFaultKind::missing) {
    return plan_for_task(*task, fault.file, option, host, "");
  }
  std::vector<RepairStep> steps{{step_for_file(fault, option, host)}};
  steps.front().beside = {affected(task)};
  if (task) {
    steps.front().beside.push_back(fmt::format(
        "By default, the scheduled task \"\\cal_export\\{}\" on {} writes it, as {}; it is run "
        "there by `Start-ScheduledTask -TaskPath '\\cal_export\\' -TaskName '{}'`.",
        task->name, task->computer, file_of(*task), task->name));
  }
  return steps;
}

std::vector<RepairStep> plan_for_stale(const std::filesystem::path& file, std::string_view option,
                                       std::string_view host, std::string_view writer) {
  const auto* const task = task_of(option);
  if (task) return plan_for_task(*task, file, option, host, writer);
  std::vector<RepairStep> steps{
      {fmt::format("Export the counts again, to {} on {}.", file.string(), agents_host(host))}};
  steps.front().beside = {affected(task),
                          "If the file is from the future, compare the clocks of both computers."};
  return steps;
}

}  // namespace cal::license_compliance
