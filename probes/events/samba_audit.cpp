#include "probes/events/samba_audit.h"

#include <fmt/format.h>

#include <string>

namespace cal::winlog {

namespace {

void add_written_values(const Json& attributes, Event& event) {
  for (const auto& [name, written] : attributes.GetObject()) {
    const auto* actions = member(written, "actions");
    if (actions == nullptr || !actions->IsArray()) continue;
    for (const auto& each : actions->GetArray()) {
      const auto what = bounded_text(fmt::format("{} {}", view_of(name), text_of(each, "action")));
      const auto* values = member(each, "values");
      if (values == nullptr || !values->IsArray() || values->Empty()) {
        add_datum(event, what, "");
        continue;
      }
      for (const auto& value : values->GetArray()) {
        add_datum(event, what, text_of(value, "value"));
      }
    }
  }
}

}  // namespace

const Json* samba_part(const Json& line) {
  const auto* type = member(line, "type");
  if (type == nullptr || !type->IsString() || !member(line, "timestamp")) return nullptr;
  const auto* part = member(line, view_of(*type));
  return part != nullptr && part->IsObject() && member(*part, "version") ? part : nullptr;
}

bool read_samba(const Json& line, const Json& part, Event& event) {
  if (!read_system({.provider = std::string(samba_provider),
                    .id = first_of(text_of(part, "eventId"), "0"),
                    .record_id = "0",
                    .computer = "",
                    .channel = text_of(line, "type"),
                    .time = text_of(line, "timestamp")},
                   event)) {
    return false;
  }
  event.user = text_of(part, "userSid");
  for (const auto& [name, value] : part.GetObject()) {
    if (value.IsObject() || value.IsArray()) continue;
    add_datum(event, bounded_text(view_of(name)), text_of(&value));
  }
  const auto* attributes = member(part, "attributes");
  if (attributes != nullptr && attributes->IsObject()) add_written_values(*attributes, event);
  return true;
}

}  // namespace cal::winlog
