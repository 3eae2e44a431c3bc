// Reads values of JSON into an Event; the readers of the layouts share it. Numbers are texts as
// they were written. Pure.
#pragma once

#include "probes/events/event.h"

#include <rapidjson/document.h>

#include <initializer_list>
#include <string>
#include <string_view>

namespace cal::winlog {

// Keeps the order of members: with some shippers it is that of the message's parameters.
using Json = rapidjson::Value;

// A text as JSON, which lives as long as its values are used.
class JsonText {
 public:
  explicit JsonText(std::string text);

  bool is_valid() const { return !document_.HasParseError(); }
  const Json& root() const { return document_; }

 private:
  std::string text_;  // the values are views into it
  rapidjson::Document document_;
};

std::string_view view_of(const Json& text);

// Null if there is none.
const Json* member(const Json& object, std::string_view name);

// The member of a member, and so on; null if one is missing.
const Json* member_at(const Json& object, std::initializer_list<std::string_view> names);

// The text of a scalar; other values are empty.
std::string text_of(const Json* value);
std::string text_of(const Json& object, std::string_view name);

std::string first_of(std::string preferred, std::string fallback);

// "DOMAIN\name", or the name alone.
std::string account_text(const std::string& domain, const std::string& name);

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

// The members of a layout that hold them.
struct SystemKeys {
  std::string_view provider, id, record_id, computer, channel;
};

// False if a required field is missing or wrong.
bool read_system(System system, Event& event);
bool read_system(const Json& object, const SystemKeys& keys, std::string time, Event& event);

}  // namespace cal::winlog
