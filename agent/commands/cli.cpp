#include "agent/commands/cli.h"

#include "agent/base/host_port.h"
#include "agent/base/version.h"
#include "agent/commands/nagios.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <sstream>
#include <string_view>
#include <vector>

namespace cal {

namespace {

constexpr std::string_view default_listen_address = "localhost:10105";

const std::map<std::string, LogLevel> log_levels{{"debug", LogLevel::debug},
                                                 {"info", LogLevel::info},
                                                 {"warning", LogLevel::warning},
                                                 {"error", LogLevel::error}};
const std::map<std::string, LogFormat> log_formats{{"logfmt", LogFormat::logfmt},
                                                   {"json", LogFormat::json}};
const std::map<std::string, ReportFormat> report_formats{{"human", ReportFormat::human},
                                                         {"nagios", ReportFormat::nagios},
                                                         {"json", ReportFormat::json},
                                                         {"prometheus", ReportFormat::prometheus}};
const std::map<std::string, RepairFormat> repair_formats{{"human", RepairFormat::human},
                                                         {"powershell", RepairFormat::powershell},
                                                         {"json", RepairFormat::json}};

// An option whose value is one of a closed list of words.
template <class T>
void add_choice(CLI::App& app, const std::string& name, T& value,
                const std::map<std::string, T>& words, const std::string& help) {
  std::string allowed;
  for (const auto& [word, meaning] : words) allowed += (allowed.empty() ? "" : "|") + word;
  app.add_option_function<std::string>(
         name,
         [&value, &words, name, allowed](const std::string& word) {
           const auto found = words.find(word);
           if (found == words.end()) {
             throw CLI::ValidationError(name, fmt::format("'{}' is not one of {}", word, allowed));
           }
           value = found->second;
         },
         help)
      ->type_name(allowed);
}

// http or https, a host and perhaps a port and a path, nothing else.
bool is_plain_url(std::string_view text) {
  constexpr std::size_t max_length = 2000;  // some clients cut longer ones
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme)) continue;
    const auto rest = text.substr(scheme.size());
    const auto authority = rest.substr(0, rest.find('/'));
    return text.size() <= max_length && rest.find_first_of(" \t\r\n\v\f?#\"'<>\\") == rest.npos &&
           !authority.empty() && authority.find('@') == authority.npos;
  }
  return false;
}

// Where users reach the pages, perhaps behind a proxy. It becomes the label of a metric and the
// start of links, so a user or a password in it is refused.
void add_external_url(CLI::App& app, std::string& url) {
  app.add_option_function<std::string>(
         "--web.external-url",
         [&url](std::string text) {
           if (!is_plain_url(text)) {
             throw CLI::ValidationError(
                 "--web.external-url",
                 fmt::format("'{}' must be http:// or https://, a host and perhaps a port and a "
                             "path, such as https://cal.example.com/ebs",
                             text));
           }
           url = text.substr(0, text.find_last_not_of('/') + 1);
         },
         "URL under which users reach the pages, for the links in notifications")
      ->type_name("URL");
}

// Below which path the server answers.
void add_route_prefix(CLI::App& app, std::optional<std::string>& prefix) {
  app.add_option_function<std::string>(
         "--web.route-prefix",
         [&prefix](const std::string& text) {
           const bool is_path = text.starts_with('/') && is_plain_url("http://host" + text);
           if (!is_path) {
             throw CLI::ValidationError(
                 "--web.route-prefix",
                 fmt::format("'{}' must be a path that begins with /, such as /ebs", text));
           }
           prefix = text.substr(0, text.find_last_not_of('/') + 1);
         },
         "Path below which the server answers, if a proxy forwards it; without this option it "
         "answers at / and below the external URL's path")
      ->type_name("PATH");
}

// Under which names a browser may ask for the pages.
void add_allowed_hosts(CLI::App& app, std::vector<std::string>& names) {
  app.add_option("--web.allowed-hosts", names,
                 "Further names of this server, without ports, separated by commas: a request with "
                 "another name as its Host gets 421. Addresses, the names of this host and the "
                 "external URL's are always allowed")
      ->type_name("NAMES")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check([](const std::string& name) {
        const bool is_name = is_host_name(name) && name.find(':') == name.npos;
        return is_name ? "" : fmt::format("'{}' must be a host name without a port", name);
      });
}

CLI::App* add_access_check(CLI::App& app, AccessCheckLine& line) {
  auto* command = app.add_subcommand(
      "access-check",
      "Evaluate a security descriptor as Active Directory does. Exit code: 0 access granted, 1 "
      "access denied, 3 unknown, or wrong arguments");
  command->add_option("--sddl", line.sddl, "The security descriptor in SDDL")->type_name("SDDL");
  command
      ->add_option("--descriptor", line.descriptor_file,
                   "A file with the security descriptor, binary or base64")
      ->type_name("FILE");
  command
      ->add_option("--domain-sid", line.domain_sid, "The domain of abbreviations such as DA and EA")
      ->type_name("SID");
  command->add_option("--sid", line.sids, "A SID in the token; repeatable. No others are added")
      ->type_name("SID");
  command->add_option("--mask", line.mask, "The requested access mask")->type_name("0x..");
  command
      ->add_option("--object-type", line.object_types,
                   "Class, property set or attribute; repeatable. The last one is what is accessed")
      ->type_name("GUID");
  command->add_flag("--json", line.json, "Print the result as JSON");
  return command;
}

CLI::App* add_events(CLI::App& app, EventsLine& line) {
  auto* command = app.add_subcommand(
      "events",
      "Decode the events of a log file and print them as JSON lines. Exit code: 0 all were read, 1 "
      "some could not be read, 3 none could be read, or wrong arguments");
  command->add_option("--file", line.file, "An .evtx file, or a file of JSON lines")
      ->type_name("FILE")
      ->required();
  command->add_option("--provider", line.provider, "Only events from this provider")
      ->type_name("NAME");
  command->add_option("--id", line.id, "Only events with this ID")->type_name("N");
  return command;
}

CLI::App* add_check(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand(
      "check",
      "Run every probe once and print a report. Exit code: 0 all clear, 1 a warning, 2 a cause was "
      "found, 3 something could not be checked");
  add_choice(*command, "--format", line.format, report_formats, "Format of the report [human]");
  auto* from = command
                   ->add_option("--from", line.from,
                                "Report on the saved output of `check --format json` instead of "
                                "running the probes")
                   ->type_name("FILE");
  command
      ->add_flag("--self-test", line.self_test,
                 "Test the rights that each probe needs, and print the command that grants a "
                 "missing one. Exit code: 0 all are granted, 1 a probe sees less, 2 a right is "
                 "missing, 3 a right could not be tested")
      ->excludes(from);
  return command;
}

CLI::App* add_preflight(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("preflight",
                                     "Check whether an activation would work now, for all four "
                                     "causes; in a Remote Desktop network, why users would get no "
                                     "license. Exit code as for check");
  command
      ->add_option("--network", line.preflight.network,
                   "The network; required if several are configured")
      ->type_name("NAME");
  command
      ->add_option("--account", line.preflight.account,
                   "The account that will install the pack [the configured ones]")
      ->type_name("ACCOUNT");
  command
      ->add_option("--product-key-file", line.preflight.product_key_file,
                   "A file with the product key of the pack [the configured one]")
      ->type_name("FILE");
  auto* host = command
                   ->add_option("--host", line.preflight.host,
                                "Instead: would a user who signs in to this session host now get a "
                                "license?")
                   ->type_name("HOST");
  command
      ->add_option("--user", line.preflight.user,
                   "With --host: also show the licenses that this user holds in the directory")
      ->type_name("USER")
      ->needs(host);
  add_choice(*command, "--format", line.format, report_formats, "Format of the report [human]");
  return command;
}

CLI::App* add_verify(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand(
      "verify",
      "Run every probe once and print what changed since a saved report, and whether its cause is "
      "gone. Exit code as for check");
  command
      ->add_option("--baseline", line.baseline,
                   "The report, saved with `check --format json > FILE`")
      ->type_name("FILE")
      ->required();
  return command;
}

CLI::App* add_licenses(CLI::App& app, LicensesLine& line) {
  static const std::map<std::string, LicensesFormat> formats{{"human", LicensesFormat::human},
                                                             {"json", LicensesFormat::json},
                                                             {"csv", LicensesFormat::csv}};
  auto* command = app.add_subcommand(
      "licenses",
      "List what is installed and issued, what ends in the next 13 weeks, and what to buy by which "
      "date. Exit code: 0, or 3 if nothing could be counted");
  add_choice(*command, "--format", line.format, formats, "Format of the list [human]");
  command->add_flag("--holders", line.holders,
                    "Also list who holds licenses in the directory. Names are personal data");
  return command;
}

CLI::App* add_repair(CLI::App& app, RepairLine& line) {
  auto* command = app.add_subcommand(
      "repair",
      "Run the probes once and print what repairs each cause that they find, what they would find "
      "after that, and how to undo it. Nothing is changed. Exit code as for check");
  command->add_option("--network", line.network, "Only this network")->type_name("NAME");
  command->add_option("--probe", line.probe, "Only this probe")->type_name("NAME");
  add_choice(*command, "--format", line.format, repair_formats,
             "Format of the plan; a script of PowerShell only defines functions [human]");
  return command;
}

// Also when the arguments have an error.
bool asks_for_plugin_output(int argc, const char* const* argv) {
  const std::vector<std::string_view> words(argv, argv + argc);
  const auto option = std::ranges::find(words, "--format");
  return std::ranges::find(words, "--format=nagios") != words.end() ||
         (option != words.end() && std::next(option) != words.end() &&
          *std::next(option) == "nagios");
}

std::variant<CommandLine, Exit> parsed(int argc, const char* const* argv) {
  CommandLine line;
  CLI::App app(
      "Reports why a client access license (CAL) pack does not activate on an Active Directory "
      "network, as Prometheus metrics and on web pages.\nWithout a command it runs `serve`.",
      "cal_exporter");
  app.fallthrough();
  app.set_version_flag("--version", fmt::format("cal_exporter {}", version));
  app.add_option("--config.file", line.config_file, "Configuration file")
      ->type_name("FILE")
      ->capture_default_str();
  bool config_check = false;
  app.add_flag("--config.check", config_check, "Check the configuration and exit");
  app.add_option(
         "--web.listen-address", line.listen_addresses,
         fmt::format("Address to listen on, [host]:port; repeatable [{}]", default_listen_address))
      ->type_name("ADDRESS");
  app.add_option("--web.config.file", line.web_config_file,
                 "TLS, users and headers, in the format of the Prometheus exporter-toolkit")
      ->type_name("FILE");
  add_external_url(app, line.external_url);
  add_route_prefix(app, line.route_prefix);
  add_allowed_hosts(app, line.allowed_hosts);
  app.add_flag("--web.enable-lifecycle", line.enable_lifecycle, "Allow POST /-/reload");
  app.add_option(
         "--state.dir", line.state_folder,
         "Folder for state that is kept across restarts; `check` reads it, and records there "
         "only that a password was refused")
      ->type_name("FOLDER")
      ->capture_default_str();
  app.add_option("--textfile.output", line.textfile,
                 "Also write the metrics to this file, for a textfile collector (FOLDER/NAME.prom)")
      ->type_name("FILE");
  add_choice(app, "--log.level", line.log_level, log_levels, "Minimum level to log [info]");
  add_choice(app, "--log.format", line.log_format, log_formats, "Format of the log [logfmt]");

  app.add_subcommand("serve", "Run the probes at their intervals and serve /metrics (the default)");
  auto* check = add_check(app, line);
  auto* preflight = add_preflight(app, line);
  auto* verify = add_verify(app, line);
  auto* repair = add_repair(app, line.repair);
  auto* access_check = add_access_check(app, line.access_check);
  auto* events = add_events(app, line.events);
  auto* licenses = add_licenses(app, line.licenses);
  auto* health = app.add_subcommand(
      "health",
      "Ask the agent on this host whether it works, for health checks of containers. Give the "
      "--web options that it was started with. Exit code: 0 it works, 1 it does not, "
      "2 --web.config.file cannot be used");
  app.require_subcommand(0, 1);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const bool failed = app.exit(error, out, err) != 0;
    // For commands whose result may be 2, wrong arguments are 3.
    const bool answers = check->parsed() || preflight->parsed() || verify->parsed() ||
                         repair->parsed() || access_check->parsed() || events->parsed() ||
                         licenses->parsed();
    const int code = !failed ? 0 : answers ? 3 : 2;
    return Exit{code, out.str(), err.str()};
  }
  if (line.from && line.format == ReportFormat::prometheus) {
    return Exit{3, "",
                "--format prometheus cannot be used with --from: a saved report has no samples\n"};
  }
  if (line.self_test && line.format != ReportFormat::human) {
    return Exit{3, "", "--self-test supports only --format human\n"};
  }
  if (line.preflight.host && line.format != ReportFormat::human) {
    return Exit{3, "", "--host supports only --format human\n"};
  }
  if (line.listen_addresses.empty()) line.listen_addresses = {std::string(default_listen_address)};
  if (check->parsed()) line.command = Command::check;
  if (preflight->parsed()) line.command = Command::preflight;
  if (verify->parsed()) line.command = Command::verify;
  if (repair->parsed()) line.command = Command::repair;
  if (access_check->parsed()) line.command = Command::access_check;
  if (events->parsed()) line.command = Command::events;
  if (licenses->parsed()) line.command = Command::licenses;
  if (health->parsed()) line.command = Command::health;
  if (config_check) line.command = Command::check_config;
  return line;
}

}  // namespace

std::variant<CommandLine, Exit> parse_command_line(int argc, const char* const* argv) {
  auto result = parsed(argc, argv);
  auto* exit = std::get_if<Exit>(&result);
  if (exit && exit->code == 3 && asks_for_plugin_output(argc, argv)) {
    *exit = {3, nagios_error(exit->err), ""};
  }
  return result;
}

}  // namespace cal
