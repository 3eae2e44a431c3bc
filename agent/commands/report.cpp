#include "agent/commands/report.h"

#include "agent/base/text.h"
#include "agent/commands/check_output.h"
#include "agent/commands/report_json.h"
#include "agent/metrics/metrics.h"

#include <unistd.h>

namespace cal {

std::string report_text(const Rows& rows, ReportFormat format, const Registry& registry) {
  const auto now = std::chrono::system_clock::now();
  switch (format) {
    case ReportFormat::human:
      return human_report(rows, isatty(STDOUT_FILENO) == 1);
    case ReportFormat::nagios:
      return nagios_report(rows);
    case ReportFormat::json:
      return json_report(rows, now);
    case ReportFormat::prometheus:
      return printable(metrics_text(rows, registry.kinds,
                                    {.last_reload_success = now,
                                     .network_families = registry.network_families,
                                     .network_samples = registry.network_samples()}));
  }
  return "";
}

}  // namespace cal
