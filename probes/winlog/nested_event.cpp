#include "probes/winlog/nested_event.h"

#include <algorithm>

namespace cal::winlog {

namespace {

// An element with attributes: "#attributes" (evtx_dump), or the attributes among its members.
std::string attribute(const Json* element, std::string_view name) {
  if (element == nullptr) return "";
  const auto* attributes = member(*element, "#attributes");
  return text_of(attributes ? *attributes : *element, name);
}

// The text of an element, which may have attributes.
std::string element_text(const Json* element) {
  if (element == nullptr || !element->is_object()) return text_of(element);
  const auto* text = member(*element, "#text");
  return text_of(text ? text : member(*element, "Value"));
}

// Some tools sort all members by name; the schema's order is Provider, EventID, Version.
bool is_sorted_by_name(const Json& object) {
  std::string_view last;
  for (const auto& [name, value] : object.items()) {
    if (name < last) return false;
    last = name;
  }
  return true;
}

bool is_attributes(std::string_view name) { return name == "#attributes" || name == "xmlns"; }

// Data without names are a list below "Data".
void add_element_data(const Json& section, Event& event) {
  for (const auto& [name, value] : section.items()) {
    if (is_attributes(name) || name == "Binary") continue;
    const auto* texts = member(value, "#text");
    const auto& content = texts ? *texts : value;
    if (name != "Data" || !content.is_array()) {
      add_datum(event, name == "Data" ? "" : bounded_text(name), element_text(&value));
      continue;
    }
    for (const auto& each : content) {
      add_datum(event, first_of(attribute(&each, "Name"), attribute(&each, "@Name")),
                element_text(&each));
    }
  }
}

}  // namespace

const Json* otel_part(const Json& line) {
  const auto* body = member(line, "body");
  const auto& part = body ? *body : line;
  return member(part, "system_time") && member(part, "record_id") ? &part : nullptr;
}

bool read_otel(const Json& body, Event& event) {
  const auto* id = member(body, "event_id");
  if (!read_system({.provider = text_of(member_at(body, {"provider", "name"})),
                    .id = id && id->is_object() ? text_of(*id, "id") : text_of(id),
                    .record_id = text_of(body, "record_id"),
                    .computer = text_of(body, "computer"),
                    .channel = text_of(body, "channel"),
                    .time = text_of(body, "system_time")},
                   event)) {
    return false;
  }
  event.message = text_of(body, "message");
  event.user = text_of(member_at(body, {"security", "user_id"}));
  const auto* data = member(body, "event_data");
  if (data == nullptr || data->empty()) data = member(body, "user_data");
  if (data == nullptr) return true;
  // A list of pairs keeps the order; a mapping is sorted by name.
  const auto* list = member(*data, "data");
  if (list == nullptr || !list->is_array()) {
    add_data(event, data);
    event.data_in_order = !event.data.empty() && put_in_order(event.data);
    return true;
  }
  for (const auto& pair : *list) {
    if (!pair.is_object()) add_datum(event, "", text_of(&pair));
    add_data(event, pair.is_object() ? &pair : nullptr);
  }
  event.data_in_order = true;
  return true;
}

const Json* wazuh_part(const Json& line) {
  const auto* nested = member_at(line, {"data", "win"});
  const auto* win = nested ? nested : member(line, "win");
  return win && member(*win, "system") ? win : nullptr;
}

bool read_wazuh(const Json& win, Event& event) {
  const auto& system = *member(win, "system");
  if (!read_system({.provider = text_of(system, "providerName"),
                    .id = text_of(system, "eventID"),
                    .record_id = text_of(system, "eventRecordID"),
                    .computer = text_of(system, "computer"),
                    .channel = text_of(system, "channel"),
                    .time = text_of(system, "systemTime")},
                   event)) {
    return false;
  }
  event.message = text_of(system, "message");
  event.user = text_of(system, "userID");
  // It joins data without names to one text, and puts a text in quotation marks.
  add_data(event, member(win, "eventdata"));
  event.data_in_order = !event.data.empty() && put_in_order(event.data);
  return true;
}

const Json* xml_part(const Json& line) {
  const auto* event = member(line, "Event");
  const auto& part = event ? *event : line;
  return member(part, "System") ? &part : nullptr;
}

bool read_xml_as_json(const Json& element, Event& event) {
  const auto& system = *member(element, "System");
  const auto* created = member(system, "TimeCreated");
  if (!read_system({.provider = attribute(member(system, "Provider"), "Name"),
                    .id = element_text(member(system, "EventID")),
                    .record_id = element_text(member(system, "EventRecordID")),
                    .computer = element_text(member(system, "Computer")),
                    .channel = element_text(member(system, "Channel")),
                    .time = first_of(attribute(created, "SystemTime"), text_of(created))},
                   event)) {
    return false;
  }
  event.message = text_of(member_at(element, {"RenderingInfo", "Message"}));
  event.user = first_of(attribute(member(system, "Security"), "UserID"), text_of(system, "UserID"));
  if (const auto* data = member(element, "EventData"); data && data->is_object()) {
    add_element_data(*data, event);
  }
  const auto* user_data = member(element, "UserData");
  if (event.data.empty() && user_data && user_data->is_object()) {
    for (const auto& [name, outer] : user_data->items()) {
      if (!is_attributes(name) && outer.is_object()) add_element_data(outer, event);
    }
  }
  const bool has_names =
      std::ranges::any_of(event.data, [](const EventDatum& datum) { return !datum.name.empty(); });
  event.data_in_order =
      !event.data.empty() && (!has_names || put_in_order(event.data) || !is_sorted_by_name(system));
  return true;
}

}  // namespace cal::winlog
