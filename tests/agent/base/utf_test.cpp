#include "agent/base/utf.h"

#include "tests/catch.h"

#include <string>
#include <tuple>

using namespace cal;
using namespace std::string_literals;

TEST_CASE("characters of every length have their bytes", "[utf]") {
  const auto [point, bytes] =
      GENERATE(table<char32_t, std::string>({{U'a', "a"}, {U'é', "é"}, {U'€', "€"}, {U'😀', "😀"}}));
  std::string text;
  append_utf8(text, point);
  CHECK(text == bytes);
  CHECK(utf8_length(bytes + "x") == bytes.size());
}

TEST_CASE("invalid UTF-8 is found at its place", "[utf]") {
  const auto* const bad =
      GENERATE("\x80", "\xC0\xAF", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
               "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\xE2\x82x", "\xFF");
  CHECK(utf8_length(bad) == 0);
  CHECK(first_not_utf8("é😀"s + bad) == 6);
  CHECK_FALSE(first_not_utf8("é😀"));
}

TEST_CASE("a cut leaves characters whole", "[utf]") {
  CHECK(utf8_cut("a€b", 5) == 5);
  CHECK(utf8_cut("a€b", 4) == 4);
  CHECK(utf8_cut("a€b", 3) == 1);
  CHECK(utf8_cut("a€b", 2) == 1);
  CHECK(utf8_cut("a€b", 0) == 0);
  // What is not UTF-8 is cut near the limit.
  CHECK(utf8_cut(std::string(100, '\x80'), 50) == 47);
}

TEST_CASE("a long text keeps its ends", "[utf]") {
  CHECK(shortened("short", 5) == "short");
  CHECK(shortened("0123456789", 4) == "01…89");
  CHECK(shortened("a€€€€b", 6) == "a…€b");
}

TEST_CASE("UTF-16 is recognized by its mark and becomes UTF-8", "[utf]") {
  const auto little = "\xFF\xFE\xE9\x00\x3D\xD8\x00\xDE"s;
  const auto big = "\xFE\xFF\x00\xE9\xD8\x3D\xDE\x00"s;
  CHECK(utf16_mark(little) == ByteOrder::little);
  CHECK(utf16_mark(big) == ByteOrder::big);
  CHECK_FALSE(utf16_mark("\xFF"));
  CHECK_FALSE(utf16_mark("text"));
  CHECK(utf8_of_utf16<std::string>(little.substr(2), ByteOrder::little) == "é😀");
  CHECK(utf8_of_utf16<std::string>(big.substr(2), ByteOrder::big) == "é😀");
}

TEST_CASE("half a surrogate pair is replaced, half a unit is left out", "[utf]") {
  const auto text = [](const std::string& bytes) {
    return utf8_of_utf16<std::string>(bytes, ByteOrder::little);
  };
  CHECK(text("\x3D\xD8"s) == "\uFFFD");
  CHECK(text("\x3D\xD8x\0"s) == "\uFFFDx");
  CHECK(text("\x00\xDEx\0"s) == "\uFFFDx");
  CHECK(text("\x3D\xD8\x00\xDE\x00"s) == "😀");
}
