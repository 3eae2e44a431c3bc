#include "probes/events/nested_event.h"

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
  if (element == nullptr || !element->IsObject()) return text_of(element);
  const auto* text = member(*element, "#text");
  return text_of(text ? text : member(*element, "Value"));
}

// Some tools sort all members by name; the schema's order is Provider, EventID, Version.
bool is_sorted_by_name(const Json& object) {
  std::string_view last;
  for (const auto& each : object.GetObject()) {
    if (view_of(each.name) < last) return false;
    last = view_of(each.name);
  }
  return true;
}

bool is_attributes(std::string_view name) { return name == "#attributes" || name == "xmlns"; }

// Data without names are a list below "Data".
void add_element_data(const Json& section, Event& event) {
  for (const auto& [key, value] : section.GetObject()) {
    const auto name = view_of(key);
    if (is_attributes(name) || name == "Binary") continue;
    const auto* texts = member(value, "#text");
    const auto& content = texts ? *texts : value;
    if (name != "Data" || !content.IsArray()) {
      add_datum(event, name == "Data" ? "" : bounded_text(name), element_text(&value));
      continue;
    }
    for (const auto& each : content.GetArray()) {
      add_datum(event, first_of(attribute(&each, "Name"), attribute(&each, "@Name")),
                element_text(&each));
    }
  }
}

bool is_empty(const Json* data) {
  return data == nullptr || (data->IsObject() && data->ObjectEmpty()) ||
         (data->IsArray() && data->Empty());
}

// Wazuh puts the message in quotation marks, which the message may have, too.
std::string without_quotes(std::string text) {
  if (text.size() > 1 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  return text;
}

// Wazuh names user data after their outer element: `eventXML`.
const Json* wazuh_user_data(const Json& win) {
  for (const auto& [name, value] : win.GetObject()) {
    if (view_of(name) != "system" && view_of(name) != "eventdata" && value.IsObject())
      return &value;
  }
  return nullptr;
}

}  // namespace

bool read_winlogbeat(const Json& line, Event& event) {
  const auto& log = *member(line, "winlog");
  constexpr SystemKeys keys{"provider_name", "event_id", "record_id", "computer_name", "channel"};
  if (!read_system(log, keys, text_of(line, "@timestamp"), event)) return false;
  event.message = text_of(line, "message");
  if (const auto* user = member(log, "user")) {
    event.user = first_of(account_text(text_of(*user, "domain"), text_of(*user, "name")),
                          text_of(*user, "identifier"));
  }
  const auto* data = member(log, "event_data");
  add_data(event, is_empty(data) ? member(log, "user_data") : data);
  // The name of the element that holds the user data, which Winlogbeat puts next to them.
  std::erase_if(event.data, [](const EventDatum& datum) { return datum.name == "xml_name"; });
  event.data_in_order = put_in_order(event.data);
  return true;
}

const Json* otel_part(const Json& line) {
  const auto* body = member(line, "body");
  const auto& part = body ? *body : line;
  return member(part, "system_time") && member(part, "record_id") ? &part : nullptr;
}

bool read_otel(const Json& body, Event& event) {
  const auto* id = member(body, "event_id");
  if (!read_system({.provider = text_of(member_at(body, {"provider", "name"})),
                    .id = id && id->IsObject() ? text_of(*id, "id") : text_of(id),
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
  if (is_empty(data)) data = member(body, "user_data");
  if (data == nullptr) return true;
  // A list of pairs keeps the order; a mapping is sorted by name.
  const auto* list = member(*data, "data");
  if (list == nullptr || !list->IsArray()) {
    add_data(event, data);
    event.data_in_order = !event.data.empty() && put_in_order(event.data);
    return true;
  }
  for (const auto& pair : list->GetArray()) {
    if (!pair.IsObject()) add_datum(event, "", text_of(&pair));
    add_data(event, pair.IsObject() ? &pair : nullptr);
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
  event.message = without_quotes(text_of(system, "message"));
  event.user = text_of(system, "userID");
  // It joins data without names to one text.
  const auto* data = member(win, "eventdata");
  add_data(event, data ? data : wazuh_user_data(win));
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
  if (const auto* data = member(element, "EventData"); data && data->IsObject()) {
    add_element_data(*data, event);
  }
  const auto* user_data = member(element, "UserData");
  if (event.data.empty() && user_data && user_data->IsObject()) {
    for (const auto& [name, outer] : user_data->GetObject()) {
      if (!is_attributes(view_of(name)) && outer.IsObject()) add_element_data(outer, event);
    }
  }
  const bool has_names =
      std::ranges::any_of(event.data, [](const EventDatum& datum) { return !datum.name.empty(); });
  event.data_in_order =
      !event.data.empty() && (!has_names || put_in_order(event.data) || !is_sorted_by_name(system));
  return true;
}

}  // namespace cal::winlog
