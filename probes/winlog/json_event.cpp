#include "probes/winlog/json_event.h"

#include "agent/base/text.h"
#include "probes/winlog/event_time.h"
#include "probes/winlog/event_xml.h"
#include "probes/winlog/json_values.h"
#include "probes/winlog/nested_event.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace cal::winlog {

namespace {

using std::string_view;

constexpr int deepest = 8;  // levels of an event; deeper ones are dropped while parsing

// The members of a layout that hold an event's required fields.
struct Keys {
  string_view provider, id, record_id, computer, channel;
};

// False if a required field is missing.
bool read_system(const Json& object, const Keys& keys, const std::string& time, Event& event) {
  return read_system({.provider = text_of(object, keys.provider),
                      .id = text_of(object, keys.id),
                      .record_id = text_of(object, keys.record_id),
                      .computer = text_of(object, keys.computer),
                      .channel = text_of(object, keys.channel),
                      .time = time},
                     event);
}

std::string domain_user(const std::string& domain, const std::string& name) {
  return domain.empty() || name.empty() ? name : domain + "\\" + name;
}

bool read_winlogbeat(const Json& line, Event& event) {
  const auto& log = *member(line, "winlog");
  constexpr Keys keys{"provider_name", "event_id", "record_id", "computer_name", "channel"};
  if (!read_system(log, keys, text_of(line, "@timestamp"), event)) return false;
  event.message = text_of(line, "message");
  if (const auto* user = member(log, "user")) {
    event.user = first_of(domain_user(text_of(*user, "domain"), text_of(*user, "name")),
                          text_of(*user, "identifier"));
  }
  const auto* data = member(log, "event_data");
  add_data(event, data && !data->empty() ? data : member(log, "user_data"));
  // The name of the element that holds the user data, which Winlogbeat puts next to them.
  std::erase_if(event.data, [](const EventDatum& datum) { return datum.name == "xml_name"; });
  event.data_in_order = put_in_order(event.data);
  return true;
}

bool read_nxlog(const Json& line, Event& event) {
  constexpr Keys keys{"SourceName", "EventID", "RecordNumber", "Hostname", "Channel"};
  if (!read_system(line, keys, text_of(line, "EventTime"), event)) return false;
  event.message = text_of(line, "Message");
  event.user = first_of(domain_user(text_of(line, "Domain"), text_of(line, "AccountName")),
                        text_of(line, "UserID"));
  // NXLog mixes the data with its own fields (sorted here); every other field is a datum.
  constexpr std::array<string_view, 30> own{"AccountName",
                                            "AccountType",
                                            "ActivityID",
                                            "Category",
                                            "Channel",
                                            "Domain",
                                            "EventID",
                                            "EventReceivedTime",
                                            "EventTime",
                                            "EventType",
                                            "ExecutionProcessID",
                                            "ExecutionThreadID",
                                            "Hostname",
                                            "Keywords",
                                            "Message",
                                            "Opcode",
                                            "OpcodeValue",
                                            "ProcessID",
                                            "ProviderGuid",
                                            "RecordNumber",
                                            "Severity",
                                            "SeverityValue",
                                            "SourceModuleName",
                                            "SourceModuleType",
                                            "SourceName",
                                            "Task",
                                            "TaskValue",
                                            "ThreadID",
                                            "UserID",
                                            "Version"};
  for (const auto& [name, value] : line.items()) {
    if (!std::ranges::binary_search(own, string_view(name))) {
      add_datum(event, bounded_text(name), text_of(&value));
    }
  }
  event.data_in_order = !event.data.empty() && put_in_order(event.data);
  return true;
}

bool read_alloy(const Json& line, Event& event) {
  // It leaves out an event ID of 0.
  if (!read_system({.provider = text_of(line, "source"),
                    .id = first_of(text_of(line, "event_id"), "0"),
                    .record_id = text_of(line, "eventRecordID"),
                    .computer = text_of(line, "computer"),
                    .channel = text_of(line, "channel"),
                    .time = text_of(line, "timeCreated")},
                   event)) {
    return false;
  }
  event.message = text_of(line, "message");
  if (const auto* security = member(line, "security")) {
    event.user = first_of(text_of(*security, "userName"), text_of(*security, "userId"));
  }
  if (const auto* xml = member(line, "event_data"); xml && xml->is_string()) {
    event.data = data_of_xml(xml->get_ref<const std::string&>());
  }
  if (const auto* xml = member(line, "user_data"); xml && xml->is_string() && event.data.empty()) {
    event.data = user_data_of_xml(xml->get_ref<const std::string&>());
  }
  event.data_in_order = !event.data.empty();
  return true;
}

bool read_fluent_bit(const Json& line, Event& event) {
  constexpr Keys keys{"ProviderName", "EventID", "EventRecordID", "Computer", "Channel"};
  if (!read_system(line, keys, text_of(line, "TimeCreated"), event)) return false;
  event.message = text_of(line, "Message");
  event.user = text_of(line, "UserID");
  const auto* strings = member(line, "StringInserts");
  add_data(event, strings ? strings : member(line, "EventData"));
  event.data_in_order = true;
  return true;
}

// Its plugin winlog, for the older interface of Windows.
bool read_old_fluent_bit(const Json& line, Event& event) {
  constexpr Keys keys{"SourceName", "EventID", "RecordNumber", "ComputerName", "Channel"};
  if (!read_system(line, keys, text_of(line, "TimeGenerated"), event)) return false;
  event.message = text_of(line, "Message");
  event.user = text_of(line, "Sid");
  add_data(event, member(line, "StringInserts"));
  event.data_in_order = true;
  return true;
}

bool read_own(const Json& line, Event& event) {
  constexpr Keys keys{"provider", "id", "record_id", "computer", "channel"};
  if (!read_system(line, keys, text_of(line, "time"), event)) return false;
  event.message = text_of(line, "message");
  event.user = text_of(line, "user");
  const auto* in_order = member(line, "data_in_order");
  event.data_in_order = in_order && in_order->is_boolean() && in_order->get<bool>();
  const auto* data = member(line, "data");
  if (data == nullptr || !data->is_array()) return true;
  for (const auto& datum : *data) {
    add_datum(event, text_of(datum, "name"), text_of(datum, "value"));
  }
  return true;
}

bool read_any(const Json& line, Event& event) {
  if (member(line, "winlog")) return read_winlogbeat(line, event);
  if (const auto* body = otel_part(line)) return read_otel(*body, event);
  if (const auto* win = wazuh_part(line)) return read_wazuh(*win, event);
  if (const auto* element = xml_part(line)) return read_xml_as_json(*element, event);
  if (member(line, "TimeGenerated")) return read_old_fluent_bit(line, event);
  if (member(line, "RecordNumber")) return read_nxlog(line, event);
  if (member(line, "eventRecordID")) return read_alloy(line, event);
  if (member(line, "EventRecordID")) return read_fluent_bit(line, event);
  return read_own(line, event);
}

}  // namespace

std::optional<Event> parse_json_event(string_view line) {
  const auto not_too_deep = [](int depth, Json::parse_event_t, Json&) { return depth <= deepest; };
  const auto json = Json::parse(valid_utf8(line), not_too_deep, false);
  if (!json.is_object()) return std::nullopt;
  Event event;
  if (!read_any(json, event)) return std::nullopt;
  return event;
}

std::string json_event(const Event& event) {
  auto data = Json::array();
  for (const auto& datum : event.data) {
    data.push_back({{"name", datum.name}, {"value", datum.value}});
  }
  const Json line{{"time", event_time_text(event.time)},
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
