// The meaning of a licensing provider's event: its row of the table, completed by its data. Pure.
#pragma once

#include "probes/events/event.h"
#include "probes/winlog/known_events.h"

#include <cstdint>
#include <optional>
#include <string>

namespace cal::winlog {

struct LicensingEvent {
  const KnownEvent* known;  // null: an ID that is not in the table
  Source source;
  EventKind kind = EventKind::note;
  std::optional<std::uint32_t> code = std::nullopt;
  std::optional<Cause> cause = std::nullopt;
  Strength strength = Strength::weak;
  std::string meaning;          // begins in lower case
  std::string named_user = {};  // DOMAIN\name of the affected user; may be empty
};

// Empty for every event that is not about licensing.
std::optional<LicensingEvent> decode(const Event& event);

}  // namespace cal::winlog
