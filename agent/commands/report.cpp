#include "agent/commands/report.h"

#include "agent/commands/check_output.h"
#include "agent/commands/nagios.h"
#include "agent/commands/report_json.h"
#include "agent/metrics/metrics.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace cal {

TerminalText report_text(const Rows& rows, ReportFormat format, const Registry& registry) {
  const auto now = std::chrono::system_clock::now();
  TerminalText text;
  switch (format) {
    case ReportFormat::human:
      return human_report(rows, isatty(STDOUT_FILENO) == 1);
    case ReportFormat::nagios:
      text.add_lines(nagios_report(rows, now));
      break;
    case ReportFormat::json:
      text.add_lines(json_report(rows, now));
      break;
    case ReportFormat::prometheus:
      text.add_lines(metrics_text(rows, registry.kinds,
                                  {.last_reload_success = now,
                                   .network_families = registry.network_families,
                                   .network_samples = registry.network_samples()}));
      break;
  }
  return text;
}

int refuse(std::string_view errors, ReportFormat format) {
  const bool is_plugin = format == ReportFormat::nagios;
  lines_to_terminal(is_plugin ? stdout : stderr,
                    is_plugin ? nagios_error(errors) : std::string(errors));
  return 3;
}

}  // namespace cal
