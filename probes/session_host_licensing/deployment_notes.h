// What to know before the licensing of a deployment is changed, or a policy that wins over it is
// taken away: which session hosts it reaches, and what they ask for then. Pure.
#pragma once

#include "agent/contract/repair.h"
#include "probes/session_host_licensing/host_settings.h"
#include "probes/session_host_licensing/session_host_licensing.h"

#include <optional>
#include <string>

namespace cal::session_host_licensing {

// Where the commands are run, and for which hosts the change holds.
std::string where_to_run(const Batch& brokers);

// "Other session hosts that export. RDSH3: per user by policy, stays so." `to`: what is written.
// Empty: there are none.
std::string other_hosts_note(const Batch& batch, const farm::LicensingSettings& to,
                             const Facts& facts);

// "LS1: 6 of 10 free; LS2: not known", of licenses of this kind for the version of the host.
std::string free_licenses_text(const farm::SessionHost& host,
                               const std::vector<std::string>& servers, farm::LicenseKind kind,
                               const Facts& facts);

// "RDSH1 then asks for per-device licenses, …", with those that are free on these servers.
std::string what_they_ask_for(const Batch& batch, std::int64_t mode,
                              const std::vector<std::string>& servers, const Facts& facts);

// The others that get `to` if they are in this deployment, which no export says. Whether there are
// any.
bool give_to_others(const Batch& batch, const Facts& facts, const farm::LicensingSettings& to,
                    Facts& edited);

// The other way where policy and broker differ. Empty: without the policy the hosts would have no
// mode, or no license server.
std::optional<RepairStep> without_policy(const Batch& batch, const Facts& facts);

}  // namespace cal::session_host_licensing
