// The command line. CLI11 stays in the source: it costs 3.6 s per include.
#pragma once

#include "agent/log.h"

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace cal {

enum class Command { serve, check, check_config };
enum class ReportFormat { human, nagios, json, prometheus };

struct CommandLine {
  Command command = Command::serve;
  std::filesystem::path config_file = "/etc/cal_exporter/cal_exporter.yml";
  std::vector<std::string> listen_addresses;  // never empty
  bool enable_lifecycle = false;
  LogLevel log_level = LogLevel::info;
  LogFormat log_format = LogFormat::logfmt;
  ReportFormat format = ReportFormat::human;
};

// Help or version (0), or what is wrong with the arguments (2; 3 for `check`, whose caller may be a
// monitoring system).
struct Exit {
  int code;
  std::string out;
  std::string err;
};

std::variant<CommandLine, Exit> parse_command_line(int argc, const char* const* argv);

}  // namespace cal
