// What the commands print. A terminal obeys control characters, and a person believes lines, so
// everything that is printed goes through this unit (tests/layers_test.cpp): no name from a
// directory, an event or a file steers the terminal of the person who runs a command, or adds a
// line to the output.
#pragma once

#include "agent/base/text.h"

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cal {

enum class Color { none, green, yellow, magenta, red };

// An argument as it is shown: text as one_line().
template <class T>
decltype(auto) as_shown(const T& value) {
  if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    return one_line(value);
  } else {
    static_assert(std::is_arithmetic_v<T>, "turn it into text first");
    return value;
  }
}

// Text that is printable() but for the colors that it was given, in lines that only its form has.
class TerminalText {
 public:
  template <class... Args>
  void add(fmt::format_string<Args...> form, Args&&... args) {
    add_shown(form, as_shown(args)...);
  }
  void add_colored(Color color, std::string_view text);
  // Of several lines, in which the text of others is one_line() already.
  void add_lines(std::string_view text) { text_ += printable(text); }

  const std::string& str() const { return text_; }

 private:
  template <class... Shown>
  void add_shown(fmt::string_view form, const Shown&... shown) {
    text_ += printable(fmt::vformat(form, fmt::make_format_args(shown...)));
  }

  std::string text_;
};

void to_terminal(std::FILE* out, const TerminalText& text);
void lines_to_terminal(std::FILE* out, std::string_view text);  // see add_lines()

template <class... Args>
void to_terminal(std::FILE* out, fmt::format_string<Args...> form, Args&&... args) {
  TerminalText text;
  text.add(form, std::forward<Args>(args)...);
  to_terminal(out, text);
}

// JSON and a line end. Control characters are escaped, so that the values stay the same.
void json_to_terminal(std::FILE* out, std::string_view json);

// In place of the line that the cursor is in, and without a line end: progress.
void over_line_of_terminal(std::FILE* out, std::string_view text);

}  // namespace cal
