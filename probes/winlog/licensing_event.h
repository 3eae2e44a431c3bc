// What an event of a licensing provider means. Pure. Ids collide between the providers (4, 9 and 12
// of EBS are also ids of RDS), so that provider and id are always matched together.
#pragma once

#include "agent/cause.h"
#include "probes/winlog/error_code.h"
#include "probes/winlog/event.h"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cal::winlog {

enum class Source { ebs_cal, infrastructure_licensing, rds_licensing };

std::string_view name_of(Source source);  // the value of a metric label
std::optional<Source> source_of(std::string_view provider);

// The names of the providers, for filters.
std::span<const std::string_view> licensing_providers();

enum class EventKind {
  activation_success,
  activation_failure,
  assignment_failure,
  directory_fault,  // event 12: tells only beside an activation failure
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
  std::optional<std::size_t> code_at = std::nullopt;  // which datum holds an error code
};

std::span<const KnownEvent> known_events();

struct LicensingEvent {
  const KnownEvent* known;  // null: an id that the table does not have
  Source source;
  EventKind kind = EventKind::note;
  std::optional<std::uint32_t> code = std::nullopt;
  std::optional<Cause> cause = std::nullopt;
  Strength strength = Strength::weak;
  std::string meaning;  // begins in lower case
};

// Empty for every other provider.
std::optional<LicensingEvent> decode(const Event& event);

}  // namespace cal::winlog
