// `cal_exporter access-check`: one access check for people and scripts, as a function from
// arguments to what is printed. Reads the descriptor file and touches nothing else; never throws on
// input.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace cal::security {

struct AccessCheckArguments {
  std::optional<std::string> sddl = {};
  std::optional<std::filesystem::path> descriptor_file = {};  // the bytes, or base64 of them
  std::optional<std::string> domain_sid = {};
  std::vector<std::string> sids = {};          // the whole token: text form or SDDL aliases
  std::string mask = {};                       // 0x.., or letters of SDDL
  std::vector<std::string> object_types = {};  // from the class down; decided at the last
  bool json = false;
};

struct CommandResult {
  int exit_code;    // 0 granted, 1 denied, 3 unknown or wrong arguments
  std::string out;  // the answer
  std::string err;  // every error in the arguments, one a line
};

CommandResult access_check_command(const AccessCheckArguments& arguments);

}  // namespace cal::security
