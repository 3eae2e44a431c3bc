#include "probes/inventory/encoding.h"

#include "tests/catch.h"
#include "tests/fakes/wiped.h"

#include <string>

using namespace cal::inventory;
using cal::fakes::wiped;
using namespace std::string_literals;

namespace {

std::string decoded(std::string_view octets) {
  const auto text = to_utf8(wiped(octets));
  return text ? std::string(view_of(*text))
              : "line " + std::to_string(text.error().line) + ": " + text.error().what;
}

}  // namespace

TEST_CASE("each encoding that PowerShell writes gives the same text", "[inventory]") {
  CHECK(decoded("Büro") == "Büro");
  CHECK(decoded("\xEF\xBB\xBF"
                "Büro") == "Büro");
  CHECK(decoded("\xFF\xFE"
                "B\0\xFC\0r\0o\0"s) == "Büro");
  CHECK(decoded("\xFE\xFF\0B\0\xFC\0r\0o"s) == "Büro");
}

TEST_CASE("characters of every length survive UTF-16", "[inventory]") {
  CHECK(decoded("\xFF\xFE\xAC\x20\x3D\xD8\x00\xDE"s) == "€😀");
  CHECK(decoded("\xFF\xFE\x3D\xD8"s) == "\xEF\xBF\xBD");      // half a pair at the end
  CHECK(decoded("\xFF\xFE\x3D\xD8x\0"s) == "\xEF\xBF\xBDx");  // half a pair inside
  CHECK(decoded("\xFF\xFE\x00\xDEx\0"s) == "\xEF\xBF\xBDx");  // the second half alone
  CHECK(decoded("\xFF\xFE").empty());
}

TEST_CASE("a text in another encoding is refused with its line", "[inventory]") {
  CHECK_THAT(decoded("one\nB\xFCro"), Catch::StartsWith("line 2: not UTF-8 (octet 0xfc), maybe a "
                                                        "Windows code page (ANSI)"));
  CHECK_THAT(decoded("one\na\0b"s), Catch::StartsWith("line 2: a NUL octet"));
  CHECK_THAT(decoded("a\0b\0"s), Catch::Contains("UTF-16 without a byte order mark"));
  CHECK_THAT(decoded("\xFF\xFE"
                     "a"),
             Catch::StartsWith("line 0: half a UTF-16 character"));
}

TEST_CASE("invalid UTF-8 is refused", "[inventory]") {
  const auto* const bad =
      GENERATE("\x80", "\xC0\xAF", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
               "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\xE2\x82x", "\xFF");
  CHECK_THAT(decoded(bad), Catch::StartsWith("line 1: not UTF-8"));
}

TEST_CASE("lines are counted alike, whatever ends them", "[inventory]") {
  for (const auto* text : {"one\ntwo\n\xFC", "one\r\ntwo\r\n\xFC", "one\rtwo\r\xFC"}) {
    INFO(text);
    CHECK_THAT(decoded(text), Catch::StartsWith("line 3: not UTF-8"));
  }
}
