// SIDs as text and as bytes: an accepted SID keeps its value through both forms.
#include "probes/security/sid.h"
#include "tests/fuzz/property.h"

#include <string_view>

using cal::fuzz::require;
using cal::security::Sid;

namespace {

void check(const Sid& sid) {
  const auto from_text = Sid::parse_text(sid.text());
  require(from_text == sid, "the text form of a SID is that SID");
  const std::string octets = sid.octets();
  require(Sid::parse_octets(octets) == sid, "the binary form of a SID is that SID");
  require(octets.size() == sid.size(), "the size of a SID is that of its binary form");
  require(sid.is(std::as_bytes(std::span(octets))), "a SID is recognized in its bytes");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const std::string text(data, data + size);
  const auto from_bytes = Sid::parse(bytes);
  require(from_bytes.has_value() == Sid::at_front_of(bytes), "both byte parsers agree");
  if (from_bytes) check(*from_bytes);
  if (const auto sid = Sid::parse_text(text)) check(*sid);
  return 0;
}
