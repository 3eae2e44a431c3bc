#include "agent/commands/repair_reply.h"

#include "agent/base/text.h"

#include <vector>

namespace cal {

Response repair_reply(const Request& request, Rows rows, Runbook runbook, SystemTime now) {
  if (request.audience != Audience::trusted) {
    return {.status = 403,
            .body =
                "Run `cal_exporter repair` on the agent's machine. This path is served there, on "
                "localhost, and over TLS to a client with a password or a verified "
                "certificate.\n"};
  }
  if (!request.network.empty()) {
    std::erase_if(rows, [&](const Row& row) { return row.instance->network != request.network; });
    if (rows.empty()) return {.status = 404, .body = "there is no such network; see /\n"};
  }
  return {.content_type = "application/json",
          .body = printable_json(repair_json(rows, runbook, now)) + "\n"};
}

}  // namespace cal
