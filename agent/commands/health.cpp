#include "agent/commands/health.h"

#include "agent/base/terminal.h"
#include "agent/http/health_question.h"
#include "agent/http/web_access.h"

namespace cal {

namespace {
constexpr Milliseconds health_patience{5'000};
}  // namespace

int health(const CommandLine& line) {
  const auto access = WebAccess::load(line.web_config_file);
  if (!access) {
    lines_to_terminal(stderr, access.error().text());
    return 2;
  }
  const auto scheme = access->current().tls ? WebScheme::https : WebScheme::http;
  for (const auto& address : line.listen_addresses) {
    if (const auto fault = ask_for_health(address, scheme, health_patience); !fault.empty()) {
      to_terminal(stderr, "{}\n", fault);
      return 1;
    }
  }
  to_terminal(stdout, "the agent works\n");
  return 0;
}

}  // namespace cal
