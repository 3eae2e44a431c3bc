// The command line. CLI11 stays in the source: it costs 3.6 s per include.
#pragma once

#include "agent/base/log.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace cal {

enum class Command {
  serve,
  check,
  preflight,
  verify,
  repair,
  check_config,
  access_check,
  events,
  licenses,
  health
};
enum class ReportFormat { human, nagios, json, prometheus };
enum class LicensesFormat { human, json, csv };
enum class RepairFormat { human, powershell, json };

// The arguments of `access-check`, as given.
struct AccessCheckLine {
  std::optional<std::string> sddl;
  std::optional<std::filesystem::path> descriptor_file;
  std::optional<std::string> domain_sid;
  std::vector<std::string> sids;
  std::string mask;
  std::vector<std::string> object_types;
  bool json = false;
};

// The arguments of `events`.
struct EventsLine {
  std::filesystem::path file;
  std::optional<std::string> provider;
  std::optional<std::uint32_t> id;
};

// The arguments of `preflight`: what is about to be activated.
struct PreflightLine {
  std::optional<std::string> host;  // of Remote Desktop: would a user get a license there?
  std::optional<std::string> user;
  std::optional<std::string> network;
  std::optional<std::string> account;
  std::optional<std::filesystem::path> product_key_file;
};

// The arguments of `licenses`.
struct LicensesLine {
  LicensesFormat format = LicensesFormat::human;
  bool holders = false;
};

// The arguments of `repair`: whose plan, and how it is printed.
struct RepairLine {
  std::optional<std::string> network;
  std::optional<std::string> probe;
  RepairFormat format = RepairFormat::human;
};

struct CommandLine {
  Command command = Command::serve;
  std::filesystem::path config_file = "/etc/cal_exporter/cal_exporter.yml";
  std::vector<std::string> listen_addresses;     // never empty
  std::filesystem::path web_config_file = {};    // empty: plain HTTP for everyone
  std::string external_url = {};                 // without a trailing slash; empty: unknown
  std::optional<std::string> route_prefix = {};  // "/ebs", or "" for the root
  std::vector<std::string> allowed_hosts = {};   // further names under which the pages are reached
  bool enable_lifecycle = false;
  std::filesystem::path textfile = {};  // empty: none
  std::filesystem::path state_folder = "/var/lib/cal_exporter";
  LogLevel log_level = LogLevel::info;
  LogFormat log_format = LogFormat::logfmt;
  ReportFormat format = ReportFormat::human;  // of check and preflight
  std::optional<std::filesystem::path> from;  // check: a saved report instead of a run
  bool self_test = false;                     // check: the rights that the probes need
  std::filesystem::path baseline;             // verify
  PreflightLine preflight = {};
  RepairLine repair = {};
  AccessCheckLine access_check = {};
  EventsLine events = {};
  LicensesLine licenses = {};
};

// Help or version (0), or what is wrong with the arguments (2; 3 for the commands whose other exit
// codes are answers).
struct Exit {
  int code;
  std::string out;
  std::string err;
};

std::variant<CommandLine, Exit> parse_command_line(int argc, const char* const* argv);

}  // namespace cal
