#include "probes/security/guid.h"

#include "tests/catch.h"

using cal::security::Guid;

TEST_CASE("the first three groups of a GUID are little-endian on the wire", "[guid]") {
  // MS-DTYP 2.3.4.2
  const auto guid = Guid::parse_text("00112233-4455-6677-8899-AABBCCDDEEFF");
  REQUIRE(guid);
  const unsigned expected[] = {0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66,
                               0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
  for (std::size_t i = 0; i < Guid::size; ++i) {
    CHECK(std::to_integer<unsigned>(guid->wire()[i]) == expected[i]);
  }
  CHECK(guid->text() == "00112233-4455-6677-8899-aabbccddeeff");
  CHECK(Guid(guid->wire()) == *guid);
  CHECK(guid->is(guid->wire().data()));
  const Guid other;
  CHECK_FALSE(guid->is(other.wire().data()));
}

TEST_CASE("text that is not a GUID is refused", "[guid]") {
  const auto* text =
      GENERATE("", "00112233", "{00112233-4455-6677-8899-aabbccddeeff}",
               "00112233-4455-6677-8899-aabbccddeef", "00112233-4455-6677-8899-aabbccddeefg",
               "001122334455-6677-8899-aabbccddeeff-", "00112233-4455-6677-8899-aabbccddee-1",
               "0011223--4455-6677-8899-aabbccddeeff");
  CHECK_FALSE(Guid::parse_text(text));
}
