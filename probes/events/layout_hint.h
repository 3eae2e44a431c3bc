// Names what a line is that cannot be read, for people: the shipper or the format, and what to do.
// Pure.
#pragma once

#include <string>
#include <string_view>

namespace cal::winlog {

// "XML; export JSON lines or an .evtx file". `line` is the first one of a log.
std::string layout_hint(std::string_view line);

}  // namespace cal::winlog
