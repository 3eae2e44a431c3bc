// What earlier exports of the session hosts said: since when a host does not reach a server, and
// whether a grace period began again, and what a host had when it last got licenses. A probe keeps
// it across restarts. Pure.
#pragma once

#include "probes/farm/session_host.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cal::farm {

// A host that does not reach a server.
struct Outage {
  SystemTime since;
  std::int64_t exports = 1;  // in a row

  bool operator==(const Outage&) const = default;
};

// What can change between two exports, as text for people.
struct Fact {
  std::string what;    // "licensing mode"
  std::string server;  // of this license server; empty: of the host itself
  std::string value;   // "per user"

  bool operator==(const Fact&) const = default;
};

// When a host last got licenses.
struct Licensed {
  SystemTime at;  // the time of the export
  std::int64_t licensing_type = 0;
  std::vector<std::string> servers = {};  // its list
  std::vector<Fact> facts = {};           // about the host, and about these servers

  bool operator==(const Licensed&) const = default;
};

struct HostMemory {
  SystemTime seen;                             // the time of the newest export
  std::map<std::string, Outage> outages = {};  // by server, as listed
  std::optional<std::int64_t> days_left = std::nullopt;
  std::optional<SystemTime> os_installed_at = std::nullopt;
  std::optional<SystemTime> reset_at = std::nullopt;  // the export that had more days than before
  std::optional<Licensed> licensed = std::nullopt;    // empty: it was not seen with licenses

  bool operator==(const HostMemory&) const = default;
};

inline constexpr std::size_t max_remembered = 1000;

using Memory = std::map<std::string, HostMemory>;  // by key_of() a host

std::string key_of(const SessionHost& host);

// The memory after these exports. Hosts without one are kept for `keep`, at most max_remembered of
// all.
Memory remember(Memory memory, const std::vector<SessionHost>& hosts, SystemTime now,
                Milliseconds keep);

std::string saved(const Memory& memory);
// Empty if the text is not a memory.
std::optional<Memory> parse_memory(std::string_view text);

}  // namespace cal::farm
