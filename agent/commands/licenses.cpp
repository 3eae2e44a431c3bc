#include "agent/commands/licenses.h"

#include "agent/base/terminal.h"
#include "agent/commands/licenses_output.h"
#include "agent/commands/report.h"
#include "agent/config/config.h"
#include "agent/run/run_once.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal {

namespace {

NetworkLicenses licenses_of(const Row& row, bool with_holders) {
  NetworkLicenses found{row.instance->network, std::string(row.instance->kind->name),
                        row.outcome->licenses, row.outcome->summary,
                        row.outcome->source_data_at.value_or(row.last_run.value_or(SystemTime()))};
  if (with_holders && row.instance->probe) {
    found.holders = row.instance->probe->holders(Deadline::in(row.instance->timeout));
  }
  return found;
}

int print(const Rows& rows, const CommandLine& line) {
  std::vector<NetworkLicenses> found;
  for (const auto& row : rows) found.push_back(licenses_of(row, line.licenses.holders));
  const auto now = std::chrono::system_clock::now();
  switch (line.licenses.format) {
    case LicensesFormat::human:
      to_terminal(stdout, licenses_text(found, now));
      break;
    case LicensesFormat::json:
      json_to_terminal(stdout, licenses_json(found, now));
      break;
    case LicensesFormat::csv:
      to_terminal(stdout, licenses_csv(found, now));
      break;
  }
  const bool any =
      std::ranges::any_of(found, [](const auto& each) { return each.outlook != nullptr; });
  return any ? 0 : 3;
}

}  // namespace

int licenses(const CommandLine& line, const Registry& registry) {
  const StateFolder state(line.state_folder, StateFolder::Access::read_only);
  auto config = load_config(line.config_file, registry, state);
  if (!config) return refuse(config.error().text(), ReportFormat::human);
  std::erase_if(config->instances,
                [](const auto& each) { return !each->probe->counts_licenses(); });
  if (config->instances.empty()) {
    return refuse(fmt::format("{}: no probe counts licenses: configure license_compliance or "
                              "session_host_licensing\n",
                              line.config_file.string()),
                  ReportFormat::human);
  }
  return run_once(config->instances, [&](const Rows& rows) { return print(rows, line); });
}

}  // namespace cal
