#include "agent/base/digest.h"

#include "tests/catch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

using cal::sha256;

// FIPS 180-2, appendix B.1.
TEST_CASE("a digest is SHA-256", "[digest]") {
  CHECK(fmt::format("{:02x}", fmt::join(sha256("abc"), "")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
