#include "agent/commands/service_manager.h"

#include <systemd/sd-daemon.h>

#include <cstdint>

namespace cal::service_manager {

namespace {

// The results are ignored: the agent works without its service manager.
void notify(const std::string& lines) { sd_notify(0, lines.c_str()); }

}  // namespace

void ready(const std::string& status) { notify("READY=1\nSTATUS=" + status); }
void reloading() { notify("RELOADING=1"); }
void stopping() { notify("STOPPING=1"); }
void alive() { notify("WATCHDOG=1"); }

std::optional<Milliseconds> heartbeat() {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
  // Half of the watchdog interval, as sd_watchdog_enabled(3) recommends.
  return std::chrono::duration_cast<Milliseconds>(std::chrono::microseconds(microseconds / 2));
}

}  // namespace cal::service_manager
