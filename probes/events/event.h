// One event of a Windows log, independent of its format: plain values that are not interpreted yet.
// Texts come from other machines; only valid UTF-8 and a bounded length are guaranteed.
#pragma once

#include "agent/base/clock.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cal::winlog {

inline constexpr std::size_t max_data = 64;            // items of event data to keep
inline constexpr std::size_t longest_text = 2 * 1024;  // bytes; longer texts are cut

// Valid UTF-8 of at most longest_text bytes.
std::string bounded_text(std::string_view text);

struct EventDatum {
  std::string name;  // empty if the format has none
  std::string value;

  bool operator==(const EventDatum&) const = default;
};

struct Event {
  std::string provider;
  std::uint32_t id = 0;
  std::uint64_t record_id = 0;  // EventRecordID: counts within one channel of one computer
  std::string computer;
  std::string channel;
  SystemTime time;
  std::string user;  // a name or a SID; may be empty
  std::vector<EventDatum> data = {};
  bool data_in_order = false;  // whether data[0] is the message's %1, and so on
  std::string message = {};    // as rendered, in the language of the server; may be empty

  bool operator==(const Event&) const = default;
};

}  // namespace cal::winlog
