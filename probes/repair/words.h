// What several plans say in the same words.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace cal::repair {

inline constexpr auto owned_elsewhere =
    "If the fault comes back, a policy or an identity management system may set it: change it "
    "there.";

// Why an undo stops. Without a quotation mark.
inline constexpr auto not_as_left =
    "It is not as the repair leaves it: the repair was not run, or it was changed since. Nothing "
    "was changed now: see what it is, and decide by hand.";

inline constexpr auto undo_not_seen = "It was written, but the undo cannot be seen.";

// A line of a script. `why` is without a quotation mark.
inline std::string throw_if(std::string_view condition, std::string_view why) {
  return fmt::format("if ({}) {{ throw '{}' }}\n", condition, why);
}

}  // namespace cal::repair
