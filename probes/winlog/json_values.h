// Reads values of JSON into an Event; the readers of the layouts share it. Pure.
#pragma once

#include "probes/winlog/event.h"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace cal::winlog {

// Ordered: if a shipper keeps the order of the data, it is that of the message's parameters.
using Json = nlohmann::ordered_json;

// Null if there is none.
const Json* member(const Json& object, std::string_view name);

// The member of a member, and so on; null if one is missing.
const Json* member_at(const Json& object, std::initializer_list<std::string_view> names);

// The text of a scalar; other values are empty.
std::string text_of(const Json* value);
std::string text_of(const Json& object, std::string_view name);

std::string first_of(std::string preferred, std::string fallback);

void add_datum(Event& event, std::string name, std::string value);

// A list of values, or a mapping of names to values.
void add_data(Event& event, const Json* values);

// A shipper that sorts the data by name loses their order, unless the names are numbers: param1,
// param2, param10. Puts such data in order and returns true; otherwise changes nothing.
bool put_in_order(std::vector<EventDatum>& data);

// The texts of an event's required fields.
struct System {
  std::string provider, id, record_id, computer, channel, time;
};

// False if a required field is missing or wrong.
bool read_system(System system, Event& event);

}  // namespace cal::winlog
