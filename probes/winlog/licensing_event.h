// What an event of a licensing provider says: its row of the table, with what its data add. Pure.
#pragma once

#include "probes/winlog/event.h"
#include "probes/winlog/known_events.h"

#include <cstdint>
#include <optional>
#include <string>

namespace cal::winlog {

struct LicensingEvent {
  const KnownEvent* known;  // null: an id that the table does not have
  Source source;
  EventKind kind = EventKind::note;
  std::optional<std::uint32_t> code = std::nullopt;
  std::optional<Cause> cause = std::nullopt;
  Strength strength = Strength::weak;
  std::string meaning;          // begins in lower case
  std::string named_user = {};  // DOMAIN\name of whom the event is about; may be empty
};

// Empty for every event that is not about licensing.
std::optional<LicensingEvent> decode(const Event& event);

}  // namespace cal::winlog
