#include "agent/commands/service_manager.h"

#include <systemd/sd-daemon.h>

#include <cstdint>

namespace cal::service_manager {

namespace {

// A manager that cannot be told is no reason to stop working, so the results are not looked at.
void tell(const std::string& lines) { sd_notify(0, lines.c_str()); }

}  // namespace

void ready(const std::string& status) { tell("READY=1\nSTATUS=" + status); }
void reloading() { tell("RELOADING=1"); }
void stopping() { tell("STOPPING=1"); }
void alive() { tell("WATCHDOG=1"); }

std::optional<Milliseconds> heartbeat() {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
  // Half of the manager's patience, as sd_watchdog_enabled(3) recommends.
  return std::chrono::duration_cast<Milliseconds>(std::chrono::microseconds(microseconds / 2));
}

}  // namespace cal::service_manager
