// What the commands print. A terminal obeys control characters, so everything that is printed goes
// through this unit (tests/layers_test.cpp): no name from a directory, an event or a file steers
// the terminal of the person who runs a command.
#pragma once

#include "agent/base/text.h"

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

namespace cal {

enum class Color { none, green, yellow, magenta, red };

// Text that is printable() but for the colors that it was given.
class TerminalText {
 public:
  template <class... Args>
  void add(fmt::format_string<Args...> form, Args&&... args) {
    text_ += printable(fmt::format(form, std::forward<Args>(args)...));
  }
  void add_colored(Color color, std::string_view text);

  const std::string& str() const { return text_; }

 private:
  std::string text_;
};

void to_terminal(std::FILE* out, const TerminalText& text);

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
