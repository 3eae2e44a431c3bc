#include "probes/pack_already_installed/pack_texts.h"

#include "agent/base/text.h"

#include <fmt/format.h>

#include <chrono>
#include <vector>

namespace cal::pack_already_installed {

bool is_duplicate(const inventory::Pack& pack) { return pack.installations.size() > 1; }

std::string when(const std::optional<inventory::ExportedTime>& time, SystemTime now) {
  if (!time) return "at a time that the history does not give";
  // The time of the day matters as long as it can be compared with that of the plan.
  const bool is_old = time->at < now - std::chrono::months(2);
  return time->whole_day || is_old ? "on " + day_and_age_text(time->at, now)
                                   : "at " + time_text(time->at);
}

std::string name_of(const inventory::Pack& pack) {
  const auto& edition = pack.installations.front().edition;
  return fmt::format("pack {}{}", pack.label, edition.empty() ? "" : fmt::format(" ({})", edition));
}

std::string lines_of(const inventory::Pack& pack) {
  std::vector<std::string> lines;
  for (const auto& each : pack.installations) {
    if (lines.size() < max_installations_shown) lines.push_back(std::to_string(each.line));
  }
  return "lines " + list_with_and(lines, pack.installations.size());
}

}  // namespace cal::pack_already_installed
