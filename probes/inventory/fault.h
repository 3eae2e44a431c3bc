// Why an export file could not be used; every reader here returns it instead of a value. The
// message never quotes the content of the file, since that may be a product key.
#pragma once

#include <tl/expected.hpp>

#include <string>

namespace cal::inventory {

enum class FileFaultKind { missing, unreadable };

struct FileFault {
  FileFaultKind kind;
  std::string message;  // "read /srv/history.csv: line 3: ..; .."
};

// What is wrong inside a text, before it is known which file it came from.
struct TextFault {
  std::size_t line;  // from 1; 0: the text as a whole
  std::string what;
};

}  // namespace cal::inventory
