// What holds for the texts of every event, whatever it was read from.
#pragma once

#include "agent/base/text.h"
#include "probes/events/event.h"
#include "tests/fuzz/property.h"

#include <string>
#include <vector>

namespace cal::fuzz {

inline void check_text(const std::string& text) {
  require(text.size() <= winlog::longest_text, "a text is bounded");
  require(valid_utf8(text) == text, "a text is valid UTF-8");
}

inline void check_data(const std::vector<winlog::EventDatum>& data) {
  require(data.size() <= winlog::max_data, "data are bounded");
  for (const auto& [name, value] : data) {
    check_text(name);
    check_text(value);
  }
}

inline void check_event(const winlog::Event& event) {
  check_data(event.data);
  for (const auto* text :
       {&event.provider, &event.computer, &event.channel, &event.user, &event.message}) {
    check_text(*text);
  }
}

}  // namespace cal::fuzz
