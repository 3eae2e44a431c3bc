// Changes of the licensing mode and the license servers of session hosts: in a policy, in the
// deployment of a connection broker, or on one host. Pure.
#pragma once

#include "agent/contract/repair.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cal::repair {

// Modes: 2 per device, 4 per user, 5 not set.
inline constexpr std::int64_t per_device = 2;
inline constexpr std::int64_t per_user = 4;

// All are without `text`, `beside` and the prediction, and empty if a name cannot be in a command.
// The policy object is asked for, by name or GUID; the default ones are refused, and one that is
// not linked above each of `hosts`. It is backed up first. `from`: what it sets now; empty:
// nothing.
std::optional<RepairStep> set_policy_mode(std::optional<std::int64_t> from, std::int64_t to,
                                          const std::vector<std::string>& hosts);
// For a policy object that sets the mode, and no servers yet.
std::optional<RepairStep> set_policy_servers(const std::vector<std::string>& to,
                                             const std::vector<std::string>& hosts);

struct Deployment {
  std::int64_t mode;
  std::vector<std::string> servers;
};

// On the connection broker. Only what differs is written. Empty also if the list of servers would
// become empty.
std::optional<RepairStep> set_deployment(const Deployment& from, const Deployment& to);

// On a host itself, which has no list yet.
std::optional<RepairStep> set_own_servers(const std::vector<std::string>& to);

}  // namespace cal::repair
