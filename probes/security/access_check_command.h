// `cal_exporter access-check`: one access check for people and scripts, as a function from
// arguments to output. Reads the descriptor file and nothing else; never throws, whatever the
// input.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace cal::security {

struct AccessCheckArguments {
  std::optional<std::string> sddl = {};
  std::optional<std::filesystem::path> descriptor_file = {};  // binary or base64
  std::optional<std::string> domain_sid = {};
  std::vector<std::string> sids = {};          // the whole token: text form or SDDL aliases
  std::string mask = {};                       // 0x.., or letters of SDDL
  std::vector<std::string> object_types = {};  // from the class down; the last is decided
  bool json = false;
};

struct CommandResult {
  int exit_code;    // 0 granted, 1 denied, 3 unknown or wrong arguments
  std::string out;  // the answer
  std::string err;  // all errors in the arguments, one per line
};

CommandResult access_check_command(const AccessCheckArguments& arguments);

}  // namespace cal::security
