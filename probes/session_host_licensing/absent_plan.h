// What a person does about exports that were not read: never there, too old, or unusable. First
// what the agent's host has of them, then what their computers say. Pure.
#pragma once

#include "probes/session_host_licensing/groups.h"
#include "probes/session_host_licensing/session_host_licensing.h"
#include "probes/shared/export_task.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cal::session_host_licensing {

// Session hosts that sent no usable export.
std::vector<RepairStep> plan_for_silent(const Group& group, const Facts& facts);

// License servers without a usable export.
std::vector<RepairStep> plan_for_servers(const Group& group, const Facts& facts);

// There is no export of a session host at all.
std::vector<RepairStep> plan_without_exports(const Facts& facts);

// A session host or license server that wrote its own export, and is none of these; empty: none.
std::string other_exporter(const std::vector<std::string>& computers, const Facts& facts);

// The command that lists the files of `exports` on the agent's host, with its backquotes.
std::string list_command(const Facts& facts);

// Of an export that was read, of a session host or a license server. The facts must outlive it.
struct Exported {
  SystemTime data_at;
  std::string_view script;
  std::string_view file;
  bool names_errors;
};

// Of the computers that this task runs on, by short name.
std::map<std::string, Exported> exported_by(const ExportTask& task, const Facts& facts);

}  // namespace cal::session_host_licensing
