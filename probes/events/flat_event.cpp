#include "probes/events/flat_event.h"

#include "probes/events/event_time.h"
#include "probes/events/event_xml.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <ratio>

namespace cal::winlog {

namespace {

using std::string_view;

// NXLog mixes the data with its own fields (sorted here); every other field is a datum.
constexpr std::array<string_view, 30> fields_of_nxlog{"AccountName",
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

// "2026-11-24 18:40:00" is in the zone of NXLog's host; "…Z" and "…+01:00" are not.
bool has_zone(string_view time) {
  constexpr std::size_t date_size = 10;
  return time.size() <= date_size || time.substr(date_size).find_first_of("Z+-") != time.npos;
}

// How far NXLog's host is behind UTC, in steps of a quarter of an hour, if a collector that is not
// slow has stamped the line in UTC when it received it. NXLog CE itself writes no zone.
std::optional<std::chrono::minutes> behind_utc(const Json& line) {
  using std::chrono::minutes;
  const auto received = text_of(line, "EventReceivedTime");
  const auto stamped = text_of(line, "@timestamp");
  const auto here = parse_event_time(received);
  const auto there = parse_event_time(stamped);
  if (!here || !there || has_zone(received) || !has_zone(stamped)) return std::nullopt;
  constexpr minutes step{15};
  constexpr minutes slow{5};
  constexpr minutes most = std::chrono::hours(14);
  const auto difference = *there - *here;
  const auto steps =
      std::chrono::round<std::chrono::duration<int, std::ratio<15 * 60>>>(difference);
  if (std::chrono::abs(difference - steps) > slow || std::chrono::abs(steps) > most) {
    return std::nullopt;
  }
  return steps.count() * step;
}

bool read_nxlog(const Json& line, Event& event) {
  constexpr SystemKeys keys{"SourceName", "EventID", "RecordNumber", "Hostname", "Channel"};
  const auto time = text_of(line, "EventTime");
  if (!read_system(line, keys, time, event)) return false;
  if (!has_zone(time)) {
    const auto in_utc = event.time + behind_utc(line).value_or(std::chrono::minutes(0));
    event.time = parse_event_time(event_time_text(in_utc)).value_or(event.time);
  }
  event.message = text_of(line, "Message");
  event.user = first_of(account_text(text_of(line, "Domain"), text_of(line, "AccountName")),
                        text_of(line, "UserID"));
  for (const auto& [key, value] : line.GetObject()) {
    const auto name = view_of(key);
    if (!std::ranges::binary_search(fields_of_nxlog, name)) {
      add_datum(event, bounded_text(name), text_of(&value));
    }
  }
  event.data_in_order = !event.data.empty() && put_in_order(event.data);
  return true;
}

bool read_alloy(const Json& line, Event& event) {
  // It leaves out an event ID of 0.
  if (!read_system({.provider = text_of(line, "source"),
                    .id = member(line, "event_id") ? text_of(line, "event_id") : "0",
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
  if (const auto* xml = member(line, "event_data"); xml && xml->IsString()) {
    event.data = data_of_xml(view_of(*xml));
  }
  if (const auto* xml = member(line, "user_data"); xml && xml->IsString() && event.data.empty()) {
    event.data = user_data_of_xml(view_of(*xml));
  }
  event.data_in_order = !event.data.empty();
  return true;
}

// Fluent Bit's winevtlog, and Fluentd's windows_eventlog2, which writes 2026/11/24.
bool read_fluent(const Json& line, Event& event) {
  constexpr SystemKeys keys{"ProviderName", "EventID", "EventRecordID", "Computer", "Channel"};
  auto time = text_of(line, "TimeCreated");
  std::ranges::replace(time, '/', '-');
  if (!read_system(line, keys, std::move(time), event)) return false;
  event.message = first_of(text_of(line, "Message"), text_of(line, "Description"));
  event.user = text_of(line, "UserID");
  const auto* strings = member(line, "StringInserts");
  add_data(event, strings ? strings : member(line, "EventData"));
  event.data_in_order = true;
  return true;
}

// Fluent Bit's winlog, for the older interface of Windows.
bool read_old_fluent_bit(const Json& line, Event& event) {
  constexpr SystemKeys keys{"SourceName", "EventID", "RecordNumber", "ComputerName", "Channel"};
  if (!read_system(line, keys, text_of(line, "TimeGenerated"), event)) return false;
  event.message = text_of(line, "Message");
  event.user = text_of(line, "Sid");
  add_data(event, member(line, "StringInserts"));
  event.data_in_order = true;
  return true;
}

// Fluentd's windows_eventlog.
bool read_old_fluentd(const Json& line, Event& event) {
  constexpr SystemKeys keys{"source_name", "event_id", "record_number", "computer_name", "channel"};
  if (!read_system(line, keys, text_of(line, "time_generated"), event)) return false;
  event.message = text_of(line, "description");
  event.user = text_of(line, "user");
  add_data(event, member(line, "string_inserts"));
  event.data_in_order = true;
  return true;
}

bool read_old_winlogbeat(const Json& line, Event& event) {
  constexpr SystemKeys keys{"source_name", "event_id", "record_number", "computer_name",
                            "log_name"};
  if (!read_system(line, keys, text_of(line, "@timestamp"), event)) return false;
  event.message = text_of(line, "message");
  if (const auto* user = member(line, "user")) {
    event.user = first_of(account_text(text_of(*user, "domain"), text_of(*user, "name")),
                          text_of(*user, "identifier"));
  }
  const auto* data = member(line, "event_data");
  add_data(event, data ? data : member(line, "user_data"));
  std::erase_if(event.data, [](const EventDatum& datum) { return datum.name == "xml_name"; });
  event.data_in_order = put_in_order(event.data);
  return true;
}

// Get-WinEvent as JSON: with Windows PowerShell 5.1 a time may be an object, and the properties are
// texts where ConvertTo-Json was not told a depth.
bool read_powershell(const Json& line, Event& event) {
  constexpr SystemKeys keys{"ProviderName", "Id", "RecordId", "MachineName", "LogName"};
  const auto* created = member(line, "TimeCreated");
  if (created && created->IsObject()) created = member(*created, "value");
  if (!read_system(line, keys, text_of(created), event)) return false;
  event.message = text_of(line, "Message");
  const auto* user = member(line, "UserId");
  event.user = user && user->IsObject() ? text_of(*user, "Value") : text_of(user);
  const auto* properties = member(line, "Properties");
  if (properties == nullptr || !properties->IsArray()) return true;
  for (const auto& property : properties->GetArray()) {
    if (!property.IsObject()) return true;
    add_datum(event, "", text_of(property, "Value"));
  }
  event.data_in_order = true;
  return true;
}

struct Layout {
  string_view mark;
  ReadLayout read;
};

// The first that fits: the marks of some are fields of others.
constexpr std::array layouts{
    Layout{"TimeGenerated", read_old_fluent_bit}, Layout{"time_generated", read_old_fluentd},
    Layout{"log_name", read_old_winlogbeat},      Layout{"RecordNumber", read_nxlog},
    Layout{"eventRecordID", read_alloy},          Layout{"EventRecordID", read_fluent},
    Layout{"RecordId", read_powershell}};

}  // namespace

ReadLayout flat_layout_of(const Json& line) {
  const auto found =
      std::ranges::find_if(layouts, [&](const Layout& each) { return member(line, each.mark); });
  return found == layouts.end() ? nullptr : found->read;
}

}  // namespace cal::winlog
