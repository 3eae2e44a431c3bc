#include "agent/contract/repair.h"

#include "agent/base/text.h"

#include <fmt/format.h>

#include <string_view>

namespace cal {

namespace {

constexpr std::string_view can_be_asked =
    "[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]\nparam()\n";
constexpr std::string_view stop_at_errors = "$ErrorActionPreference = 'Stop'\n";

std::string block(const std::string& lines) { return fmt::format("& {{\n{}}}\n", lines); }

}  // namespace

std::string lines_of(const RepairStep& step) {
  return fmt::format(
      "{}{}{}{}if (-not $PSCmdlet.ShouldProcess($target, $change)) {{ return }}\n{}{}"
      "\"${{target}}: ${{change}}: changed and read back.\"\n",
      can_be_asked, stop_at_errors, step.setup, step.check, step.command, step.check_after);
}

std::string undo_lines_of(const RepairStep& step) {
  return fmt::format(
      "{}{}{}{}if (-not $PSCmdlet.ShouldProcess($target, \"undo: $change\")) {{ return }}\n{}"
      "\"${{target}}: ${{change}}: undone and read back.\"\n",
      can_be_asked, stop_at_errors, step.setup, step.undo_check, step.undo);
}

std::string lines_of(const WhoQuery& query) {
  return fmt::format("{}{}{}", stop_at_errors, query.setup, query.command);
}

std::string script_of(const RepairStep& step) { return block(lines_of(step)); }

std::string undo_script_of(const RepairStep& step) { return block(undo_lines_of(step)); }

std::string script_of(const WhoQuery& query) { return block(lines_of(query)); }

std::string basis_text(const RepairStep& step, const std::optional<SystemTime>& read_at) {
  return fmt::format("on data read{}{}",
                     read_at ? fmt::format(" at {}", minute_text(*read_at)) : "",
                     step.server.empty() ? "" : fmt::format(" from {}", step.server));
}

}  // namespace cal
