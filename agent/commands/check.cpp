#include "agent/commands/check.h"

#include "agent/commands/check_output.h"
#include "agent/commands/report.h"
#include "agent/commands/report_json.h"
#include "agent/commands/self_test.h"
#include "agent/config/config.h"
#include "agent/diagnosis/comparison.h"
#include "agent/http/web_access.h"
#include "agent/run/run_once.h"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <sstream>

namespace cal {

namespace {

// The report in `file`; what is wrong with it goes to stderr.
std::optional<SavedReport> saved_report(const std::filesystem::path& file,
                                        const Catalogue& catalogue) {
  std::ifstream stream(file);
  std::ostringstream text;
  if (!stream || !(text << stream.rdbuf())) {
    fmt::print(stderr, "{}: cannot read it; save one with `check --format json > FILE`\n",
               file.string());
    return std::nullopt;
  }
  auto report = read_report(text.str(), catalogue.kinds);
  if (!report) {
    fmt::print(stderr, "{}: {}\n", file.string(), report.error());
    return std::nullopt;
  }
  return std::move(*report);
}

std::optional<Config> config_or_mistakes(const CommandLine& line, const Catalogue& catalogue) {
  const StateFolder state_folder(line.state_folder, StateFolder::Access::read_only);
  auto config = load_config(line.config_file, catalogue, state_folder);
  if (config) return std::move(*config);
  fmt::print(stderr, "{}", config.error().text());
  return std::nullopt;
}

// One with probes to run: of nothing it would be wrong to say that all is clear.
std::optional<Config> config_to_run(const CommandLine& line, const Catalogue& catalogue) {
  auto config = config_or_mistakes(line, catalogue);
  if (config && config->instances.empty()) {
    fmt::print(stderr, "{}: no network is configured\n", line.config_file.string());
    return std::nullopt;
  }
  return config;
}

int print_report(const Rows& rows, const CommandLine& line, const Catalogue& catalogue) {
  fmt::print("{}", report_text(rows, line.format, catalogue));
  return exit_code(rows);
}

}  // namespace

int check(const CommandLine& line, const Catalogue& catalogue) {
  if (line.from) {
    const auto saved = saved_report(*line.from, catalogue);
    return saved ? print_report(saved->rows, line, catalogue) : 3;
  }
  const auto config = config_to_run(line, catalogue);
  if (!config) return 3;
  if (line.self_test) {
    return run_once(self_tests(config->instances, line.state_folder), [](const Rows& rows) {
      fmt::print("{}", self_test_report(rows));
      return exit_code(rows);
    });
  }
  return run_once(config->instances,
                  [&](const Rows& rows) { return print_report(rows, line, catalogue); });
}

int verify(const CommandLine& line, const Catalogue& catalogue) {
  const auto saved = saved_report(line.baseline, catalogue);
  if (!saved) return 3;
  const auto config = config_to_run(line, catalogue);
  if (!config) return 3;
  return run_once(config->instances, [&](const Rows& rows) {
    fmt::print("{}", comparison_text(compare(saved->rows, rows), saved->generated_at,
                                     std::chrono::system_clock::now()));
    return exit_code(rows);
  });
}

int check_config(const CommandLine& line, const Catalogue& catalogue) {
  const auto config = config_or_mistakes(line, catalogue);
  const auto web_access = WebAccess::load(line.web_config_file);
  if (!web_access) fmt::print(stderr, "{}", web_access.error().text());
  if (!config || !web_access) return 2;
  fmt::print("{}: {} probes, no mistake\n", line.config_file.string(), config->instances.size());
  return 0;
}

}  // namespace cal
