// Reads the members of a JSON object into plain values. What is missing or null is empty; what is
// there but of another type is empty, too, and added to the problems.
#pragma once

#include "agent/base/clock.h"
#include "probes/farm/session_host.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace cal::farm {

using Json = nlohmann::json;

// Of the lists of an export, as the schema has them: with the bounds on hosts, servers and files
// they bound the work for a farm.
inline constexpr std::size_t max_names = 64;
inline constexpr std::size_t max_contacts = 64;
inline constexpr std::size_t max_events = 100;
inline constexpr std::size_t max_errors = 50;
inline constexpr std::size_t max_allowed_hosts = 500;
inline constexpr std::size_t max_key_packs = 2000;
inline constexpr std::size_t max_issued = 5000;

struct LoggedEvents {
  std::optional<std::vector<LoggedEvent>> read;
  std::size_t not_understood = 0;  // they have no ID or no time
};

class Fields {
 public:
  // Both must outlive it.
  Fields(const Json& object, std::vector<std::string>& problems)
      : object_(object), problems_(problems) {}

  std::string text(const char* key) const;  // safe to show; empty: absent or empty
  std::optional<std::string> text_or_null(const char* key) const;
  std::optional<std::int64_t> number(const char* key) const;
  std::optional<bool> flag(const char* key) const;
  std::optional<SystemTime> time(const char* key) const;
  std::optional<std::vector<std::string>> names(const char* key) const;
  LoggedEvents events() const;
  bool add_errors() const;  // the list `errors`, to the problems; whether there are any

  // A list of objects; `read` makes an item from the Fields of each. Empty if one is not an object,
  // or if there are more than `max`, since a list without it would look complete. PowerShell may
  // write a list of one as its item.
  template <class Item, class Read>
  std::optional<std::vector<Item>> list(const char* key, std::size_t max, Read read) const {
    const auto* const value = find(key);
    if (!value || is_too_long(key, *value, max)) return std::nullopt;
    std::vector<Item> items;
    for (const auto& each : value->is_array() ? *value : Json::array({*value})) {
      if (!each.is_object()) {
        problem(key, "a list of objects");
        return std::nullopt;
      }
      items.push_back(read(Fields(each, problems_)));
    }
    return items;
  }

  // An object; empty if it is absent.
  const Json* object(const char* key) const;
  const Json& json() const { return object_; }
  void problem(const char* key, const char* expected) const;

 private:
  const Json* find(const char* key) const;
  bool is_too_long(const char* key, const Json& value, std::size_t max) const;  // then a problem

  const Json& object_;
  std::vector<std::string>& problems_;
};

}  // namespace cal::farm
