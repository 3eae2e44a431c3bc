#include "agent/pages/times.h"

#include "agent/base/text.h"

namespace cal {

Html time_html(SystemTime time) {
  return markup(R"(<time datetime="{}">{}</time>)", utc_text(time), time_text(time));
}

Html age_html(SystemTime time, SystemTime now) {
  const auto text = utc_text(time);
  const auto age = age_text(std::chrono::duration_cast<Milliseconds>(now - time));
  return markup(R"(<time datetime="{}" title="{}">{} ago</time>)", text, text, age);
}

Html beginning_html(const Beginning& beginning, SystemTime now) {
  const auto age = age_text(std::chrono::duration_cast<Milliseconds>(now - beginning.at));
  return markup("{} ({} ago){}", time_html(beginning.at), age,
                beginning.or_earlier ? ", or earlier" : "");
}

Html run_times(const Row& row, SystemTime now) {
  if (!row.last_run) return Html("Not run yet");
  auto html = markup("Checked {}, every {}", age_html(*row.last_run, now),
                     span_text(row.instance->interval));
  if (const auto written = row.outcome->source_data_at) {
    html += markup("; source data written {}", age_html(*written, now));
  }
  return html;
}

Html run_times_and_beginning(const Row& row, SystemTime now) {
  const auto began = beginning_of(row);
  if (!began) return run_times(row, now);
  // The reason of a fault may have changed since.
  const bool is_fault = row.outcome->reason->verdict == Verdict::present;
  return markup("{}; {} since {}", run_times(row, now), is_fault ? "a fault" : "unchanged",
                beginning_html(*began, now));
}

}  // namespace cal
