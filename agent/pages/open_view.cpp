#include "agent/pages/open_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace cal {

namespace {

std::shared_ptr<const Outcome> open_outcome(std::shared_ptr<const Outcome> outcome) {
  const bool is_open = outcome->open_summary.empty() &&
                       std::ranges::none_of(outcome->evidence, [](const Evidence& each) {
                         return each.open_text.has_value();
                       });
  if (is_open && outcome->actors.empty()) return outcome;
  auto opened = std::make_shared<Outcome>(*outcome);
  opened->actors.clear();
  if (is_open) return opened;
  if (!opened->open_summary.empty()) opened->summary = std::move(opened->open_summary);
  std::erase_if(opened->evidence,
                [](const Evidence& each) { return each.open_text && each.open_text->empty(); });
  for (auto& each : opened->evidence) {
    if (!each.open_text) continue;
    each.text = std::move(*each.open_text);
    each.open_text.reset();
    each.form = Evidence::Form::fact;
  }
  opened->evidence.push_back({std::nullopt, "left out",
                              fmt::format("what gives rights: entries that allow, and groups with "
                                          "their members. Run `cal_exporter check` on "
                                          "the agent's machine; this page shows it {}",
                                          where_all_is_shown)});
  return opened;
}

}  // namespace

Rows open_rows(Rows rows) {
  for (auto& row : rows) row.outcome = open_outcome(std::move(row.outcome));
  return rows;
}

std::vector<Episode> open_episodes(std::vector<Episode> episodes) {
  for (auto& episode : episodes) episode.outcome = open_outcome(std::move(episode.outcome));
  return episodes;
}

}  // namespace cal
