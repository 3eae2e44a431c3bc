// The scheduled tasks that Register-CalExport.ps1 (config/windows) creates on a Windows computer,
// as the steps of a plan: see a task, run it, register it. Pure.
#pragma once

#include "agent/contract/repair.h"

#include <string>
#include <string_view>

namespace cal {

struct ExportTask {
  std::string_view name;      // below \cal_export\.
  std::string_view computer;  // what it runs on
  std::string_view script;
  std::string_view folder;  // below C:\ProgramData\cal_export
  std::string_view file;
};

inline constexpr std::string_view named_after_computer = "$env:COMPUTERNAME.json";

inline constexpr ExportTask session_host_task{"session host", "the session host",
                                              "Export-SessionHost.ps1", "session_hosts",
                                              named_after_computer};
inline constexpr ExportTask license_server_task{"license server", "the license server",
                                                "Export-LicenseServer.ps1", "license_servers",
                                                named_after_computer};
inline constexpr ExportTask key_packs_task{"key packs", "the license server", "Export-KeyPacks.ps1",
                                           "key_packs", "key_packs.json"};

// Its last run and the age of its file. It only reads.
RepairStep see_task(const ExportTask& task, std::string_view computers);

// What follows from that. `to_agent`: how the file gets to the agent. `other`: a computer that has
// such tasks; empty: none is known.
RepairStep after_seeing(const ExportTask& task, std::string to_agent, std::string_view other = {});

RepairStep run_task(const ExportTask& task, std::string_view computers);

// How the task is created, for people: with which accounts, and how it is taken back.
std::string by_policy_text(std::string_view other = {});
std::string registration_text();
std::string account_kinds_text();
std::string account_use_text();
std::string accounts_text(std::string_view other = {});
std::string unregistration_text();

// Where the scripts of this release are, for people; how they replace those of the tasks: keep the
// old ones, copy the new ones, and what to mind with Group Policy.
std::string scripts_text();
std::string keep_scripts_text();
std::string copy_scripts_text();
std::string policy_scripts_text();

// That its result is not 0, and what to do then.
std::string failed_text(const ExportTask& task);

// The name of the task if Group Policy created it.
std::string group_policy_text(const ExportTask& task);

// The command that shows what the script cannot read, with its backquotes.
std::string check_command(const ExportTask& task);

// The file on its computer: "C:\ProgramData\cal_export\key_packs\key_packs.json".
std::string file_of(const ExportTask& task);

}  // namespace cal
