// SDDL: an accepted text means the same after it is written and read again, and has a binary form.
// The first byte determines whether the domain is known.
#include "probes/security/sddl.h"
#include "tests/fuzz/property.h"

using namespace cal::security;
using cal::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::optional<Sid> domain =
      data[0] % 2 == 0 ? Sid::parse_text("S-1-5-21-1-2-3") : std::nullopt;
  const std::string text(data + 1, data + size);
  const auto parsed = parse_sddl(text, domain);
  if (!parsed) {
    require(!parsed.error.what.empty(), "an error has a reason");
    require(parsed.error.position <= text.size(), "an error has a position in the text");
    return 0;
  }
  const auto again = parse_sddl(format_sddl(*parsed, domain), domain);
  require(again.value == parsed.value, "SDDL means the same after writing and reading");
  const auto bytes = octets(*parsed);
  require(bytes.has_value(), "SDDL has a binary form");
  require(parse_descriptor(std::as_bytes(std::span(*bytes))).value == parsed.value,
          "the binary form of SDDL means what was read");
  return 0;
}
