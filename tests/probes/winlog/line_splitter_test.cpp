#include "probes/winlog/line_splitter.h"

#include "tests/catch.h"

#include <string>
#include <vector>

using namespace cal::winlog;
using namespace std::string_literals;

namespace {

// The lines of a text that arrives in pieces; a line that is too long is "TOO LONG".
std::vector<std::string> lines_of(LineSplitter& splitter, std::string_view bytes,
                                  std::size_t piece) {
  std::vector<std::string> lines;
  while (!bytes.empty()) {
    const auto part = bytes.substr(0, piece);
    splitter.feed(part, [&](const Line& line) {
      lines.push_back(line.too_long ? "TOO LONG" : std::string(line.text));
    });
    bytes.remove_prefix(part.size());
  }
  return lines;
}

std::string utf16(const std::u16string& text, bool big) {
  std::string bytes;
  for (const char16_t unit : text) {
    const auto high = static_cast<char>(unit >> 8);
    const auto low = static_cast<char>(unit & 0xff);
    bytes += big ? high : low;
    bytes += big ? low : high;
  }
  return bytes;
}

}  // namespace

TEST_CASE("lines are complete, however the bytes arrive", "[winlog][lines]") {
  const auto piece = GENERATE(1u, 2u, 3u, 5u, 1000u);
  LineSplitter splitter(Encoding::utf8);
  CHECK(lines_of(splitter,
                 "\xEF\xBB\xBF"
                 "one\r\n\n  \ntwo\nthree",
                 piece) == std::vector{"one"s, "two"s});
  CHECK(splitter.rest() == "three");
  CHECK(splitter.fed() - splitter.consumed() == 5);
}

TEST_CASE("UTF-16 becomes UTF-8, however the bytes arrive", "[winlog][lines]") {
  const auto piece = GENERATE(1u, 2u, 3u, 5u, 1000u);
  const bool big = GENERATE(false, true);
  // U+0A0A and U+0D0A hold the byte of a line end, and U+1F600 needs two units.
  const auto bytes = utf16(u"\uFEFF\u00e4\u0a0a\U0001F600\r\nx\u0d0a\ntail", big);
  CHECK(encoding_of(bytes) == (big ? Encoding::utf16_big : Encoding::utf16_little));
  LineSplitter splitter(encoding_of(bytes));
  CHECK(lines_of(splitter, bytes, piece) == std::vector{"\u00e4\u0a0a\U0001F600"s, "x\u0d0a"s});
  CHECK(splitter.rest() == "tail");
  CHECK(splitter.fed() - splitter.consumed() == 8);
}

TEST_CASE("a surrogate without its other half is replaced", "[winlog][lines]") {
  LineSplitter splitter(Encoding::utf16_little);
  CHECK(lines_of(splitter, "\x00\xd8x\x00\n\x00"s, 100) == std::vector{"\uFFFDx"s});
}

TEST_CASE("a line that is too long is reported and dropped, and the next one is read",
          "[winlog][lines]") {
  const auto encoding = GENERATE(Encoding::utf8, Encoding::utf16_little);
  const bool wide = encoding == Encoding::utf16_little;
  LineSplitter splitter(encoding);
  const std::string longer(LineSplitter::longest_line + 2, 'x');
  CHECK(lines_of(splitter, longer + (wide ? "\n\0y\0\n\0"s : "\ny\n"s), 4096) ==
        std::vector{"TOO LONG"s, "y"s});
  CHECK(splitter.fed() == splitter.consumed());
}

TEST_CASE("a line of exactly the limit is read", "[winlog][lines]") {
  LineSplitter splitter(Encoding::utf8);
  const std::string longest(LineSplitter::longest_line - 1, 'x');
  CHECK(lines_of(splitter, longest + "\n", 4096) == std::vector{longest});
}
