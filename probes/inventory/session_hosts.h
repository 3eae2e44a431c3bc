// Remote Desktop session hosts: the licensing mode of each, and the rest of its grace period, as
// config/windows/Export-SessionHost.ps1 writes them (MicrosoftDocs/win32, TermServ:
// win32-terminalservicesetting.md, getgraceperioddays-win32-terminalservicesetting.md).
#pragma once

#include "agent/base/clock.h"
#include "probes/inventory/table_file.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace cal::inventory {

// Bounds the labels of metrics: a file or folder with more hosts is a fault.
inline constexpr std::size_t max_session_hosts = 200;

// LicensingType of Win32_TerminalServiceSetting: 2 per device, 4 per user.
bool mode_is_set(std::int64_t licensing_type);
// 0, 1, 3 and 5: Microsoft's pages call different ones of these "not configured".
bool mode_is_not_set(std::int64_t licensing_type);

struct SessionHost {
  std::string name;
  std::int64_t licensing_type;  // as exported: 2 per device, 4 per user, 6 another scheme
  std::int64_t days_left;       // of the grace period, when it was exported; 0: it is over
};

struct SessionHosts {
  std::vector<SessionHost> hosts;  // never empty
  SystemTime data_at;
};

struct SessionHostsFile {
  std::filesystem::path file;
  tl::expected<SessionHosts, FileFault> hosts;
};

// The hosts of a table that was read from this file.
tl::expected<SessionHosts, FileFault> session_hosts_of(const std::filesystem::path& file,
                                                       const TableFile& content,
                                                       std::size_t max = max_session_hosts);

// For a file, its hosts; for a folder, those of every .json and .csv file in it, by name, so that
// each host can write its own file. Never empty.
std::vector<SessionHostsFile> read_session_hosts(const std::filesystem::path& file_or_folder);

// The consequence of a host's mode and grace period for its users, from the worst to the best.
enum class HostState {
  unlicensed,    // the mode is not set, and the grace period is over: no user gets a license
  mode_not_set,  // the mode is not set, and the grace period has not ended yet
  not_known,     // nobody knows what its mode means
  grace_ending,  // the mode is set, but the host is still in its grace period, which ends soon
  in_order,
};

struct HostFinding {
  HostState state;
  std::string text;                      // "licensing mode per user; .."
  std::optional<SystemTime> grace_ends;  // to the day; empty: it is over
};

// Pure.
HostFinding judge_host(const SessionHost& host, SystemTime data_at, SystemTime now);

}  // namespace cal::inventory
