#include "agent/pages/before.h"

#include "agent/base/text.h"
#include "agent/pages/times.h"

#include <algorithm>
#include <cstddef>

namespace cal {

namespace {

// So that the steps below stay in sight; the history has everything.
constexpr std::size_t max_items = 2;

// Of a ladder, the stage that is broken now: those below it are as they were.
std::string_view changed_part(const Evidence& was, const Evidence& is) {
  if (was.form != Evidence::Form::ladder || is.form != Evidence::Form::ladder) return was.text;
  const auto broken = unlinked(is.text).back();  // "tls broken (…)"
  const auto stage = broken.substr(0, broken.find(' ') + 1);
  const auto before = unlinked(was.text);
  const auto found =
      std::ranges::find_if(before, [&](std::string_view part) { return part.starts_with(stage); });
  return found == before.end() ? std::string_view(was.text) : *found;
}

}  // namespace

Html before_html(const Outcome& outcome, const std::vector<Episode>& newest_first, SystemTime now) {
  const auto [last_good, first_bad, good_again] = turn_of(newest_first);
  if (last_good == nullptr || good_again != nullptr) return {};
  Html items;
  std::size_t count = 0;
  for (const auto& seen : outcome.evidence) {
    if (seen.verdict != Verdict::present) continue;
    const auto& good = last_good->outcome->evidence;
    const auto was = std::ranges::find(good, seen.item, &Evidence::item);
    if (was == good.end() || was->text == seen.text) continue;
    if (++count > max_items) continue;
    items += markup("<li>{}: {}</li>\n", was->item, changed_part(*was, seen));
  }
  if (count == 0) return {};
  if (count > max_items) items += markup("<li>and {} more</li>\n", count - max_items);
  return markup("<p><strong>Before</strong> (until {}):</p>\n<ul>\n{}</ul>\n",
                age_html(last_good->last, now), items);
}

}  // namespace cal
