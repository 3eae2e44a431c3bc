// A Remote Desktop session host, as its export describes it (config/farm_export.schema.json, where
// each member is explained). An empty optional was not read: that is neither 0 nor false nor an
// empty list.
#pragma once

#include "agent/base/clock.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cal::farm {

// Of one licensing event: the newest, and how many there were.
struct LoggedEvent {
  std::int64_t id;  // of Windows Server 2012 R2 and older, see event_id()
  SystemTime newest_at;
  std::int64_t count = 1;
  std::optional<std::int64_t> clients = std::nullopt;  // different clients or users
};

// Windows Server 2019 and newer log most licensing events of session hosts under the old number
// plus 49152: the old number of 50280 is 1128.
inline constexpr std::int64_t newer_offset = 49152;
std::int64_t event_id(std::int64_t logged);

// The newest of these events since `since`.
const LoggedEvent* newest_event(const std::optional<std::vector<LoggedEvent>>& events,
                                std::initializer_list<std::int64_t> ids, SystemTime since);

std::string mode_text(std::int64_t licensing_type);  // "per user", "not set", "LicensingType 6"

struct LicensingSettings {
  std::optional<std::int64_t> licensing_type;
  std::optional<std::vector<std::string>> servers;
};

// What GetTStoLSConnectivityStatus returned for a listed server.
struct Contact {
  std::string server;
  std::optional<std::int64_t> status;
  std::optional<bool> port_135;
  std::string error = {};
};

// Who asked the computer: itself, or another one. unknown: its export does not say.
enum class Collected { local, remote, unknown };

struct SessionHost {
  std::string name;
  SystemTime data_at;
  std::string dns_name = {};
  Collected collected = Collected::local;
  std::optional<std::string> domain = std::nullopt;  // an empty text: a workgroup
  std::string collection = {};
  std::optional<std::int64_t> os_build = std::nullopt;
  std::optional<SystemTime> os_installed_at = std::nullopt;
  std::optional<std::int64_t> terminal_server_mode = std::nullopt;
  std::optional<std::int64_t> allow_connections = std::nullopt;
  std::optional<std::int64_t> logons = std::nullopt;
  std::optional<std::int64_t> drain_mode = std::nullopt;
  std::optional<std::int64_t> licensing_type = std::nullopt;
  std::string licensing_type_source = {};
  std::optional<std::vector<std::string>> specified_servers = std::nullopt;
  std::optional<std::vector<std::string>> registered_servers = std::nullopt;
  std::optional<LicensingSettings> policy = std::nullopt;
  std::optional<LicensingSettings> broker = std::nullopt;
  std::optional<std::int64_t> days_left = std::nullopt;
  std::optional<bool> certificate_present = std::nullopt;
  std::optional<std::vector<Contact>> contacts = std::nullopt;
  std::optional<std::vector<LoggedEvent>> events = std::nullopt;
  std::size_t events_not_understood = 0;   // beside them: without an ID or a time
  std::vector<std::string> problems = {};  // what could not be read, for people
  bool names_errors = false;               // its `errors` are among them
  std::string script = {};                 // name and version of what wrote it; empty: not said
  std::string file = {};                   // on the agent's host, that it was read from

  // The end of its grace period, to the day; not in the future: it is over.
  std::optional<SystemTime> grace_ends() const;
};

}  // namespace cal::farm
