#include "probes/session_host_licensing/absent_plan.h"

#include "probes/farm/server_names.h"
#include "probes/session_host_licensing/phrases.h"
#include "probes/shared/file_fault_step.h"

#include <fmt/format.h>

#include <set>
#include <utility>

namespace cal::session_host_licensing {

namespace {

// In the order in which a plan speaks of them.
enum class Lack { no_file, too_old, from_future, unusable };

struct Absent {
  Lack lack;
  std::string text;
};

// Looks them up by short name.
class Absentees {
 public:
  Absentees(const ExportTask& task, const Facts& facts)
      : now_(facts.now), exported_(exported_by(task, facts)) {
    for (const auto& each : facts.exports.faults) {
      faults_.try_emplace(farm::short_name(each.computer), &each);
    }
  }

  Absent operator[](const std::string& name) const {
    const auto key = farm::short_name(name);
    if (const auto read = exported_.find(key); read != exported_.end()) {
      const auto text = short_time_text(read->second.data_at, now_);
      if (read->second.data_at > now_) {
        return {Lack::from_future, fmt::format("its export is from the future ({})", text)};
      }
      return {Lack::too_old, fmt::format("its last export is from {}, older than `max_age`", text)};
    }
    if (const auto fault = faults_.find(key); fault != faults_.end()) {
      return {Lack::unusable, "its export cannot be used: " + fault->second->fault.message};
    }
    return {Lack::no_file, "no export of it was read in this run"};
  }

 private:
  SystemTime now_;
  std::map<std::string, Exported> exported_;
  std::map<std::string, const farm::ExportFault*> faults_;
};

std::string text_of(Lack lack) {
  switch (lack) {
    case Lack::no_file:
      return "No file of it is there: it was not written, not copied here, or deleted here. If "
             "several are missing, see first whether what copies them runs; otherwise the next "
             "step shows which.";
    case Lack::too_old:
      return "Its file is old: it is no longer written, or no longer copied here. The next step "
             "shows which.";
    case Lack::from_future:
      return "It is from the future: correct the clock of the computer that wrote it, and leave "
             "out the other steps.";
    case Lack::unusable:
      break;
  }
  return "It cannot be used: if the agent's user (cal_exporter) may not read it, correct its owner "
         "or its rights on the agent's host, and leave out the other steps. If it is not whole, "
         "copy it under another name, and rename it then. If this release does not know its "
         "version, update cal_exporter.";
}

// The computers with the same lack are one note.
std::vector<std::string> notes_of(const std::vector<std::string>& names, const ExportTask& task,
                                  const Facts& facts) {
  const Absentees absent(task, facts);
  std::map<std::string, std::vector<std::string>> by_text;
  for (const auto& name : names) by_text[absent[name].text].push_back(name);
  std::vector<std::string> notes;
  notes.reserve(by_text.size());
  for (const auto& [text, computers] : by_text) {
    notes.push_back(fmt::format("{}{}: {}.", computers.size() == 1 ? "" : "Each of ",
                                in_sentence(computers), text));
  }
  return notes;
}

RepairStep look(const std::string& computers, const std::set<Lack>& lacks, const Facts& facts) {
  RepairStep step{fmt::format("On {}, see whether the export of {} is there, and how old it is.",
                              agents_host(facts.host), computers)};
  step.beside.push_back(
      fmt::format("There, {} shows the files with their owner, rights and time (it only reads). "
                  "The agent reads those that end in .json or .csv, two folders deep.",
                  list_command(facts)));
  for (const auto lack : lacks) step.beside.push_back(text_of(lack));
  return step;
}

std::vector<RepairStep> steps_for(const std::string& computers, const std::set<Lack>& lacks,
                                  const ExportTask& task, const std::string& other,
                                  const Facts& facts) {
  std::vector<RepairStep> steps{look(computers, lacks, facts), see_task(task, computers)};
  steps.back().beside.push_back(group_policy_text(task));
  steps.push_back(after_seeing(
      task,
      fmt::format("it does not reach the agent. You set up how it gets into the folder of "
                  "`exports` on {} (a share, scp, Ansible): see whether that runs, and whether the "
                  "agent's user may read the file.",
                  agents_host(facts.host)),
      other));
  if (&task == &session_host_task) {
    steps.back().beside.emplace_back(
        "The host was removed on purpose: delete its export, list it under `retired` of this probe "
        "in the agent's configuration, and reload it (systemctl reload cal_exporter).");
  }
  steps.push_back(run_task(task, computers));
  return steps;
}

std::vector<RepairStep> plan_for(const std::vector<std::string>& names, const ExportTask& task,
                                 const Facts& facts) {
  const Absentees absent(task, facts);
  std::set<Lack> lacks;
  for (const auto& name : names) lacks.insert(absent[name].lack);
  return steps_for(in_sentence(names), lacks, task, other_exporter(names, facts), facts);
}

}  // namespace

std::string list_command(const Facts& facts) {
  return fmt::format("`ls -lR {}`", shell_word(facts.exports.read_from.string()));
}

std::map<std::string, Exported> exported_by(const ExportTask& task, const Facts& facts) {
  std::map<std::string, Exported> exported;
  const auto add = [&](const auto& computers) {
    for (const auto& each : computers) {
      exported.try_emplace(farm::short_name(each.name),
                           Exported{each.data_at, each.script, each.file, each.names_errors});
    }
  };
  if (&task == &session_host_task) {
    add(facts.exports.hosts);
  } else {
    add(facts.exports.servers);
  }
  return exported;
}

std::string other_exporter(const std::vector<std::string>& computers, const Facts& facts) {
  std::set<std::string> left_out;
  for (const auto& each : computers) left_out.insert(farm::short_name(each));
  const auto first = [&](const auto& all, const ExportTask& task) -> std::string {
    for (const auto& each : all) {
      const bool wrote_it =
          each.collected == farm::Collected::local && each.script.starts_with(task.script);
      if (wrote_it && !left_out.contains(farm::short_name(each.name))) return each.name;
    }
    return {};
  };
  const auto host = first(facts.exports.hosts, session_host_task);
  return host.empty() ? first(facts.exports.servers, license_server_task) : host;
}

std::vector<RepairStep> plan_for_silent(const Group& group, const Facts& facts) {
  std::vector<std::string> names;
  for (const auto* host : group.hosts) names.push_back(host->host);
  auto steps = plan_for(names, session_host_task, facts);
  steps.front().beside.insert(steps.front().beside.begin(), texts_of(group));
  return steps;
}

std::vector<RepairStep> plan_for_servers(const Group& group, const Facts& facts) {
  std::vector<std::string> names;
  for (const auto& server : group.servers) names.push_back(server.name);
  auto steps = plan_for(names, license_server_task, facts);
  const auto notes = notes_of(names, license_server_task, facts);
  steps.front().beside.insert(steps.front().beside.begin(), notes.begin(), notes.end());
  return steps;
}

std::vector<RepairStep> plan_without_exports(const Facts& facts) {
  auto steps = steps_for("each session host", {Lack::no_file}, session_host_task, {}, facts);
  steps.front().beside.emplace_back(
      "The exports are in another folder: correct `exports` in the agent's configuration, and "
      "reload it (systemctl reload cal_exporter).");
  return steps;
}

}  // namespace cal::session_host_licensing
