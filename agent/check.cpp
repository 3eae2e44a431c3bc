#include "agent/check.h"

#include "agent/board.h"
#include "agent/check_output.h"
#include "agent/config.h"
#include "agent/metrics.h"
#include "agent/publisher.h"
#include "agent/scheduler.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <future>

namespace cal {

namespace {

std::string report(const Rows& rows, ReportFormat format, const Catalogue& catalogue) {
  const auto now = std::chrono::system_clock::now();
  switch (format) {
    case ReportFormat::human:
      return human_report(rows, isatty(STDOUT_FILENO) == 1);
    case ReportFormat::nagios:
      return nagios_report(rows);
    case ReportFormat::json:
      return json_report(rows, now);
    case ReportFormat::prometheus:
      return render_metrics(rows, catalogue.kinds, {.last_reload_success = now});
  }
  return "";
}

}  // namespace

int check(const CommandLine& line, const Catalogue& catalogue) {
  const StateFolder state_folder(line.state_folder, StateFolder::Access::read_only);
  auto config = load_config(line.config_file, catalogue, state_folder);
  if (!config) {
    fmt::print(stderr, "{}", config.error().text());
    return 3;
  }
  Board board;
  board.replace(config->instances);
  Scheduler scheduler(board, {.first_run_spread = Milliseconds{0}, .once = true});

  // The publisher knows overdue runs; here it tells when the last result is in.
  std::promise<Rows> complete;
  bool is_complete = false;
  Publisher publisher(
      board,
      [&](const Rows& rows, const auto&) {
        if (is_complete || !every_probe_ran(rows)) return;
        is_complete = true;
        complete.set_value(rows);
      },
      Milliseconds{10});
  scheduler.replace(config->instances);  // now that the board tells the publisher of every run
  const auto rows = complete.get_future().get();

  fmt::print("{}", report(rows, line.format, catalogue));
  std::fflush(stdout);
  const int code = exit_code(rows);
  if (!scheduler.stop(Milliseconds{100})) _exit(code);
  return code;
}

int check_config(const CommandLine& line, const Catalogue& catalogue) {
  const auto config = load_config(line.config_file, catalogue);
  if (!config) {
    fmt::print(stderr, "{}", config.error().text());
    return 2;
  }
  fmt::print("{}: {} probes, no mistake\n", line.config_file.string(), config->instances.size());
  return 0;
}

}  // namespace cal
