// Whether the data of a file is too old to be used. Pure.
#pragma once

#include "agent/base/clock.h"

#include <filesystem>
#include <optional>
#include <string>

namespace cal {

// "the data of history.csv is 3d old, more than max_age (1d)"; empty while it is fresh. Data from
// the future is not fresh: its age is unknown.
std::optional<std::string> staleness(const std::filesystem::path& file, SystemTime data_at,
                                     SystemTime now, Milliseconds max_age);

}  // namespace cal
