#include "probes/security/base64.h"

#include "tests/catch.h"

using cal::security::decode_base64;

TEST_CASE("base64 is decoded as RFC 4648 says", "[base64]") {
  // RFC 4648, 10.
  CHECK(decode_base64("") == "");
  CHECK(decode_base64("Zg==") == "f");
  CHECK(decode_base64("Zm8=") == "fo");
  CHECK(decode_base64("Zm9v") == "foo");
  CHECK(decode_base64("Zm9vYg==") == "foob");
  CHECK(decode_base64("Zm9vYmE=") == "fooba");
  CHECK(decode_base64("Zm9vYmFy") == "foobar");
  CHECK(decode_base64("+/+/") == "\xfb\xff\xbf");
}

TEST_CASE("base64 may be broken into lines and lack its padding", "[base64]") {
  CHECK(decode_base64("Zm9v\r\n\tYm Fy\n") == "foobar");
  CHECK(decode_base64("Zg") == "f");
  CHECK(decode_base64("Zg=\n=\n") == "f");
}

TEST_CASE("text that is not base64 is refused", "[base64]") {
  const auto* text = GENERATE("Z", "Zm9v!", "Zm-_", "Zg==Zg==", "\1", "\xff");
  CHECK_FALSE(decode_base64(text));
}
