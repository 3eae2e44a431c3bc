#include "probes/winlog/security_provider.h"

#include <array>

namespace cal::winlog {

namespace {

constexpr std::array provider_list{security_provider};

// Without 4723 and 4724, which are also logged for a password that was refused; event 4738 has the
// change.
constexpr std::array<std::uint32_t, 13> id_list{4722, 4725, 4728, 4729, 4732, 4733, 4738,
                                                4740, 4742, 4756, 4757, 4767, 5136};

}  // namespace

std::span<const std::string_view> security_providers() { return provider_list; }

std::span<const std::uint32_t> directory_change_ids() { return id_list; }

}  // namespace cal::winlog
