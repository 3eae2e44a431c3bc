// Configuration errors, collected so that all of them are reported together. Not thread-safe.
#pragma once

#include <compare>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace cal {

// Lines and columns count from 1; 0 when the error concerns the file as a whole.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;

  auto operator<=>(const Place&) const = default;
};

// A file can have more errors than bytes, so only the first ones in the order of the file are kept,
// and a line of the log has a part of them. The texts say that there are more.
inline constexpr std::size_t max_config_errors = 200;
inline constexpr std::size_t max_logged_config_errors = 20;

class ConfigErrors {
 public:
  // `text` says what is wrong and what is allowed. It starts in lower case and has no period. A
  // text that quotes a very long value is cut in the middle, and all become one line.
  void add(Place place, std::string_view text);

  bool empty() const { return first_.empty(); }

  // One line each, "file:line:column: text", in the order of the file.
  std::string text(std::size_t most = max_config_errors) const;

  // Without the places, where they mean nothing to the reader: "text; text".
  std::string without_places() const;

 private:
  std::multimap<Place, std::string> first_;  // those of one place in the order in which they came
  bool has_more_ = false;
};

}  // namespace cal
