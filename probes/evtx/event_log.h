// The records of an event log file (.evtx): chunks of 64 KiB, each with its own names and
// templates. Reads whatever is whole, in time linear in the file's size and in memory for one chunk
// (layout: libevtx, "Windows XML Event Log (EVTX)").
#pragma once

#include "probes/evtx/cursor.h"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <istream>
#include <string>

namespace cal::evtx {

struct Record {
  std::uint64_t number;  // the file's own count: not the event's EventRecordID in an exported log
  Bytes chunk;
  std::size_t begin;  // of its binary XML, in the chunk
  std::size_t end;
};

struct LogReport {
  std::uint64_t lost = 0;   // records that the file should have and that could not be found
  std::string damage;       // what is wrong with the file, for people; empty: nothing
  bool not_closed = false;  // a copy of a log in use: its header says little, its records are whole
};

// Calls `on_record` for each record, the oldest first: a log that wrapped around has its newest
// chunks in front. The time in a record's header is not passed on: an export writes the next
// record's time there. An error is one line for people: this is not an event log.
tl::expected<LogReport, std::string> read_log(std::istream& file,
                                              const std::function<void(const Record&)>& on_record);

}  // namespace cal::evtx
