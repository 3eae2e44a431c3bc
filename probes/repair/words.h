// What several plans say in the same words.
#pragma once

namespace cal::repair {

inline constexpr auto owned_elsewhere =
    "If the fault comes back, a policy or an identity management system owns it: change it there.";

}  // namespace cal::repair
