#include "probes/shared/file_fault_step.h"

#include <fmt/format.h>

namespace cal {

std::string agents_host(std::string_view host) {
  return host.empty() ? "the agent's host" : fmt::format("the agent's host ({})", host);
}

std::string shell_word(std::string_view text) {
  std::string word = "'";
  for (const char each : text) {
    if (each == '\'') {
      word += "'\\''";
    } else {
      word += each;
    }
  }
  return word + "'";
}

std::string correct_option_text(std::string_view option) {
  return fmt::format(
      "if it has another name or folder there, correct `{}` in the agent's "
      "configuration and reload it (systemctl reload cal_exporter).",
      option);
}

std::string step_for_file(const inventory::FileFault& fault, std::string_view option,
                          std::string_view host) {
  const auto where = agents_host(host);
  if (fault.kind == inventory::FileFaultKind::missing) {
    return fmt::format("On {}, check the job that exports or copies {}; {}", where,
                       fault.file.string(), correct_option_text(option));
  }
  if (fault.may_be_cut_off) {
    return fmt::format(
        "Export again what {} on {} has: line {} is its last one and has no line break, so the "
        "file was probably cut off while it was written or copied. If it is whole, correct that "
        "line.",
        fault.file.string(), where, fault.line);
  }
  const auto line = fault.line == 0 ? std::string() : fmt::format("line {} of ", fault.line);
  return fmt::format("Correct {}{} on {}, or export it again.", line, fault.file.string(), where);
}

}  // namespace cal
