#include "agent/commands/preflight.h"

#include "agent/base/file.h"
#include "agent/base/terminal.h"
#include "agent/commands/check_output.h"
#include "agent/commands/host_preflight.h"
#include "agent/commands/repair_output.h"
#include "agent/commands/report.h"
#include "agent/config/config.h"
#include "agent/config/preflight_config.h"
#include "agent/diagnosis/diagnosis.h"
#include "agent/run/run_once.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>

namespace cal {

namespace {

// A cause that cannot be checked with this configuration, and what has to be configured.
struct NotChecked {
  std::string_view probe;
  std::string why;
};

struct Plan {
  Config config;
  std::vector<NotChecked> left_out;
};

std::vector<const ProbeKind*> kinds_of_causes(const Registry& registry) {
  std::vector<const ProbeKind*> kinds;
  for (const auto& kind : registry.kinds) {
    if (kind.cause && std::ranges::find(page_causes, *kind.cause) != page_causes.end()) {
      kinds.push_back(&kind);
    }
  }
  return kinds;
}

ProbeOptions options_of(const PreflightLine& asked, const std::vector<const ProbeKind*>& kinds) {
  ProbeOptions options;
  for (const auto* kind : kinds) {
    if (asked.account && !kind->account_option.empty()) {
      options[kind->name][kind->account_option] = *asked.account;
    }
    if (asked.product_key_file && !kind->product_key_option.empty()) {
      // On the command line, so relative to the current folder and not to the configuration's.
      options[kind->name][kind->product_key_option] =
          std::filesystem::absolute(*asked.product_key_file).string();
    }
  }
  return options;
}

// Adds one probe at a time: a probe with an error is left out, and the error says why.
tl::expected<Plan, ConfigErrors> plan_for(const std::string& text, const std::string& network,
                                          Profile profile, const CommandLine& line,
                                          const Registry& registry, const StateFolder& state) {
  const auto kinds = kinds_of_causes(registry);
  const auto options = options_of(line.preflight, kinds);
  Plan plan;
  for (const auto* kind : kinds) {
    auto config = parse_config(config_for(text, network, profile, {kind->name}, options),
                               line.config_file, registry, state);
    if (config) {
      for (const auto& each : config->instances) {
        if (!each->probe->stops_activation()) continue;
        auto asked = std::make_shared<Instance>(*each);
        asked->about_activation = true;
        plan.config.instances.push_back(std::move(asked));
      }
    } else {
      plan.left_out.push_back({kind->name, config.error().without_places()});
    }
  }
  return plan;
}

std::string headline(const Diagnosis& diagnosis, bool complete) {
  if (!diagnosis.suspects.empty()) {
    return diagnosis.suspects.front().strength() == Strength::weak
               ? "Possibly not: a finding points to a cause."
               : "No: the activation would fail now.";
  }
  if (diagnosis.cannot_tell() || !complete) return "Cannot tell: not every cause was checked.";
  return "Yes: nothing was found that would stop the activation.";
}

// Of a network with Remote Desktop licenses no pack is activated, unless somebody asks for that.
bool is_about_activation(Profile profile, const PreflightLine& asked) {
  return profile == Profile::ebs || asked.account || asked.product_key_file;
}

std::string remote_desktop_headline(const Diagnosis& diagnosis) {
  if (diagnosis.cannot_tell()) return "Cannot tell: not everything was checked.";
  return diagnosis.suspects.empty() ? "Nothing was found." : "This was found:";
}

// What repairs it. For what has no plan, the report says what to do.
void print_plan(const Rows& rows, const Registry& registry) {
  Rows planned;
  std::ranges::copy_if(rows, std::back_inserter(planned),
                       [](const Row& row) { return !row.outcome->repair.empty(); });
  if (planned.empty()) return;
  to_terminal(stdout, "\nWhat repairs it:\n\n");
  lines_to_terminal(stdout, repair_text(planned, registry.runbook));
}

int report_remote_desktop(const Rows& rows, const CommandLine& line, const Registry& registry) {
  const bool is_human = line.format == ReportFormat::human;
  if (is_human) {
    to_terminal(stdout, "Why would Remote Desktop users get no license now? {}\n\n",
                remote_desktop_headline(diagnose(rows)));
  }
  to_terminal(stdout, report_text(rows, line.format, registry));
  if (is_human) print_plan(rows, registry);
  return exit_code(rows);
}

int report(const Rows& rows, const Plan& plan, const CommandLine& line, const Registry& registry) {
  const int found = exit_code(rows);
  const bool is_incomplete = !plan.left_out.empty() && found != 2;
  if (line.format == ReportFormat::human) {
    to_terminal(stdout, "Would this activation work now? {}\n\n",
                headline(diagnose(rows), plan.left_out.empty()));
  }
  if (line.format == ReportFormat::nagios && is_incomplete) {
    std::string why;
    for (const auto& [probe, reason] : plan.left_out) {
      why += fmt::format("{}: not checked: {}\n", probe, reason);
    }
    refuse(why, line.format);
  }
  to_terminal(stdout, report_text(rows, line.format, registry));
  if (line.format == ReportFormat::human) {
    for (const auto& [probe, why] : plan.left_out) {
      to_terminal(stdout, "  ? {}: not checked: {}\n", probe, why);
    }
    print_plan(rows, registry);
  }
  return is_incomplete ? 3 : found;
}

}  // namespace

int preflight(const CommandLine& line, const Registry& registry) {
  const StateFolder state(line.state_folder, StateFolder::Access::read_only);
  const auto text = read_config_text(line.config_file);
  auto config =
      text ? parse_config(*text, line.config_file, registry, state) : tl::unexpected(text.error());
  if (!config) {
    return refuse(config.error().text(), line.format);
  }
  config->instances.insert(config->instances.end(), config->paused.begin(), config->paused.end());
  // A key file in the configuration may be missing (no pack is planned). This one may not.
  if (const auto& key = line.preflight.product_key_file; key && !may_access(*key, R_OK)) {
    return refuse(
        fmt::format("cannot read --product-key-file {}: {}\n", key->string(), std::strerror(errno)),
        line.format);
  }
  const auto names = network_names(*text);
  const auto network = line.preflight.network.value_or(names.size() == 1 ? names.front() : "");
  if (std::ranges::find(names, network) == names.end()) {
    const auto what = network.empty() ? std::string("--network is required")
                                      : fmt::format("--network: there is no network '{}'", network);
    return refuse(fmt::format("{}; networks in {}: {}\n", what, line.config_file.string(),
                              fmt::join(names, ", ")),
                  line.format);
  }
  if (line.preflight.host) return host_preflight(*config, network, line.preflight);
  const auto own =
      std::ranges::find(config->instances, network, [](const auto& each) { return each->network; });
  const auto profile = own == config->instances.end() ? Profile::ebs : (*own)->profile;
  if (!is_about_activation(profile, line.preflight)) {
    std::erase_if(config->instances, [&](const auto& each) { return each->network != network; });
    return run_once(config->instances,
                    [&](const Rows& rows) { return report_remote_desktop(rows, line, registry); });
  }
  const auto plan = plan_for(*text, network, profile, line, registry, state);
  return run_once(plan->config.instances,
                  [&](const Rows& rows) { return report(rows, *plan, line, registry); });
}

}  // namespace cal
