#include "probes/shared/staleness.h"

#include "agent/base/text.h"

#include <fmt/format.h>

namespace cal {

std::optional<std::string> staleness(const std::filesystem::path& file, SystemTime data_at,
                                     SystemTime now, Milliseconds max_age) {
  const auto age = std::chrono::duration_cast<Milliseconds>(now - data_at);
  if (age < -max_clock_difference) {
    return fmt::format(
        "the data of {} is from {} in the future: set the clock of this host, or of the one that "
        "wrote it",
        file.string(), duration_text(std::chrono::floor<std::chrono::minutes>(-age)));
  }
  if (age <= max_age) return std::nullopt;
  return fmt::format("the data of {} is {} old, more than max_age ({})", file.string(),
                     duration_text(std::chrono::floor<std::chrono::minutes>(age)),
                     duration_text(max_age));
}

}  // namespace cal
