#include "probes/events/layout_hint.h"

#include "agent/base/utf.h"
#include "probes/events/json_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cal::winlog {

namespace {

using std::string_view;

struct Hint {
  string_view mark;
  string_view text;
};

// By a member that no layout has which is read.
constexpr std::array by_member{
    Hint{"resourceLogs", "OTLP JSON without a log record of the windowseventlog receiver"},
    Hint{"short_message", "GELF; let the shipper write its own JSON"},
    Hint{"PayloadData1", "EvtxECmd's JSON; give the .evtx file itself"},
    Hint{"InsertionStrings", "Win32_NTLogEvent as JSON; export with Get-WinEvent"},
    Hint{"sourcetype", "Splunk's JSON; let a forwarder write one that is read"},
    Hint{"fields", "Telegraf's or Splunk's JSON; let another shipper write the file"},
};

// By the first characters.
constexpr std::array by_start{
    Hint{"ElfFile", "an event log file; configure it as source: { evtx: FILE }"},
    Hint{"PK", "a compressed file; unpack it"},
    Hint{"\x1f\x8b", "a compressed file; unpack it"},
    Hint{"<!DOCTYPE", "an HTML page; something in between answered instead of the file's server"},
    Hint{"<html", "an HTML page; something in between answered instead of the file's server"},
    Hint{"<", "XML or syslog; export JSON lines or an .evtx file"},
};

std::string members_of(const Json& object) {
  constexpr std::size_t max_names = 5;
  constexpr std::size_t max_name = 30;
  std::string names;
  std::size_t count = 0;
  for (const auto& each : object.GetObject()) {
    if (++count > max_names) return names + ", …";
    const auto name = bounded_text(view_of(each.name));
    names += fmt::format("{}{}", names.empty() ? "" : ", ", shortened(name, max_name));
  }
  return names;
}

std::string hint_of_object(const Json& object) {
  for (const auto& [name, text] : by_member) {
    if (member(object, name)) return std::string(text);
  }
  const auto* body = member(object, "body");
  if (body && body->IsString()) {
    return "OpenTelemetry's raw events (XML); set raw: false in the receiver windowseventlog";
  }
  if (object.ObjectEmpty()) return "an empty JSON object";
  return fmt::format("JSON with the members {}, which is not an event of a layout that is read",
                     members_of(object));
}

}  // namespace

std::string layout_hint(string_view line) {
  for (const auto& [start, text] : by_start) {
    if (line.starts_with(start)) return std::string(text);
  }
  if (line.starts_with('{') || line.starts_with('[')) {
    const JsonText json{std::string(line)};
    if (json.is_valid() && json.root().IsObject()) return hint_of_object(json.root());
    if (json.is_valid()) return "a JSON array without an event of a layout that is read";
    return "the start of JSON that is not complete on its line; write each event on one line";
  }
  if (line.starts_with('#') || line.starts_with('"')) {
    return "CSV; export JSON lines or an .evtx file";
  }
  return "text; export JSON lines or an .evtx file";
}

}  // namespace cal::winlog
