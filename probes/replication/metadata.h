// When and where attributes and links of a directory object were last written, as every domain
// controller keeps it for replication (MS-ADTS 3.1.1.1.9). It never holds who wrote. Pure; the
// input is hostile.
#pragma once

#include "agent/base/clock.h"
#include "probes/security/guid.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cal::replication {

inline constexpr std::size_t max_fragment = 65'536;  // octets of one XML fragment
inline constexpr std::size_t max_text = 4'096;       // octets of one element in it
inline constexpr std::size_t max_raw_stamps = 4'096;

// The last originating write.
struct Stamp {
  std::uint32_t version = 0;  // grows by one with every write
  SystemTime changed = {};    // by the clock of the domain controller that wrote
  // Which database wrote. A domain controller that is restored has a new one.
  std::optional<security::Guid> invocation = {};
  std::string settings_dn = {};  // of that domain controller; empty if it is gone
};

struct AttributeStamp {
  std::string attribute;
  Stamp stamp;
};

// Of one value of a link attribute. A link that was removed is kept for the tombstone lifetime.
struct LinkStamp {
  std::string attribute;
  std::string value_dn;  // the member
  bool removed = false;
  Stamp stamp;
};

// A value of msDS-ReplAttributeMetaData and of msDS-ReplValueMetaData (MS-DRSR 4.1.13.1.17 and
// .25): an XML fragment. Empty if it is not one, or lacks what is needed.
std::optional<AttributeStamp> parse_attribute_stamp(std::string_view xml);
std::optional<LinkStamp> parse_link_stamp(std::string_view xml);

// replPropertyMetaData, version 1: the attributes have numbers.
struct RawStamp {
  std::uint32_t attribute;
  Stamp stamp;
};
std::optional<std::vector<RawStamp>> parse_raw_stamps(std::string_view octets);

// The attributes that a diagnosis asks for, by name, and their numbers in replPropertyMetaData.
// Empty: none of them.
std::optional<std::uint32_t> number_of_attribute(std::string_view name);

}  // namespace cal::replication
