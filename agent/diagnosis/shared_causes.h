// One cause over many networks: the same host has the same fault in several of them, so one repair
// ends it everywhere. A pure function of the board's rows.
#pragma once

#include "agent/run/board.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cal {

struct SharedCause {
  std::string object;       // the host, as in Outcome
  std::string_view reason;  // what is wrong with it
  std::vector<std::string> networks;
  std::optional<Beginning> since = std::nullopt;  // when the first of them met it
};

// Fewer networks may have the same fault by chance.
inline constexpr std::size_t min_networks_sharing = 3;

// Most networks first. The rows of a network must be adjacent.
std::vector<SharedCause> shared_causes(const Rows& rows);

}  // namespace cal
