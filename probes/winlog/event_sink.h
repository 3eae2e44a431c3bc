// Receives the events of a log while it is read, one at a time.
#pragma once

#include "agent/base/clock.h"
#include "probes/events/event.h"

#include <cstdint>

namespace cal::winlog {

// Whose event an unreadable line or record may be.
enum class Origin { maybe_licensing, other };

class EventSink {
 public:
  EventSink() = default;
  EventSink(const EventSink&) = delete;
  EventSink& operator=(const EventSink&) = delete;
  virtual ~EventSink() = default;

  virtual void event(const Event& event) = 0;
  // Events that were read and are of other providers; `elsewhere`: those of them in logs to which
  // no licensing provider writes.
  virtual void others(std::uint64_t count, std::uint64_t elsewhere) = 0;
  // Lines or records that cannot be read.
  virtual void unparsed(std::uint64_t count, Origin origin) = 0;
  virtual void start_over() = 0;  // the next events are from the start of a file
};

// How a reading of the log ended.
struct LogState {
  SystemTime written_at;
  bool whole = true;                // false: the deadline passed before the end
  bool damaged = false;             // records are missing or destroyed
  bool ends_inside_a_line = false;  // it is being written, or was cut off
};

}  // namespace cal::winlog
