// What changed on session hosts and their license servers since they last got licenses. To put that
// back comes before anything is bought or given up. Pure.
#pragma once

#include "probes/farm/server_names.h"
#include "probes/session_host_licensing/groups.h"
#include "probes/session_host_licensing/session_host_licensing.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace cal::session_host_licensing {

// Of the hosts that get licenses, what they have now is remembered for the next fault.
void remember_licensed(Facts& facts, const std::vector<HostVerdict>& verdicts);

// The same change of several hosts, or of several servers.
struct Change {
  std::string what;  // "licensing mode"
  bool of_servers;   // otherwise of hosts
  std::vector<std::string> names;
  std::string was;
  std::string is;

  bool operator==(const Change&) const = default;
};

struct Changes {
  std::vector<std::string> hosts = {};  // of which the past is known
  std::optional<SystemTime> licensed_at =
      std::nullopt;  // the latest of them; empty: there are none
  std::vector<Change> changes = {};
  const farm::Licensed* before = nullptr;  // of the first one
  bool is_of_all = true;                   // the past of each host is known

  bool has(std::string_view what) const;

  // That of all the hosts, if they had the same and have the same; otherwise null.
  const Change* common(std::string_view what) const;
};

inline constexpr std::string_view mode_changed = "licensing mode";
inline constexpr std::string_view list_changed = "list of license servers";
inline constexpr std::string_view domain_changed = "domain";
inline constexpr std::string_view windows_changed = "version of Windows";
inline constexpr std::string_view group_policy_changed = "policy License server security group";
inline constexpr std::string_view packs_changed = "license packs";

inline constexpr std::string_view a_workgroup = "a workgroup";  // in place of a domain

// Of the hosts of a group, as far as they export.
std::vector<const farm::SessionHost*> exports_of(const Group& group, const Facts& facts);

// What is remembered. The facts must outlive it.
class Past {
 public:
  explicit Past(const Facts& facts);

  // Of these hosts, which are among the exports.
  Changes changes_of(const std::vector<const farm::SessionHost*>& hosts) const;

 private:
  const farm::Licensed* licensed(const farm::SessionHost& host) const;

  const Facts& facts_;
  farm::ServerNames servers_;
  // By short name in lower case, of hosts that export no more; null: several.
  std::map<std::string, const farm::Licensed*, std::less<>> gone_;
};

// "RDSH1 and RDSH2 got licenses until 02:10 UTC. Changed since then: the licensing mode (was: per
// user; is: not set)." Empty: nothing changed, or it is not known.
std::string changes_sentence(const Changes& changes, SystemTime now);

}  // namespace cal::session_host_licensing
