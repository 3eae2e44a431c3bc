// The licensing mode and the license servers of session hosts: where they are set, and the words
// for it in a plan. Pure.
#pragma once

#include "probes/farm/session_host.h"
#include "probes/repair/host_change.h"

#include <optional>
#include <string>
#include <vector>

namespace cal::session_host_licensing {

using Batch = std::vector<const farm::SessionHost*>;

// Where a setting is changed. Policy wins over the deployment (MS support, "Remote Desktop
// licensing mode is not configured").
enum class Place { policy, deployment, host };

bool is_mode(std::optional<std::int64_t> type);

// As the host exports them once these settings reach it from there.
void give(farm::SessionHost& host, Place place, const farm::LicensingSettings& settings);

// Empty: there is none, or it was not read.
std::optional<repair::Deployment> deployment_of(const farm::SessionHost& host);

// "per user, license servers LS1, LS2", without what is not set.
std::string settings_text(const farm::LicensingSettings& settings);

// What decides how its settings are changed: the same for all hosts of one step.
std::string state_of(const farm::SessionHost& host);

std::vector<std::string> names_in(const Batch& batch);

inline constexpr auto owned_by_another =
    "If the fault comes back, another policy or a management system sets it: change it there.";
inline constexpr auto local_policy =
    "By hand: the local policy (gpedit.msc) > Computer Configuration > Administrative Templates > "
    "Windows Components > Remote Desktop Services > Remote Desktop Session Host > Licensing > {}.";
inline constexpr auto domain_policy =
    "By hand: Group Policy Management > the policy object > Edit > Computer Configuration > "
    "Policies > Administrative Templates > Windows Components > Remote Desktop Services > Remote "
    "Desktop Session Host > Licensing > {}. To find its name, on one of the hosts, as "
    "administrator: `gpresult /scope computer /h C:\\gpresult.html`";
inline constexpr auto deployment_by_hand =
    "By hand: Server Manager > Remote Desktop Services > Overview > Deployment Properties > RD "
    "Licensing.";
inline constexpr auto see_where_it_is_set =
    "To see where it is set: `gpresult /scope computer /h C:\\gpresult.html` on one of the hosts, "
    "as administrator; `Get-RDLicenseConfiguration` on the connection broker.";
inline constexpr auto last_changed =
    "Which of the two was changed last is not known to the agent: for the policy object, Group "
    "Policy Management shows on its tab Details when it was modified.";
inline constexpr auto if_set_already =
    "If it stops because the policy object sets it already, that object does not reach the hosts: "
    "gpresult lists it as denied, with the reason. Correct its link or its filter (security, WMI), "
    "then run gpupdate /target:computer on the hosts; set nothing in another object.";
inline constexpr auto in_policy =
    "Run it in Windows PowerShell 5.1 with the modules GroupPolicy and ActiveDirectory (RSAT). It "
    "stops if the policy object is not linked above one of the hosts; filters it does not see, but "
    "gpresult shows whether the object is applied. It holds for all hosts that the object applies "
    "to, and on each from its next refresh on (gpupdate /target:computer). Do not set it in the "
    "registry of a host: the policy overwrites it.";

}  // namespace cal::session_host_licensing
