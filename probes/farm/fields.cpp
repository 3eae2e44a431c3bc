#include "probes/farm/fields.h"

#include "agent/base/text.h"
#include "probes/inventory/product_key.h"
#include "probes/inventory/table.h"
#include "probes/inventory/times.h"

#include <fmt/format.h>

namespace cal::farm {

namespace {

constexpr std::size_t max_problems = 20;

std::string name_in(const Json& value) {
  return inventory::shown(trimmed(value.get_ref<const std::string&>()));
}

}  // namespace

void Fields::problem(const char* key, const char* expected) const {
  if (problems_.size() < max_problems) {
    problems_.push_back(fmt::format("{} is not {}", key, expected));
  }
}

const Json* Fields::find(const char* key) const {
  const auto found = object_.find(key);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

bool Fields::is_too_long(const char* key, const Json& value, std::size_t max) const {
  if (!value.is_array() || value.size() <= max) return false;
  if (problems_.size() < max_problems) {
    problems_.push_back(fmt::format("{} has more than {} items", key, max));
  }
  return true;
}

std::string Fields::text(const char* key) const { return text_or_null(key).value_or(""); }

std::optional<std::string> Fields::text_or_null(const char* key) const {
  const auto* const value = find(key);
  if (value && value->is_string()) return name_in(*value);
  if (value) problem(key, "a text");
  return std::nullopt;
}

std::optional<std::int64_t> Fields::number(const char* key) const {
  const auto* const value = find(key);
  if (value && value->is_number_integer()) return value->get<std::int64_t>();
  if (value) problem(key, "a whole number");
  return std::nullopt;
}

std::optional<bool> Fields::flag(const char* key) const {
  const auto* const value = find(key);
  if (value && value->is_boolean()) return value->get<bool>();
  if (value) problem(key, "true or false");
  return std::nullopt;
}

std::optional<SystemTime> Fields::time(const char* key) const {
  const auto* const value = find(key);
  if (!value) return std::nullopt;
  const auto time = value->is_string() ? inventory::parse_time(value->get_ref<const std::string&>())
                                       : std::nullopt;
  if (!time) problem(key, "a time such as 2026-11-26T07:55:00Z");
  return time ? std::optional(time->at) : std::nullopt;
}

std::optional<std::vector<std::string>> Fields::names(const char* key) const {
  const auto* const value = find(key);
  if (!value || is_too_long(key, *value, max_names)) return std::nullopt;
  std::vector<std::string> names;
  for (const auto& each : value->is_array() ? *value : Json::array({*value})) {
    if (!each.is_string()) {
      problem(key, "a list of names");
      return std::nullopt;
    }
    if (auto name = name_in(each); !name.empty()) names.push_back(std::move(name));
  }
  return names;
}

LoggedEvents Fields::events() const {
  LoggedEvents events;
  std::vector<LoggedEvent> read;
  const auto listed = list<int>("events", max_events, [&](const Fields& event) {
    const auto id = event.number("id");
    const auto newest_at = event.time("newest_at");
    if (id && newest_at) {
      read.push_back(
          {event_id(*id), *newest_at, event.number("count").value_or(1), event.number("clients")});
    } else {
      ++events.not_understood;
    }
    return 0;
  });
  if (!listed) return {};
  events.read = std::move(read);
  if (events.not_understood > 0 && problems_.size() < max_problems) {
    problems_.push_back(fmt::format("events: {} without an ID or a time", events.not_understood));
  }
  return events;
}

bool Fields::add_errors() const {
  const auto errors = list<std::string>("errors", max_errors, [](const Fields& each) {
                        return fmt::format("{}: {}", each.text("key"), each.text("error"));
                      }).value_or(std::vector<std::string>{});
  for (const auto& error : errors) {
    if (problems_.size() < max_problems) problems_.push_back(error);
  }
  return !errors.empty();
}

const Json* Fields::object(const char* key) const {
  const auto* const value = find(key);
  if (value && !value->is_object()) {
    problem(key, "an object");
    return nullptr;
  }
  return value;
}

}  // namespace cal::farm
