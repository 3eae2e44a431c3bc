// Replication metadata from a directory: whatever it sends, what is decoded is bounded.
#include "agent/base/text.h"
#include "probes/replication/metadata.h"
#include "tests/fuzz/property.h"

#include <string>

using namespace cal::replication;
using cal::fuzz::require;

namespace {

void check(const Stamp& stamp) {
  require(stamp.settings_dn.size() <= max_text, "a DN is bounded");
  require(stamp.changed >= cal::SystemTime{}, "a time is not before 1970");
  require(!cal::utc_text(stamp.changed).empty(), "a time can be shown");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(data, data + size);
  if (const auto found = parse_attribute_stamp(input)) {
    require(found->attribute.size() <= max_text, "a name is bounded");
    check(found->stamp);
    require(!parse_link_stamp(input), "a stamp is of an attribute or of a link");
  }
  if (const auto found = parse_link_stamp(input)) {
    require(found->attribute.size() <= max_text, "a name is bounded");
    require(found->value_dn.size() <= max_text, "a DN is bounded");
    require(cal::valid_utf8(found->value_dn) == found->value_dn, "a DN is valid UTF-8");
    check(found->stamp);
  }
  if (const auto found = parse_raw_stamps(input)) {
    require(found->size() * 48 + 16 == size, "every octet belongs to a stamp");
    for (const auto& raw : *found) check(raw.stamp);
  }
  return 0;
}
