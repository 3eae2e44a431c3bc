// Whether users are refused, now or later: every finding says it, in the same place. Pure.
#pragma once

#include "agent/base/clock.h"

#include <optional>
#include <string>
#include <vector>

namespace cal::session_host_licensing {

enum class Refusal {
  now,
  not_known,            // why is known
  not_checked,          // nor anything else about the host
  users_from,           // a date
  devices_from,         // a date, at the earliest
  devices_in_time,      // when their temporary licenses end
  devices_unactivated,  // the same, on a license server that is not activated
  grace,                // not while it lasts; what comes then is not known
  none_logged,          // per user, on a license server that is not activated
  not_enforced,         // per user
  other_server,         // gives the licenses
  first_of_each_start,  // once
  one_client,
  thrown_out,        // let in, but for an hour
  maybe_thrown_out,  // the same, if the version of Windows does it
  licenses_end,      // a date
  none,
};

// Hosts of a finding of which the same holds.
struct RefusalOnHosts {
  Refusal refusal;
  std::size_t hosts = 1;
  std::optional<SystemTime> at = std::nullopt;  // the earliest of them
  std::string why = {};                         // of the first of them
};

// "Nobody is refused yet; users are refused from 2026-12-06 on." `names`: of all the hosts.
std::string refusal_sentence(const std::vector<RefusalOnHosts>& found, const std::string& names);

}  // namespace cal::session_host_licensing
