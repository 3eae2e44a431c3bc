#include "probes/farm/session_host.h"

#include "probes/inventory/session_hosts.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal::farm {

std::int64_t event_id(std::int64_t logged) {
  return logged > newer_offset ? logged - newer_offset : logged;
}

const LoggedEvent* newest_event(const std::optional<std::vector<LoggedEvent>>& events,
                                std::initializer_list<std::int64_t> ids, SystemTime since) {
  const LoggedEvent* newest = nullptr;
  if (!events) return newest;
  for (const auto& event : *events) {
    if (std::ranges::find(ids, event.id) == ids.end() || event.newest_at < since) continue;
    if (!newest || event.newest_at > newest->newest_at) newest = &event;
  }
  return newest;
}

std::string mode_text(std::int64_t licensing_type) {
  if (licensing_type == 2) return "per device";
  if (licensing_type == 4) return "per user";
  if (inventory::mode_is_not_set(licensing_type)) return "not set";
  return fmt::format("LicensingType {}", licensing_type);
}

std::optional<SystemTime> SessionHost::grace_ends() const {
  if (!days_left) return std::nullopt;
  if (*days_left == 0) return data_at;
  return std::chrono::floor<std::chrono::days>(data_at) + std::chrono::days(*days_left);
}

}  // namespace cal::farm
