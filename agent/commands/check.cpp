#include "agent/commands/check.h"

#include "agent/base/file.h"
#include "agent/base/terminal.h"
#include "agent/base/text.h"
#include "agent/commands/check_output.h"
#include "agent/commands/report.h"
#include "agent/commands/report_json.h"
#include "agent/commands/self_test.h"
#include "agent/config/config.h"
#include "agent/diagnosis/comparison.h"
#include "agent/http/web_access.h"
#include "agent/run/run_once.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>

namespace cal {

namespace {

// The report in `file`, or why there is none.
tl::expected<SavedReport, std::string> saved_report(const std::filesystem::path& file,
                                                    const Registry& registry) {
  constexpr std::size_t max_size = 64U << 20U;  // bytes
  const auto text = read_file(file, max_size, FileKind::any);
  if (!text) {
    return tl::unexpected(
        fmt::format("cannot read the report {}: {}; save one with `check --format json > FILE`\n",
                    file.string(), text.error().what));
  }
  return read_report(*text, registry.kinds).map_error([&](const std::string& error) {
    return fmt::format("{}: {}\n", file.string(), one_line(error));
  });
}

tl::expected<Config, std::string> config_or_errors(const CommandLine& line,
                                                   const Registry& registry) {
  const StateFolder state_folder(line.state_folder, StateFolder::Access::read_only);
  return load_config(line.config_file, registry, state_folder)
      .map_error([](const ConfigErrors& errors) { return errors.text(); });
}

// "paused, not checked: farm1, farm2"
std::string paused_text(const Instances& paused) {
  const auto names = network_names(paused);
  return names.empty() ? "" : fmt::format("paused, not checked: {}\n", fmt::join(names, ", "));
}

// With at least one probe: with nothing configured, "all clear" would be misleading.
tl::expected<Config, std::string> config_to_run(const CommandLine& line, const Registry& registry) {
  auto config = config_or_errors(line, registry);
  if (!config) return config;
  if (config->instances.empty()) {
    return tl::unexpected(fmt::format(
        "{}: {}\n", line.config_file.string(),
        config->paused.empty() ? "no networks are configured" : "all networks are paused"));
  }
  lines_to_terminal(stderr, paused_text(config->paused));
  return config;
}

int print_report(const Rows& rows, const CommandLine& line, const Registry& registry) {
  to_terminal(stdout, report_text(rows, line.format, registry));
  return exit_code(rows);
}

// "profile rds: farm1, farm2", as configured or as the probes suggest.
std::string profiles_text(const Instances& instances) {
  constexpr std::size_t max_names = 20;
  std::string text;
  for (const auto profile : all_profiles) {
    std::vector<std::string_view> names;
    for (const auto& each : instances) {
      const bool is_new = names.empty() || names.back() != each->network;
      if (each->profile == profile && is_new) names.emplace_back(each->network);
    }
    if (names.empty()) continue;
    const auto more = names.size() - std::min(names.size(), max_names);
    names.resize(names.size() - more);
    text += fmt::format("profile {}: {}{}\n", name_of(profile), fmt::join(names, ", "),
                        more > 0 ? fmt::format(" and {} more", more) : "");
  }
  return text;
}

}  // namespace

int check(const CommandLine& line, const Registry& registry) {
  if (line.from) {
    const auto saved = saved_report(*line.from, registry);
    return saved ? print_report(saved->rows, line, registry) : refuse(saved.error(), line.format);
  }
  const auto config = config_to_run(line, registry);
  if (!config) return refuse(config.error(), line.format);
  if (line.self_test) {
    return run_once(self_tests(config->instances, line.state_folder), [](const Rows& rows) {
      to_terminal(stdout, self_test_report(rows));
      return exit_code(rows);
    });
  }
  return run_once(config->instances,
                  [&](const Rows& rows) { return print_report(rows, line, registry); });
}

int verify(const CommandLine& line, const Registry& registry) {
  const auto saved = saved_report(line.baseline, registry);
  if (!saved) return refuse(saved.error(), line.format);
  const auto config = config_to_run(line, registry);
  if (!config) return refuse(config.error(), line.format);
  return run_once(config->instances, [&](const Rows& rows) {
    to_terminal(stdout, comparison_text(compare(saved->rows, rows), saved->generated_at,
                                        std::chrono::system_clock::now()));
    return exit_code(rows);
  });
}

int check_config(const CommandLine& line, const Registry& registry) {
  const auto config = config_or_errors(line, registry);
  if (!config) lines_to_terminal(stderr, config.error());
  const auto web_access = WebAccess::load(line.web_config_file);
  if (!web_access) lines_to_terminal(stderr, web_access.error().text());
  if (!config || !web_access) return 2;
  to_terminal(stdout, "{}: OK, {}, no errors\n", line.config_file.string(),
              counted(config->instances.size(), "probe"));
  lines_to_terminal(stdout, profiles_text(config->instances) + paused_text(config->paused));
  return 0;
}

}  // namespace cal
