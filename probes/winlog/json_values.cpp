#include "probes/winlog/json_values.h"

#include "probes/winlog/event_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace cal::winlog {

namespace {

// Shippers write numbers as numbers or as strings.
template <class T>
std::optional<T> number_of(const std::string& text) {
  T number{};
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc{} || stopped != end) return std::nullopt;
  return number;
}

}  // namespace

const Json* member(const Json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
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
  if (value->is_string()) return bounded_text(value->get_ref<const std::string&>());
  if (value->is_number() || value->is_boolean()) return value->dump();
  return "";
}

std::string text_of(const Json& object, std::string_view name) {
  return text_of(member(object, name));
}

std::string first_of(std::string preferred, std::string fallback) {
  return preferred.empty() ? std::move(fallback) : std::move(preferred);
}

void add_datum(Event& event, std::string name, std::string value) {
  if (event.data.size() < max_data) event.data.push_back({std::move(name), std::move(value)});
}

void add_data(Event& event, const Json* values) {
  if (values == nullptr || !values->is_structured()) return;
  for (const auto& [name, value] : values->items()) {
    add_datum(event, values->is_object() ? bounded_text(name) : "", text_of(&value));
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
  const auto id = number_of<std::uint32_t>(system.id);
  const auto record_id = number_of<std::uint64_t>(system.record_id);
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

}  // namespace cal::winlog
