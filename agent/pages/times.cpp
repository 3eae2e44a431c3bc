#include "agent/pages/times.h"

#include "agent/base/text.h"

namespace cal {

Html time_html(SystemTime time) {
  auto shown = utc_text(time);  // 2026-11-24T18:40:00Z
  shown.replace(shown.find('T'), 1, " ");
  shown.replace(shown.find('Z'), 1, " UTC");
  return markup(R"(<time datetime="{}">{}</time>)", utc_text(time), shown);
}

Html age_html(SystemTime time, SystemTime now) {
  const auto text = utc_text(time);
  const auto age = age_text(std::chrono::duration_cast<Milliseconds>(now - time));
  return markup(R"(<time datetime="{}" title="{}">{} ago</time>)", text, text, age);
}

Html run_times(const Row& row, SystemTime now) {
  if (!row.last_run) return Html("Not run yet");
  auto html = markup("Checked {}, every {}", age_html(*row.last_run, now),
                     span_text(row.instance->interval));
  if (row.since) html += markup("; changed {}", age_html(*row.since, now));
  if (const auto written = row.outcome->source_data_at) {
    html += markup("; source data written {}", age_html(*written, now));
  }
  return html;
}

}  // namespace cal
