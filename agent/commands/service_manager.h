// What the service manager that started this process (systemd) is told: that it serves, reloads or
// stops, and that it is alive. Without one nothing happens. Thread-safe.
#pragma once

#include "agent/base/clock.h"

#include <optional>
#include <string>

namespace cal::service_manager {

// `status` is shown to people, by `systemctl status`.
void ready(const std::string& status);
void reloading();  // until the next ready()
void stopping();

// To be said at least every `heartbeat()`, else the process counts as hanging and is restarted.
// No value: nobody listens.
void alive();
std::optional<Milliseconds> heartbeat();

}  // namespace cal::service_manager
