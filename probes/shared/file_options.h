// The options that probes of exported files share.
#pragma once

#include "agent/contract/options.h"

#include <filesystem>
#include <optional>
#include <string>

namespace cal {

// A file that may be left out.
inline std::optional<std::filesystem::path> optional_file(Options& options,
                                                          const std::string& key) {
  // Also asked for when it is absent, so that it counts as a key that there is.
  if (options.text_or(key, "").empty()) return std::nullopt;
  return options.file(key);
}

// How old the data of a file may be before it tells nothing any more.
inline Milliseconds read_max_age(Options& options, Milliseconds fallback) {
  return options.duration_or("max_age", fallback, std::chrono::minutes(1), std::chrono::days(3650));
}

}  // namespace cal
