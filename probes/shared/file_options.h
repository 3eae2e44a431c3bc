// The options that probes of exported files share.
#pragma once

#include "agent/contract/options.h"

#include <optional>
#include <string>

namespace cal {

// A file that is optional.
inline std::optional<std::string> optional_file(Options& options, const std::string& key) {
  // Read even when it is absent, so that the key counts as a known one.
  if (options.text_or(key, "").empty()) return std::nullopt;
  return options.file(key);
}

// How old the data of a file may be before it is no longer used.
inline Milliseconds read_max_age(Options& options, Milliseconds fallback) {
  return options.duration_or("max_age", fallback, std::chrono::minutes(1), std::chrono::days(3650));
}

}  // namespace cal
