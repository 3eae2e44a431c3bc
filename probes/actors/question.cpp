#include "probes/actors/question.h"

#include "agent/base/text.h"
#include "probes/security/well_known_sids.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string_view>

namespace cal::actors {

namespace {

// The record has the clock of the domain controller that wrote the change, as the metadata have,
// but whole seconds in some layouts.
constexpr std::chrono::seconds max_difference{5};

// "dc2" of "DC2.ebs.example.com".
std::string short_name(std::string_view computer) {
  return folded(computer.substr(0, computer.find('.')));
}

bool is_any_of(const Identity& identity, const std::vector<Identity>& all) {
  return std::ranges::any_of(all, [&](const Identity& each) { return is_same(identity, each); });
}

// Administrators of another computer have the same SID as those of the domain. There a member has
// no DN.
bool may_be_of_own_group(const ChangeRecord& record) {
  return record.object.sid && record.object.sid->is_builtin() && record.member.dn.empty();
}

std::string actor_text(const ChangeRecord& record) {
  const auto sid = record.actor_sid ? record.actor_sid->text() : "";
  if (record.actor_sid == security::well_known::local_system) {
    return fmt::format("SYSTEM ({}), which is the domain controller itself and not a person", sid);
  }
  if (record.actor.empty()) return sid.empty() ? "not named" : sid;
  return sid.empty() ? record.actor : fmt::format("{} ({})", record.actor, sid);
}

// "event 4733 of dc1.ebs.example.com, 2026-11-24 09:12:07 UTC"
std::string source_text(const ChangeRecord& record) {
  const auto where = record.computer.empty() ? "" : " of " + printable(record.computer);
  const auto caller = record.caller.empty()
                          ? ""
                          : fmt::format(", the last wrong password came from {}", record.caller);
  if (record.event_id == 0) return fmt::format("{}{}", time_text(record.at), caller);
  return fmt::format("event {}{}, {}{}", record.event_id, where, time_text(record.at), caller);
}

std::string recorded_text(const std::vector<ChangeRecord>& records) {
  std::vector<std::string> actors;
  std::string text;
  for (const auto& record : records) {
    auto actor = actor_text(record);
    // One operation may have several records.
    if (std::ranges::find(actors, actor) != actors.end()) continue;
    text += fmt::format("{}recorded actor {} ({})", text.empty() ? "" : "; ", actor,
                        source_text(record));
    actors.push_back(std::move(actor));
  }
  return text;
}

// Why a log that has records from before and after the change may have none of it.
std::string not_recorded_text(const Question& question, bool knows_log_of_writer) {
  const bool needs_entry = folded(question.attribute) == "ntsecuritydescriptor";
  return fmt::format("such changes are not audited there{}, or {}",
                     needs_entry ? ", the object has no audit entry for them" : "",
                     knows_log_of_writer
                         ? "the record was not exported"
                         : "the log of the domain controller that wrote it is missing");
}

std::string not_covered_text(const Question& question, const LogCoverage& coverage) {
  if (!coverage.fault.empty()) return coverage.fault;
  if (!coverage.whole) return "the security log is not read to its end yet";
  const auto& time = coverage.time;
  const bool knows_log_of_writer = !question.on.empty() && (!time || time->named);
  const auto of = knows_log_of_writer ? " of " + printable(question.on) : "";
  if (!time) return fmt::format("the security log has no events{}", of);
  if (!question.at) {
    return fmt::format(
        "the directory does not show when it was changed, and the security log, which begins at "
        "{}, has no such record",
        time_text(time->first));
  }
  if (*question.at < time->first) {
    return fmt::format("the security log{} does not reach back: it begins at {}", of,
                       time_text(time->first));
  }
  if (*question.at > time->last) {
    return fmt::format("the security log{} ends at {}, before the change", of,
                       time_text(time->last));
  }
  return fmt::format("the security log{} has records from before and after that time: {}", of,
                     not_recorded_text(question, knows_log_of_writer));
}

}  // namespace

bool may_be_on(const std::string& computer, const Question& question) {
  return question.on.empty() || computer.empty() || short_name(computer) == short_name(question.on);
}

bool is_about(const ChangeRecord& record, const Question& question) {
  if (folded(record.attribute) != folded(question.attribute)) return false;
  if (!may_be_on(record.computer, question) || !is_any_of(record.object, question.objects))
    return false;
  if (question.on.empty() && !record.computer.empty() && may_be_of_own_group(record)) return false;
  if (!question.members.empty() && !is_any_of(record.member, question.members)) return false;
  return !question.at || std::chrono::abs(record.at - *question.at) <= max_difference;
}

bool may_have_broken(const ChangeRecord& record, const Question& question) {
  return record.effect == question.broke || record.effect == Effect::changed;
}

std::string answer_text(const Question& question, const std::vector<ChangeRecord>& records,
                        const LogCoverage& coverage) {
  if (!records.empty()) {
    return fmt::format("{}: {}{}", question.what, recorded_text(records),
                       question.at ? "" : "; the newest record of such a change");
  }
  const auto unreadable =
      coverage.unreadable > 0 && coverage.fault.empty()
          ? fmt::format("; {} of its records cannot be read", coverage.unreadable)
          : "";
  return fmt::format("{}: no record found: {}{}", question.what,
                     not_covered_text(question, coverage), unreadable);
}

}  // namespace cal::actors
