// Configuration errors, collected so that all of them are reported together. Not thread-safe.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace cal {

// Lines and columns count from 1; 0 when the error concerns the file as a whole.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;

  auto operator<=>(const Place&) const = default;
};

class ConfigErrors {
 public:
  // `text` says what is wrong and what is allowed. It starts in lower case and has no period. A
  // text that quotes a very long value is cut in the middle.
  void add(Place place, std::string_view text);

  bool empty() const { return list_.empty(); }
  std::size_t size() const { return list_.size(); }

  // One line each, "file:line:column: text", in the order of the file.
  std::string text() const;

  // Without the places, where they mean nothing to the reader: "text; text".
  std::string without_places() const;

 private:
  struct ConfigError {
    Place place;
    std::string text;
  };
  std::vector<ConfigError> sorted() const;

  std::vector<ConfigError> list_;
};

}  // namespace cal
