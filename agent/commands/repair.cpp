#include "agent/commands/repair.h"

#include "agent/base/terminal.h"
#include "agent/commands/check_output.h"
#include "agent/commands/repair_output.h"
#include "agent/commands/report.h"
#include "agent/config/config.h"
#include "agent/run/run_once.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <string_view>

namespace cal {

namespace {

void print(const Rows& rows, RepairFormat format, Runbook runbook) {
  const auto now = std::chrono::system_clock::now();
  switch (format) {
    case RepairFormat::human:
      return lines_to_terminal(stdout, repair_text(rows, runbook));
    case RepairFormat::powershell:
      return lines_to_terminal(stdout, repair_script(rows, runbook, now));
    case RepairFormat::json:
      return json_to_terminal(stdout, repair_json(rows, runbook, now));
  }
}

// "--network: there is no 'x'; there are: a, b", or empty.
std::string unknown_name(std::string_view option, const std::optional<std::string>& asked,
                         const std::set<std::string_view>& names) {
  if (!asked || names.contains(*asked)) return "";
  return fmt::format("{}: there is no '{}'; there are: {}\n", option, *asked,
                     fmt::join(names, ", "));
}

}  // namespace

int repair(const CommandLine& line, const Registry& registry) {
  const StateFolder state(line.state_folder, StateFolder::Access::read_only);
  const auto config = load_config(line.config_file, registry, state);
  if (!config) return refuse(config.error().text(), ReportFormat::human);
  const auto& network = line.repair.network;
  const auto& probe = line.repair.probe;
  std::set<std::string_view> networks;
  std::set<std::string_view> probes;
  Instances asked;
  for (const auto& each : config->instances) {
    networks.insert(each->network);
    probes.insert(each->kind->name);
    if (network.value_or(each->network) == each->network &&
        probe.value_or(std::string(each->kind->name)) == each->kind->name) {
      asked.push_back(each);
    }
  }
  auto why = unknown_name("--network", network, networks) + unknown_name("--probe", probe, probes);
  if (why.empty() && asked.empty()) why = "no probe is configured that was asked for\n";
  if (!why.empty()) return refuse(why, ReportFormat::human);
  return run_once(asked, [&](const Rows& rows) {
    print(rows, line.repair.format, registry.runbook);
    return exit_code(rows);
  });
}

}  // namespace cal
