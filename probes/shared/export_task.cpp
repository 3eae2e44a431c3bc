#include "probes/shared/export_task.h"

#include "agent/base/version.h"

#include <fmt/format.h>

namespace cal {

namespace {

// A computer that has the tasks, if one is known.
std::string maybe(std::string_view computer) {
  return computer.empty() ? std::string() : fmt::format(" (maybe {})", computer);
}

}  // namespace

RepairStep see_task(const ExportTask& task, std::string_view computers) {
  RepairStep step{
      fmt::format("On {}, see the last run of the scheduled task \"\\cal_export\\{}\", and how old "
                  "its file is.",
                  computers, task.name)};
  step.beside = {
      fmt::format("As administrator (it only reads): `Get-ScheduledTask -TaskPath '\\cal_export\\' "
                  "-TaskName '{}' | Get-ScheduledTaskInfo | Format-List LastRunTime, "
                  "LastTaskResult` (0 is good); `Get-Item \"{}\" | Format-List LastWriteTime`.",
                  task.name, file_of(task))};
  return step;
}

RepairStep after_seeing(const ExportTask& task, std::string to_agent, std::string_view other) {
  RepairStep step{"Do what follows from it."};
  step.beside = {"There is no task. " + by_policy_text(other) + " Otherwise " + registration_text(),
                 accounts_text(other),
                 account_kinds_text(),
                 account_use_text(),
                 unregistration_text(),
                 failed_text(task),
                 fmt::format("The last run is old: `Enable-ScheduledTask -TaskPath "
                             "'\\cal_export\\' -TaskName '{}'`, in case it is disabled; undone by "
                             "Disable-ScheduledTask. If it stays old, register it again, as above.",
                             task.name),
                 "The result is 0 and the file is new: " + std::move(to_agent)};
  return step;
}

RepairStep run_task(const ExportTask& task, std::string_view computers) {
  RepairStep step{fmt::format("On {}, run the task \"\\cal_export\\{}\", and read its result: 0.",
                              computers, task.name)};
  step.beside = {fmt::format(
      "As administrator: `Start-ScheduledTask -TaskPath '\\cal_export\\' -TaskName '{0}'`, and "
      "when it has ended `(Get-ScheduledTaskInfo -TaskPath '\\cal_export\\' -TaskName "
      "'{0}').LastTaskResult`. By itself it runs every 5 minutes, if Register-CalExport.ps1 set it "
      "up. A task of Group Policy: `-TaskPath '\\' -TaskName 'cal_export {0}'` in both.",
      task.name)};
  return step;
}

std::string by_policy_text(std::string_view other) {
  return fmt::format(
      "See whether the other computers have theirs by Group Policy: on one{}, `Get-ScheduledTask "
      "-TaskPath '\\' | Where-Object TaskName -like 'cal_export *'` lists it. If so, let that "
      "policy object apply to this one, too: it has a task for each role.",
      maybe(other));
}

std::string registration_text() {
  return fmt::format(
      "copy {} to the computer. In that copy, as administrator: `Unblock-File *.ps1; "
      ".\\Register-CalExport.ps1 -EventAccount ACCOUNT -Reader READER -Check` shows what it would "
      "register; then run it without -Check. It copies the scripts to C:\\Program "
      "Files\\cal_export and registers the tasks of the computer's roles, this one as SYSTEM.",
      scripts_text());
}

std::string account_kinds_text() {
  return "ACCOUNT is a group managed service account (DOMAIN\\NAME$); the script asks for no "
         "password. Make it a member of this computer's group Event Log Readers (on a domain "
         "controller, of the domain's): `Add-LocalGroupMember -SID S-1-5-32-573 -Member "
         "'DOMAIN\\NAME$'`, undone by Remove-LocalGroupMember. It needs no other group. READER is "
         "the account or group that reads the files.";
}

std::string account_use_text() {
  return "Only the task 'licensing events' needs ACCOUNT, and it is registered last: if Windows "
         "refuses ACCOUNT, the script ends with that error, and the tasks that run as SYSTEM are "
         "there all the same. When this computer may use ACCOUNT, run the script again. With the "
         "ActiveDirectory module "
         "(`Install-WindowsFeature RSAT-AD-PowerShell`), `Test-ADServiceAccount NAME` is True if "
         "this computer may use ACCOUNT. If not, `$old = @((Get-ADServiceAccount NAME -Properties "
         "PrincipalsAllowedToRetrieveManagedPassword).PrincipalsAllowedToRetrieveManagedPassword); "
         "$old` lists those that may: keep the list. If a group is in it, add the computer to that "
         "group, and restart the computer in a maintenance window, one computer after the other: "
         "all sessions on it end. If no group is in it, `Set-ADServiceAccount NAME "
         "-PrincipalsAllowedToRetrieveManagedPassword ($old + (Get-ADComputer "
         "COMPUTER).DistinguishedName)`; to undo it, the same with `$old` alone.";
}

std::string accounts_text(std::string_view other) {
  return fmt::format(
      "ACCOUNT and READER are those of the other computers. Each on which Register-CalExport.ps1 "
      "ran has the task "
      "'licensing events', whatever its role. On such a one{}, `(Get-ScheduledTask -TaskPath "
      "'\\cal_export\\' -TaskName 'licensing events').Principal.UserId` is ACCOUNT, and `icacls "
      "C:\\ProgramData\\cal_export` lists READER beside SYSTEM and Administrators.",
      maybe(other));
}

std::string unregistration_text() {
  return "To undo the registration, where no task was there before: `Get-ScheduledTask -TaskPath "
         "'\\cal_export\\' | "
         "Unregister-ScheduledTask`. If the folders C:\\Program Files\\cal_export and "
         "C:\\ProgramData\\cal_export were not there before, delete them, too. ACCOUNT keeps the "
         "right \"Log on as a "
         "batch job\": if -Check had said that it was not granted, remove ACCOUNT from it in "
         "secpol.msc, Local Policies, User Rights Assignment.";
}

std::string scripts_text() {
  return fmt::format(
      "/usr/share/cal_exporter/windows of the agent's host (from the package of cal_exporter {}; "
      "in its source it is config/windows)",
      version);
}

std::string keep_scripts_text() {
  return "First keep the old ones, as administrator: `Copy-Item 'C:\\Program Files\\cal_export' "
         "\"C:\\Program Files\\cal_export-$(Get-Date -Format yyyyMMdd-HHmmss)\" -Recurse`. To "
         "undo it, copy what is in that folder back.";
}

std::string copy_scripts_text() {
  return fmt::format(
      "Then copy {} to the computer, and in that copy: `Unblock-File *.ps1; Copy-Item *.ps1 "
      "'C:\\Program Files\\cal_export'`. The tasks and their accounts stay as they are.",
      scripts_text());
}

std::string policy_scripts_text() {
  return "If Group Policy copies the scripts (config/windows/rollout), replace them in its source "
         "folder, or it brings the old ones back.";
}

std::string failed_text(const ExportTask& task) {
  return fmt::format(
      "The task is there, and its result is not 0: {} changes nothing and names what is missing. "
      "It runs as you, the task as SYSTEM.",
      check_command(task));
}

std::string group_policy_text(const ExportTask& task) {
  return fmt::format(
      "A task that Group Policy created (config/windows/rollout) is named `cal_export {}`, below "
      "`\\`, and writes to your share.",
      task.name);
}

std::string check_command(const ExportTask& task) {
  return fmt::format(
      "`& 'C:\\Program Files\\cal_export\\{}' -Folder C:\\ProgramData\\cal_export\\{} -Check`",
      task.script, task.folder);
}

std::string file_of(const ExportTask& task) {
  return fmt::format("C:\\ProgramData\\cal_export\\{}\\{}", task.folder, task.file);
}

}  // namespace cal
