// The events that the licensing providers are known to log: a table, with what each means, what it
// points to and what to do first. Pure. Ids collide between the providers (4, 9 and 12 of EBS are
// also ids of RDS), so that provider and id are always matched together.
#pragma once

#include "agent/contract/cause.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace cal::winlog {

enum class Source { ebs_cal, infrastructure_licensing, rds_licensing, rds_session_host };

inline constexpr std::array all_sources{Source::ebs_cal, Source::infrastructure_licensing,
                                        Source::rds_licensing, Source::rds_session_host};

std::string_view name_of(Source source);  // the value of a metric label
std::optional<Source> source_of(std::string_view provider);

// Whether the provider logs about licensing only. Of another one the events that the table does not
// have are none of ours.
bool is_all_licensing(Source source);

// The names of the providers, for filters.
std::span<const std::string_view> licensing_providers();

enum class EventKind {
  activation_success,
  activation_failure,
  assignment_failure,
  directory_fault,  // event 12 of EBS: tells only beside an activation failure
  hint,             // tells only beside a failure of the same source and cause
  note,
};

// A row of the table of known events. `cause` and `strength` hold where no error code decides.
struct KnownEvent {
  Source source;
  std::uint32_t id;
  EventKind kind;
  std::string_view meaning;  // begins in lower case
  std::optional<Cause> cause = std::nullopt;
  Strength strength = Strength::weak;
  std::string_view step = {};  // what to do first; empty: the cause's own
  // Which datum holds an error code that decides the cause.
  std::optional<std::size_t> code_at = std::nullopt;
  // Which datum holds an error code of Windows that is shown and decides nothing.
  std::optional<std::size_t> shown_code_at = std::nullopt;
  // The message's %1 and %2 are the user that it is about, and the user's domain.
  bool names_user = false;
};

std::span<const KnownEvent> known_events();

// The event's row of the table; null when there is none.
const KnownEvent* known_event(Source source, std::uint32_t id);

}  // namespace cal::winlog
