#include "agent/pages/week_plot.h"

#include "agent/base/text.h"

#include <algorithm>

namespace cal {

namespace {

// In units of the view box; the page scales it.
constexpr int bar_width = 40;
constexpr int gap = 8;
constexpr int plot_height = 120;
constexpr int text_height = 16;
constexpr int width = static_cast<int>(outlook_weeks) * (bar_width + gap);
constexpr int height = plot_height + 3 * text_height;

int left_of(std::size_t week) { return static_cast<int>(week) * (bar_width + gap); }

// "11-30", without the year.
std::string label_of(SystemTime week) { return utc_text(week).substr(5, 5); }

Html bar(std::size_t index, SystemTime week, std::int64_t count, std::int64_t most) {
  const auto share = most > 0 ? static_cast<double>(count) / static_cast<double>(most) : 0.0;
  const int tall = static_cast<int>(share * plot_height);
  const int center = left_of(index) + bar_width / 2;
  return markup(
      R"(<rect class="bar" x="{}" y="{}" width="{}" height="{}"><title>week of {}: {}</title></rect>
<text x="{}" y="{}">{}</text>
<text class="soft" x="{}" y="{}">{}</text>
)",
      left_of(index), text_height + plot_height - tall, bar_width, tall, day_text(week), count,
      center, text_height + plot_height - tall - 4, count, center, plot_height + 2 * text_height,
      label_of(week));
}

Html pack_mark(const LicenseEnd& end, SystemTime first_week) {
  const auto days =
      std::chrono::duration_cast<std::chrono::hours>(end.at - first_week).count() / 24;
  const int x = static_cast<int>(days) * (bar_width + gap) / 7;
  return markup(
      R"(<line class="end" x1="{}" y1="{}" x2="{}" y2="{}"><title>{}: a pack of {} ends, {}</title></line>
)",
      x, text_height, x, text_height + plot_height, day_text(end.at),
      counted(end.licenses, "license"), end.edition);
}

}  // namespace

Html week_plot(const LicenseOutlook& outlook, std::string_view id) {
  if (outlook.ending.empty() && outlook.pack_ends.empty()) return {};
  auto counts = outlook.ending;
  counts.resize(outlook_weeks);
  const auto most = std::ranges::max(counts);
  Html marks;
  auto week = outlook.first_week;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (!outlook.ending.empty()) marks += bar(i, week, counts[i], most);
    week += std::chrono::weeks(1);
  }
  for (const auto& end : outlook.pack_ends) {
    if (end.at >= outlook.first_week && end.at < week) marks += pack_mark(end, outlook.first_week);
  }
  return markup(
      R"(<svg class="weeks" viewBox="0 0 {0} {1}" role="img" aria-labelledby="{2}-title">
<title id="{2}-title">Licenses that end in each week unless they are renewed; a line is the end of a pack</title>
{3}</svg>
)",
      width, height, id, marks);
}

}  // namespace cal
