// Notifies the service manager that started this process (systemd) that it serves, reloads or
// stops, and that it is alive. Does nothing without one. Thread-safe.
#pragma once

#include "agent/base/clock.h"

#include <optional>
#include <string>

namespace cal::service_manager {

// `status` is shown to people, by `systemctl status`.
void ready(const std::string& status);
void reloading();  // until the next ready()
void stopping();

// Call it at least every `heartbeat()`, or the service manager restarts the process as hung. No
// value: no watchdog is configured.
void alive();
std::optional<Milliseconds> heartbeat();

}  // namespace cal::service_manager
