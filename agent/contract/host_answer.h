// Would a user who signs in to a session host now get a license? For `preflight --host`.
#pragma once

#include "agent/base/clock.h"

#include <optional>
#include <string>

namespace cal {

struct HostAnswer {
  std::optional<bool> gets_license;  // empty: not known
  bool warning = false;              // although they get one
  std::string text;                  // what was found; it begins in lower case
  std::string step = {};             // what to do; empty: nothing
  std::optional<SystemTime> data_at = std::nullopt;
};

}  // namespace cal
