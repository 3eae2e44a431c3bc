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

TEST_CASE("only colors that the program gave are printed", "[terminal]") {
  TerminalText text;
  text.add_colored(Color::red, "x\x1b[5m");
  text.add_colored(Color::none, " y\x1b[5m");
  text.add(" {}\n", "\x1b[31m");
  CHECK(text.str() == "\x1b[31mx?[5m\x1b[0m y?[5m ?[31m\n");
  CHECK(written([&](auto* out) { to_terminal(out, text); }) == text.str());
}
