#include "agent/contract/repair.h"

#include "agent/base/text.h"

#include <fmt/format.h>

namespace cal {

namespace {

std::string block(const std::string& lines) {
  return fmt::format("& {{\n$ErrorActionPreference = 'Stop'\n{}}}\n", lines);
}

}  // namespace

std::string script_of(const RepairStep& step) {
  return block(step.setup + step.check + step.command + step.check_after);
}

std::string undo_script_of(const RepairStep& step) {
  return block(step.setup + step.undo_check + step.undo);
}

std::string script_of(const WhoQuery& query) { return block(query.setup + query.command); }

std::string basis_text(const RepairStep& step, const std::optional<SystemTime>& read_at) {
  return fmt::format("on data read{}{}",
                     read_at ? fmt::format(" at {} UTC", utc_text(*read_at).substr(11, 5)) : "",
                     step.server.empty() ? "" : fmt::format(" from {}", step.server));
}

}  // namespace cal
