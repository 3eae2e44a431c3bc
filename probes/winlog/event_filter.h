// Which events of a log are wanted. Of the others a reader decodes only what every event has, which
// is much faster.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace cal::winlog {

struct EventFilter {
  std::span<const std::string_view> providers = {};  // none: all
  std::span<const std::uint32_t> ids = {};           // none: all
};

}  // namespace cal::winlog
