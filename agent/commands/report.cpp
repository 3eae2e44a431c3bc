#include "agent/commands/report.h"

#include "agent/base/text.h"
#include "agent/commands/check_output.h"
#include "agent/commands/nagios.h"
#include "agent/commands/report_json.h"
#include "agent/metrics/metrics.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace cal {

std::string report_text(const Rows& rows, ReportFormat format, const Registry& registry) {
  const auto now = std::chrono::system_clock::now();
  switch (format) {
    case ReportFormat::human:
      return human_report(rows, isatty(STDOUT_FILENO) == 1);
    case ReportFormat::nagios:
      return nagios_report(rows, now);
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

int refuse(std::string_view errors, ReportFormat format) {
  const bool is_plugin = format == ReportFormat::nagios;
  fmt::print(is_plugin ? stdout : stderr, "{}",
             is_plugin ? nagios_error(errors) : printable(errors));
  return 3;
}

}  // namespace cal
