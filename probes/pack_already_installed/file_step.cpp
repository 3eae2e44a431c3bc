#include "probes/pack_already_installed/file_step.h"

#include "probes/shared/file_fault_step.h"

#include <fmt/format.h>

#include <string>

namespace cal::pack_already_installed {

namespace {

constexpr std::string_view affected =
    "No user is refused because of this: only packs that are installed already are not recognized. "
    "Install no CAL pack until this probe answers.";

// There is no documented interface for it (config/windows/README.md).
constexpr std::string_view export_it =
    "To export it, run the job that writes the file again. If it is kept by hand, write it from "
    "the Windows EBS Administration Console: Licenses tab, License Management, Installation "
    "History. The runbook has its columns.";

constexpr std::string_view dates =
    "Do not guess a date. If you do not know it, leave the cell empty: the pack then counts as one "
    "that was installed before.";

constexpr std::string_view compare =
    "Then compare the number of entries (`cal_exporter check`) with Installation History: a file "
    "that was cut off may also lack whole lines.";

std::string rights_text(const std::string& file) {
  return fmt::format(
      "It holds product keys, so only the agent's user may read it: `chown cal_exporter {0} && "
      "chmod 400 {0}`.",
      file);
}

// `cp -p` keeps owner and mode.
std::string copy_text(const std::string& file, const std::string& copy) {
  return fmt::format(
      "First keep a copy with the same rights, since it holds product keys: `cp -p {0} {1}`, as "
      "root. To undo it: `cp -p {1} {0}`. Delete the copy at the end.",
      file, copy);
}

}  // namespace

RepairStep file_step(const inventory::FileFault& fault, std::string_view host) {
  const auto file = shell_word(fault.file.string());
  RepairStep step{step_for_file(fault, "history_file", host)};
  step.beside.emplace_back(affected);
  if (fault.kind == inventory::FileFaultKind::missing) {
    step.beside.emplace_back(export_it);
    step.beside.push_back(rights_text(file));
    return step;
  }
  step.beside.push_back(copy_text(file, shell_word(fault.file.string() + ".old")));
  step.beside.emplace_back(export_it);
  if (fault.line > 0) step.beside.emplace_back(dates);
  step.beside.emplace_back(compare);
  return step;
}

}  // namespace cal::pack_already_installed
