#include "probes/events/json_event.h"

#include "agent/base/text.h"
#include "probes/events/event_time.h"
#include "probes/events/flat_event.h"
#include "probes/events/json_values.h"
#include "probes/events/nested_event.h"
#include "probes/events/otlp.h"
#include "probes/events/samba_audit.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace cal::winlog {

namespace {

using std::string_view;

// Also that of agents which call the ID event_id.
bool read_own(const Json& line, Event& event) {
  const SystemKeys keys{"provider", member(line, "id") ? "id" : "event_id", "record_id", "computer",
                        "channel"};
  if (!read_system(line, keys, text_of(line, "time"), event)) return false;
  event.message = text_of(line, "message");
  event.user = text_of(line, "user");
  const auto* in_order = member(line, "data_in_order");
  event.data_in_order = in_order && in_order->IsTrue();
  const auto* data = member(line, "data");
  if (data == nullptr || !data->IsArray()) return true;
  for (const auto& datum : data->GetArray()) {
    add_datum(event, text_of(datum, "name"), text_of(datum, "value"));
  }
  return true;
}

bool read_any(const Json& line, Event& event) {
  if (const auto* source = member(line, "_source")) return read_any(*source, event);
  if (member(line, "winlog")) return read_winlogbeat(line, event);
  if (const auto* body = otel_part(line)) return read_otel(*body, event);
  if (const auto* win = wazuh_part(line)) return read_wazuh(*win, event);
  if (const auto* part = samba_part(line)) return read_samba(line, *part, event);
  if (const auto* element = xml_part(line)) return read_xml_as_json(*element, event);
  if (const auto read = flat_layout_of(line)) return read(line, event);
  return read_own(line, event);
}

void add(const Json& object, JsonLine& found) {
  Event event;
  if (object.IsObject() && read_any(object, event)) {
    found.events.push_back(std::move(event));
  } else {
    ++found.refused;
  }
}

void add_all(const Json& root, JsonLine& found) {
  if (root.IsArray()) {
    for (const auto& each : root.GetArray()) add(each, found);
    return;
  }
  rapidjson::Document::AllocatorType memory;
  auto bodies = otlp_bodies(root, memory);
  if (bodies.empty()) return add(root, found);
  for (auto& body : bodies) {
    Event event;
    if (otel_part(body) && read_otel(body, event)) {
      found.events.push_back(std::move(event));
    } else {
      ++found.refused;
    }
  }
}

// The lines of an array that was written with one event per line.
string_view without_commas(string_view line) {
  line = cal::trimmed(line, " \t\r\n,");
  return line == "[" || line == "]" ? "" : line;
}

// Fluent Bit's output `file` writes TAG: [TIME, {…}], newer versions TAG: [[TIME, {}], {…}].
string_view without_tag(string_view line) {
  const auto end = line.starts_with('{') || line.starts_with('[') ? line.npos : line.find(": [");
  const auto start = end == line.npos ? line.npos : line.find(", {", end);
  if (start == line.npos || !line.ends_with(']')) return line;
  line.remove_suffix(1);
  const auto second = line.substr(end).starts_with(": [[") ? line.find("], {", end) : start - 1;
  return second == line.npos ? line : line.substr(line.find('{', second));
}

}  // namespace

JsonLine parse_json_line(string_view line) {
  JsonLine found;
  line = without_commas(line);
  if (line.empty()) return found;
  const JsonText json{std::string(without_tag(line))};
  if (json.is_valid()) {
    add_all(json.root(), found);
  } else {
    ++found.refused;
  }
  return found;
}

std::optional<Event> parse_json_event(string_view line) {
  auto found = parse_json_line(line);
  if (found.events.size() != 1 || found.refused > 0) return std::nullopt;
  return std::move(found.events.front());
}

std::string json_event(const Event& event) {
  auto data = nlohmann::ordered_json::array();
  for (const auto& datum : event.data) {
    data.push_back({{"name", datum.name}, {"value", datum.value}});
  }
  const nlohmann::ordered_json line{{"time", event_time_text(event.time)},
                                    {"provider", event.provider},
                                    {"id", event.id},
                                    {"record_id", event.record_id},
                                    {"computer", event.computer},
                                    {"channel", event.channel},
                                    {"user", event.user},
                                    {"data", std::move(data)},
                                    {"data_in_order", event.data_in_order},
                                    {"message", event.message}};
  return line.dump();
}

}  // namespace cal::winlog
