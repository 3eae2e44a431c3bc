#include "probes/shared/export_task.h"

#include <fmt/format.h>

namespace cal {

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

RepairStep after_seeing(const ExportTask& task, std::string to_agent) {
  RepairStep step{"Do what follows from it."};
  step.beside = {"There is no task: " + registration_text(), accounts_text(),
                 fmt::format("The task is there, and its result is not 0: {} changes nothing and "
                             "names what is missing. It runs as you, the task as SYSTEM.",
                             check_command(task)),
                 "The result is 0 and the file is new: " + std::move(to_agent)};
  return step;
}

RepairStep run_task(const ExportTask& task, std::string_view computers) {
  RepairStep step{fmt::format("On {}, run the task \"\\cal_export\\{}\", and read its result: 0.",
                              computers, task.name)};
  step.beside = {fmt::format(
      "As administrator: `Start-ScheduledTask -TaskPath '\\cal_export\\' -TaskName '{0}'`, and "
      "when "
      "it has ended `(Get-ScheduledTaskInfo -TaskPath '\\cal_export\\' -TaskName "
      "'{0}').LastTaskResult`. By itself it runs every 5 minutes, if Register-CalExport.ps1 set it "
      "up.",
      task.name)};
  return step;
}

std::string registration_text() {
  return "copy config/windows of this release to the computer, and run there, as administrator, "
         "`.\\Register-CalExport.ps1 -EventAccount ACCOUNT -Reader READER -Check`, which shows "
         "what it would register; then the same without -Check. It copies the scripts to "
         "C:\\Program Files\\cal_export and registers the tasks of the computer's roles, this one "
         "as SYSTEM.";
}

std::string accounts_text() {
  return "ACCOUNT and READER are those of the other computers. On one that has the tasks, "
         "`(Get-ScheduledTask -TaskPath '\\cal_export\\' -TaskName 'licensing "
         "events').Principal.UserId` is ACCOUNT, and `icacls C:\\ProgramData\\cal_export` lists "
         "READER beside SYSTEM and Administrators.";
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
