#include "probes/inventory/health_alerts.h"

#include "probes/inventory/table_file.h"
#include "probes/inventory/text_file.h"
#include "probes/inventory/times.h"

#include <algorithm>
#include <array>

namespace cal::inventory {

namespace {

constexpr std::string_view title_names[]{"title", "name", "alert", "alert name"};

// 255 means "closed" in System Center, which the console is built on.
bool is_over(std::string_view state) {
  constexpr std::array<std::string_view, 6> words{"resolved", "closed", "cleared",
                                                  "inactive", "ok",     "255"};
  return std::ranges::any_of(words, [&](std::string_view word) { return same_name(state, word); });
}

}  // namespace

tl::expected<HealthAlerts, FileFault> read_health_alerts(const std::filesystem::path& file) {
  const auto content = read_table(file, title_names);
  if (!content) return tl::unexpected(content.error());
  HealthAlerts found{{}, content->data_at};
  for (const auto& row : content->table.rows) {
    const auto title = row.find(title_names);
    if (title.empty()) {
      return tl::unexpected(unreadable(
          file, {row.line(), "no title; the columns are title, severity, state and raised_at"}));
    }
    const auto raised = parse_time(row.find(
        {"raised_at", "raised", "time_raised", "created", "time_created", "time", "date"}));
    found.alerts.push_back({std::string(title), std::string(row.find({"severity", "level"})),
                            !is_over(row.find({"state", "status", "resolution_state"})),
                            raised ? std::optional(raised->at) : std::nullopt});
  }
  return found;
}

}  // namespace cal::inventory
