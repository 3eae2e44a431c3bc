// Which licensing mode hosts may be given, and where it is set. Pure.
#pragma once

#include "agent/contract/probe.h"
#include "probes/session_host_licensing/plan_draft.h"

#include <cstdint>

namespace cal::session_host_licensing {

// The mode is a question of the licenses that were bought: only what is installed and free. Group
// Policy and the broker were read of these hosts, and they have the same.
void plan_mode(PlanDraft& draft, const Batch& batch, const Reason& why);

// This mode, as a step that follows, if Group Policy and the broker were read, and such licenses
// are free.
void offer_mode(PlanDraft& draft, const Batch& batch, std::int64_t mode);

}  // namespace cal::session_host_licensing
