#include "probes/events/json_values.h"

#include "probes/events/event_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace cal::winlog {

namespace {

// Shippers write numbers as numbers or as strings, some of them as 5.0.
std::optional<std::uint64_t> number_of(std::string_view text) {
  if (text.ends_with(".0")) text.remove_suffix(2);
  std::uint64_t number{};
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc{} || stopped != end) return std::nullopt;
  return number;
}

// Windows' older interface has the severity in the bits above the number.
std::optional<std::uint32_t> event_id_of(std::string_view text) {
  const auto number = number_of(text);
  if (!number || *number > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(*number) & 0xffff;
}

}  // namespace

JsonText::JsonText(std::string text) : text_(std::move(text)) {
  // Iterative: a deep nesting takes no stack.
  constexpr unsigned flags = rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseIterativeFlag;
  document_.ParseInsitu<flags>(text_.data());
}

std::string_view view_of(const Json& text) { return {text.GetString(), text.GetStringLength()}; }

const Json* member(const Json& object, std::string_view name) {
  if (!object.IsObject()) return nullptr;
  for (const auto& [key, value] : object.GetObject()) {
    if (view_of(key) == name) return &value;
  }
  return nullptr;
}

const Json* member_at(const Json& object, std::initializer_list<std::string_view> names) {
  const auto* value = &object;
  for (const auto name : names) {
    value = member(*value, name);
    if (value == nullptr) return nullptr;
  }
  return value;
}

std::string text_of(const Json* value) {
  if (value == nullptr) return "";
  if (value->IsString()) return bounded_text(view_of(*value));
  if (value->IsBool()) return value->GetBool() ? "true" : "false";
  return "";
}

std::string text_of(const Json& object, std::string_view name) {
  return text_of(member(object, name));
}

std::string first_of(std::string preferred, std::string fallback) {
  return preferred.empty() ? std::move(fallback) : std::move(preferred);
}

std::string account_text(const std::string& domain, const std::string& name) {
  return domain.empty() || name.empty() ? name : domain + "\\" + name;
}

void add_datum(Event& event, std::string name, std::string value) {
  if (event.data.size() < max_data) event.data.push_back({std::move(name), std::move(value)});
}

void add_data(Event& event, const Json* values) {
  if (values == nullptr) return;
  if (values->IsArray()) {
    for (const auto& value : values->GetArray()) add_datum(event, "", text_of(&value));
  } else if (values->IsObject()) {
    for (const auto& [name, value] : values->GetObject()) {
      add_datum(event, bounded_text(view_of(name)), text_of(&value));
    }
  }
}

bool put_in_order(std::vector<EventDatum>& data) {
  std::vector<EventDatum> ordered;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const auto found = std::ranges::find(data, fmt::format("param{}", i + 1), &EventDatum::name);
    if (found == data.end()) return false;
    ordered.push_back(*found);
  }
  data = std::move(ordered);
  return true;
}

bool read_system(System system, Event& event) {
  const auto id = event_id_of(system.id);
  const auto record_id = number_of(system.record_id);
  const auto at = parse_event_time(system.time);
  if (!id || !record_id || !at || system.provider.empty()) return false;
  event.provider = std::move(system.provider);
  event.id = *id;
  event.record_id = *record_id;
  event.time = *at;
  event.computer = std::move(system.computer);
  event.channel = std::move(system.channel);
  return true;
}

bool read_system(const Json& object, const SystemKeys& keys, std::string time, Event& event) {
  return read_system({.provider = text_of(object, keys.provider),
                      .id = text_of(object, keys.id),
                      .record_id = text_of(object, keys.record_id),
                      .computer = text_of(object, keys.computer),
                      .channel = text_of(object, keys.channel),
                      .time = std::move(time)},
                     event);
}

}  // namespace cal::winlog
