// Ranges of a multi-valued attribute (MS-ADTS 3.1.1.3.1.3.3): a server that does not return all
// values at once returns `member;range=0-1499` instead of `member`. Pure.
#pragma once

#include "probes/ldap/entry.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cal::ldap {

struct Range {
  const std::vector<std::string>* values;  // inside the entry
  std::size_t first;                       // the index of the first of them
  bool last;                               // whether no range follows
};

// The values of `attribute`, whole or as a range. Empty if the entry has neither.
std::optional<Range> find_range(const Entry& entry, std::string_view attribute);

}  // namespace cal::ldap
