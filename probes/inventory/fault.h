// Why an export file could not be used; every reader here returns it instead of a value. The
// message never quotes the content of the file, since that may be a product key, but for what can
// only be a part of a date.
#pragma once

#include <tl/expected.hpp>

#include <filesystem>
#include <string>

namespace cal::inventory {

enum class FileFaultKind { missing, unreadable };

struct FileFault {
  FileFaultKind kind;
  std::string message;  // "read /srv/history.csv: line 3: ..; .."
  std::filesystem::path file = {};
  std::size_t line = 0;         // from 1; 0: the file as a whole
  bool may_be_cut_off = false;  // it is in the last line, which no line break ends
};

// What is wrong inside a text, before it is known which file it came from.
struct TextFault {
  std::size_t line;  // from 1; 0: the text as a whole
  std::string what;
};

}  // namespace cal::inventory
