// A Remote Desktop license server, as its export describes it (config/farm_export.schema.json). An
// empty optional was not read.
#pragma once

#include "probes/farm/session_host.h"
#include "probes/inventory/times.h"

namespace cal::farm {

enum class LicenseKind { device, user };

std::string_view name_of(LicenseKind kind);  // "per device", "per user"

// A pack whose licenses count: temporary, built-in and overused ones have their own counts below.
struct KeyPack {
  std::string id;
  LicenseKind kind;
  std::int64_t version;  // ProductVersionID
  std::int64_t total;
  std::int64_t issued;
  std::optional<inventory::TimeRange> ends = std::nullopt;  // empty: never
};

struct KeyPacks {
  std::vector<KeyPack> packs = {};
  std::optional<std::int64_t> temporary_issued = 0;  // empty: not known of every row
  // Users who were given a license that no pack of their version had (KeyPackType 7 and 8, and
  // packs of 0).
  std::vector<KeyPack> overused = {};
  std::vector<std::string> not_understood = {};  // rows, for people; empty: all of them are counted
};

// Issued licenses that expire in the same week.
struct IssuedLicenses {
  std::optional<LicenseKind> kind;  // empty: the holder is not named
  std::optional<std::int64_t> version;
  std::optional<std::int64_t> status;  // 1 temporary, 2 active, 4 revoked
  std::optional<SystemTime> week;      // its Monday
  std::int64_t count;
};

struct AllowedHost {
  std::string name;
  std::optional<bool> allowed;
};

struct LicenseServer {
  std::string name;
  SystemTime data_at;
  std::string dns_name = {};
  std::vector<std::string> addresses = {};
  Collected collected = Collected::local;
  std::optional<std::string> domain = std::nullopt;
  std::optional<std::int64_t> os_build = std::nullopt;
  std::optional<bool> role_installed = std::nullopt;
  std::optional<std::int64_t> activation_status = std::nullopt;
  std::optional<bool> in_license_servers_group = std::nullopt;
  std::optional<bool> security_group_policy = std::nullopt;
  std::optional<bool> workgroup_auth_enforced = std::nullopt;
  std::optional<std::vector<AllowedHost>> hosts = std::nullopt;
  std::optional<KeyPacks> key_packs = std::nullopt;
  std::optional<std::vector<IssuedLicenses>> issued = std::nullopt;
  std::optional<SystemTime> last_issued_at = std::nullopt;
  std::optional<std::vector<LoggedEvent>> events = std::nullopt;
  std::size_t events_not_understood = 0;  // beside them: without an ID or a time
  std::vector<std::string> problems = {};
  bool names_errors = false;  // its `errors` are among them
  std::string script = {};    // name and version of what wrote it; empty: not said
  std::string file = {};      // on the agent's host, that it was read from
};

}  // namespace cal::farm
