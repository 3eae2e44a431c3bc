#include "agent/base/terminal.h"

namespace cal {

namespace {

std::string_view start_of(Color color) {
  switch (color) {
    case Color::none:
      return "";
    case Color::green:
      return "\x1b[32m";
    case Color::yellow:
      return "\x1b[33m";
    case Color::magenta:
      return "\x1b[35m";
    case Color::red:
      return "\x1b[31m";
  }
  return "";
}

}  // namespace

void TerminalText::add_colored(Color color, std::string_view text) {
  text_ += start_of(color);
  text_ += one_line(text);
  if (color != Color::none) text_ += "\x1b[0m";
}

void to_terminal(std::FILE* out, const TerminalText& text) { fmt::print(out, "{}", text.str()); }

void lines_to_terminal(std::FILE* out, std::string_view text) {
  fmt::print(out, "{}", printable(text));
}

void json_to_terminal(std::FILE* out, std::string_view json) {
  fmt::print(out, "{}\n", printable_json(json));
}

void over_line_of_terminal(std::FILE* out, std::string_view text) {
  fmt::print(out, "\r{}\x1b[K", one_line(text));
  std::fflush(out);
}

}  // namespace cal
