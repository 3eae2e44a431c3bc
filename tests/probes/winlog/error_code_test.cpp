#include "probes/winlog/error_code.h"

#include "tests/catch.h"

using namespace cal;
using namespace cal::winlog;

TEST_CASE("every form of a code is the same code", "[winlog][code]") {
  const auto* text =
      GENERATE("0xcfff1208", "0xCFFF1208", "0XCFFF1208", "cfff1208", "CFFF1208", "3489600008",
               "-805367288", " 0xcfff1208. ", "0xcfff1208\r\n", "0xffffffffcfff1208");
  INFO(text);
  CHECK(parse_error_code(text) == 0xcfff1208);
}

TEST_CASE("hexadecimal without 0x is distinguished from decimal by its length and digits",
          "[winlog][code]") {
  CHECK(parse_error_code("80070005") == 0x80070005);
  CHECK(parse_error_code("12345678") == 12345678u);
  CHECK(parse_error_code("5") == 5u);
  CHECK(parse_error_code("0") == 0u);
  CHECK(parse_error_code("4294967295") == 0xffffffff);
  CHECK(parse_error_code("-2147483648") == 0x80000000);
}

TEST_CASE("a text that is not a code is refused", "[winlog][code]") {
  const auto* text = GENERATE("", " ", ".", "0x", "0xg", "bad", "face", "cfff120", "4294967296",
                              "-2147483649", "0x1ffffffff", "12 monkeys", "++5", "0x-5", "1e5");
  INFO(text);
  CHECK_FALSE(parse_error_code(text));
}

TEST_CASE("a code is shown in all its forms", "[winlog][code]") {
  CHECK(error_code_text(0xcfff1208) == "0xcfff1208 (3489600008, -805367288)");
  CHECK(error_code_text(5) == "0x00000005 (5, 5)");
}

TEST_CASE("only documented codes are certain", "[winlog][code]") {
  struct Row {
    std::uint32_t code;
    Cause cause;
    Strength strength;
  };
  const auto row = GENERATE(values<Row>({
      {0xcfff1200, Cause::licenses_exhausted, Strength::certain},
      {0xcfff1208, Cause::pack_already_installed, Strength::certain},
      {0xcfff1212, Cause::already_licensed, Strength::certain},
      {0xcfff1201, Cause::other, Strength::weak},
      {0xcfff1207, Cause::other, Strength::weak},
      {0, Cause::other, Strength::weak},
      {5, Cause::account_not_administrator, Strength::weak},
      {0x80070005, Cause::account_not_administrator, Strength::weak},
      {0x80070522, Cause::account_not_administrator, Strength::weak},
      {0x80072ee7, Cause::internet_unreachable, Strength::weak},
      {12007, Cause::internet_unreachable, Strength::weak},
      {0x8007274c, Cause::internet_unreachable, Strength::weak},
      {0x80072af9, Cause::internet_unreachable, Strength::weak},
      {0x800704cf, Cause::internet_unreachable, Strength::weak},
      {9003, Cause::internet_unreachable, Strength::weak},
      {0x80072098, Cause::directory_not_writable, Strength::weak},
      {8344, Cause::directory_not_writable, Strength::weak},
      {0x80041003, Cause::other, Strength::weak},
      {0x80004005, Cause::other, Strength::weak},
  }));
  INFO(error_code_text(row.code));
  CHECK(meaning_of_code(row.code).cause == row.cause);
  CHECK(meaning_of_code(row.code).strength == row.strength);
  CHECK(is_documented(row.code) == (row.strength == Strength::certain));
}
