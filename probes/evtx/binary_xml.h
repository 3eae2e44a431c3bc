// Decodes the binary XML of one record straight into the calls of a visitor: no XML text, no tree
// (MS-EVEN6 2.2.12; the templates of log files: libevtx, "Windows XML Event Log (EVTX)").
#pragma once

#include "probes/evtx/cursor.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace cal::evtx {

// What the elements of a record are given to, in document order.
class Visitor {
 public:
  Visitor() = default;
  Visitor(const Visitor&) = delete;
  Visitor& operator=(const Visitor&) = delete;
  virtual ~Visitor() = default;

  virtual void open(std::string_view name) = 0;
  virtual void attribute(std::string_view name, const std::string& value) = 0;
  virtual void text(const std::string& value) = 0;  // a part of the element's text
  // An array as an element's text: the element occurs once for each item (MS-EVEN6 2.2.12).
  virtual void next_item() = 0;
  virtual void close() = 0;

  // Asked after each element: true skips the rest of the record.
  virtual bool has_enough() const = 0;
};

// Bounds of one record; one that exceeds them is Damaged. Values that refer to values grow
// exponentially, so each step is counted, not each byte of the input.
inline constexpr std::size_t max_nesting = 64;
inline constexpr std::size_t max_steps = 20'000;

// `chunk` is the whole chunk, since names and templates are referred to by their offset in it; the
// record's binary XML is in [begin, end). Throws Damaged.
void decode_binary_xml(Bytes chunk, std::size_t begin, std::size_t end, Visitor& visitor);

}  // namespace cal::evtx
