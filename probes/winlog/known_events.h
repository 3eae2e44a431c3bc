// The table of known events of the licensing providers: the meaning of each, what it points to and
// the first step. Pure. IDs collide between the providers (4, 9 and 12 of EBS are also IDs of RDS),
// so provider and ID are always matched together.
#pragma once

#include "agent/contract/cause.h"
#include "probes/winlog/provider.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace cal::winlog {

enum class EventKind {
  activation_success,
  activation_failure,
  assignment_failure,
  refusal,          // an assignment failure: users are refused now
  warning,          // nobody is refused by it, as far as is known, but somebody may be soon
  directory_fault,  // event 12 of EBS: counts only together with an activation failure
  hint,             // shown only together with a failure of the same source and cause
  note,
};

// A row of the table of known events. `cause` and `strength` apply if no error code decides.
struct KnownEvent {
  Source source;
  std::uint32_t id;
  EventKind kind;
  std::string_view meaning;  // begins in lower case
  std::optional<Cause> cause = std::nullopt;
  Strength strength = Strength::weak;
  std::string_view step = {};  // the first step; empty: that of the cause
  // The index of the datum with an error code that decides the cause.
  std::optional<std::size_t> code_at = std::nullopt;
  // The index of the datum with a Windows error code that is shown and does not decide the cause.
  std::optional<std::size_t> shown_code_at = std::nullopt;
  // Whether the message's %1 and %2 are the affected user and the user's domain.
  bool names_user = false;
};

std::span<const KnownEvent> known_events();

// The event's row of the table; null if there is none.
const KnownEvent* known_event(Source source, std::uint32_t id);

}  // namespace cal::winlog
