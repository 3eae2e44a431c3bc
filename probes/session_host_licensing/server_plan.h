// Which license servers hosts without any may be given, and where they are set. Pure.
#pragma once

#include "probes/session_host_licensing/plan_draft.h"

namespace cal::session_host_licensing {

// Group Policy and the broker were read of these hosts, and they have the same.
void plan_servers(PlanDraft& draft, const Batch& batch);

}  // namespace cal::session_host_licensing
