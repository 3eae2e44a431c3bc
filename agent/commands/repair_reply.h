// The reply of /api/v1/repair?network=NETWORK: the document of `repair --format json`. Pure.
#pragma once

#include "agent/commands/repair_output.h"
#include "agent/http/message.h"
#include "agent/run/board.h"

namespace cal {

// 403 for a client that is not trusted, 404 for a network that is not there. Without a network:
// all.
Response repair_reply(const Request& request, Rows rows, Runbook runbook, SystemTime now);

}  // namespace cal
