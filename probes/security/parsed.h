// The result of a parser of this folder: the value, or where in the input it stopped and why.
// Parsers never throw, whatever the input.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace cal::security {

struct ParseError {
  std::size_t position = 0;  // in bytes from the front of the input
  std::string_view what;     // a literal
};

template <typename T>
struct Parsed {
  std::optional<T> value;
  ParseError error = {};  // meaningful only without a value

  explicit operator bool() const { return value.has_value(); }
  const T& operator*() const { return *value; }
  const T* operator->() const { return &*value; }
};

}  // namespace cal::security
