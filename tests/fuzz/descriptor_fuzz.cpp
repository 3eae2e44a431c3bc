// Descriptors from bytes: an accepted descriptor keeps its parts through bytes and SDDL, and can be
// described.
#include "probes/security/describe.h"
#include "probes/security/descriptor.h"
#include "probes/security/sddl.h"
#include "tests/fuzz/property.h"

using namespace cal::security;
using cal::fuzz::require;

namespace {

void check_text(const Descriptor& descriptor) {
  const auto again = parse_sddl(format_sddl(descriptor));
  require(again.value.has_value(), "every descriptor has a text form");
  require(again->owner == descriptor.owner && again->group == descriptor.group,
          "owner and group survive the text form");
  for (const auto list : {&Descriptor::dacl, &Descriptor::sacl}) {
    const auto& before = descriptor.*list;
    const auto& after = again.value.value().*list;
    require(before.has_value() == after.has_value(), "lists survive the text form");
    require(!before || before->aces == after->aces, "entries survive the text form");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto descriptor = parse_descriptor(std::as_bytes(std::span(data, size)));
  if (!descriptor) return 0;
  const auto bytes = octets(*descriptor);
  require(bytes.has_value(), "a descriptor from bytes has a binary form");
  const auto again = parse_descriptor(std::as_bytes(std::span(*bytes)));
  require(again.value == descriptor.value, "the bytes of a descriptor are that descriptor");
  check_text(*descriptor);
  for (const auto& list : {descriptor->dacl, descriptor->sacl}) {
    if (!list) continue;
    for (const Ace& ace : list->aces)
      require(!describe(ace).empty(), "every entry has a description");
  }
  return 0;
}
