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

// What follows from that. `to_agent`: how the file gets to the agent.
RepairStep after_seeing(const ExportTask& task, std::string to_agent);

RepairStep run_task(const ExportTask& task, std::string_view computers);

// How the task is created, for people.
std::string registration_text();

// Where the accounts that it takes can be read.
std::string accounts_text();

// The command that shows what the script cannot read, with its backquotes.
std::string check_command(const ExportTask& task);

// The file on its computer: "C:\ProgramData\cal_export\key_packs\key_packs.json".
std::string file_of(const ExportTask& task);

}  // namespace cal
