#include "agent/base/terminal.h"

#include "tests/catch.h"

using namespace cal;

namespace {

const std::string hostile = "\x1b[2J\u009b31m\u202e\r\x7f";

// What `write` writes to a file.
template <class Write>
std::string written(Write write) {
  char* text = nullptr;
  std::size_t size = 0;
  auto* file = open_memstream(&text, &size);
  write(file);
  std::fclose(file);
  std::string all(text, size);
  std::free(text);
  return all;
}

}  // namespace

TEST_CASE("nothing that is printed steers the terminal", "[terminal]") {
  CHECK(written([](auto* out) { to_terminal(out, "a{}b\t\n", hostile); }) == "a?[2J?31m???b\t\n");
  CHECK(written([](auto* out) { json_to_terminal(out, "\"\u009b\""); }) == "\"\\u009b\"\n");
  CHECK(written([](auto* out) { over_line_of_terminal(out, hostile); }) == "\r?[2J?31m???\x1b[K");
}

TEST_CASE("no text of others makes a line of its own", "[terminal]") {
  const std::string forged = "timeout\n  x other: not a cause\r\n\tx";
  const std::string shown = "timeout   x other: not a cause?  x";
  CHECK(written([&](auto* out) {
          to_terminal(out, "a: {}\n{}\n", forged, std::string_view(forged));
        }) == "a: " + shown + "\n" + shown + "\n");
  TerminalText text;
  text.add("{:<5}{}\n", "a\n", forged.c_str());
  text.add_colored(Color::red, forged);
  CHECK(text.str() == "a    " + shown + "\n\x1b[31m" + shown + "\x1b[0m");
  CHECK(written([&](auto* out) { over_line_of_terminal(out, "1\n2"); }) == "\r1 2\x1b[K");
}

TEST_CASE("lines that the program made stay lines", "[terminal]") {
  CHECK(written([](auto* out) { lines_to_terminal(out, "a\n\tb\x1b\n"); }) == "a\n\tb?\n");
}

TEST_CASE("only colors that the program gave are printed", "[terminal]") {
  TerminalText text;
  text.add_colored(Color::red, "x\x1b[5m");
  text.add_colored(Color::none, " y\x1b[5m");
  text.add(" {}\n", "\x1b[31m");
  CHECK(text.str() == "\x1b[31mx?[5m\x1b[0m y?[5m ?[31m\n");
  CHECK(written([&](auto* out) { to_terminal(out, text); }) == text.str());
}
