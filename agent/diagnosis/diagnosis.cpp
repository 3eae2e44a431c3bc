#include "agent/diagnosis/diagnosis.h"

#include "agent/base/text.h"
#include "agent/contract/verdict_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>

namespace cal {

namespace {

const Reason& reason_of(const Row& row) { return *row.outcome->reason; }

bool looks_for(const Row& row, Cause cause) {
  const auto& causes = row.instance->causes;
  return std::ranges::find(causes, cause) != causes.end();
}

bool looks_for_page_cause(const Row& row) {
  return std::ranges::any_of(page_causes, [&](Cause cause) { return looks_for(row, cause); });
}

// The stronger first; among equals what is true now, then the newer.
bool outweighs(const Finding& left, const Finding& right) {
  const auto weight = [](const Finding& finding) {
    return std::tuple(finding.strength, !finding.seen_at, finding.seen_at);
  };
  return weight(left) > weight(right);
}

std::vector<Suspect> suspects_of(std::span<const Row> rows) {
  std::vector<Suspect> suspects;
  for (const auto cause : all_causes) {
    Suspect suspect{cause, {}, {}};
    for (const auto& row : rows) {
      const auto probe = row.instance->kind->name;
      for (auto& implied : implications_of(*row.instance, *row.outcome)) {
        if (implied.cause != cause) continue;
        const auto since = implied.seen_at ? std::nullopt : beginning_of(row, implied);
        // What a probe finds now, it knows how to repair; an event only names the cause.
        if (implied.first_step.empty() && !implied.seen_at) {
          implied.first_step = action_of(*row.outcome);
        }
        suspect.findings.push_back({probe, std::move(implied.sentence), implied.strength,
                                    implied.seen_at, std::move(implied.first_step), since});
      }
      if (looks_for(row, cause) && row.outcome->contradicts &&
          reason_of(row).verdict == Verdict::clear) {
        suspect.against.push_back({probe, row.outcome->summary});
      }
    }
    if (suspect.findings.empty()) continue;
    std::ranges::stable_sort(suspect.findings, outweighs);
    // If two probes check one cause, each sees only its part of it.
    const auto is_now = [](const Finding& finding) { return !finding.seen_at; };
    if (std::ranges::any_of(suspect.findings, is_now)) suspect.against.clear();
    suspects.push_back(std::move(suspect));
  }
  // Stable: among equals the order of the reference page stays.
  std::ranges::stable_sort(suspects, [](const Suspect& left, const Suspect& right) {
    return outweighs(left.findings.front(), right.findings.front());
  });
  return suspects;
}

Finding blind_to(const Row& row) {
  Finding finding{row.instance->kind->name, row.outcome->summary};
  finding.since = beginning_of(row);
  return finding;
}

void add_rds_unknowns(std::span<const Row> rows, Diagnosis& diagnosis) {
  const bool nothing_known = std::ranges::all_of(
      rows, [](const Row& row) { return reason_of(row).verdict == Verdict::unknown; });
  for (const auto& row : rows) {
    if (reason_of(row).verdict != Verdict::unknown) continue;
    const auto name = row.instance->kind->name;
    if (nothing_known || !row.instance->causes.empty()) {
      diagnosis.blind.push_back(blind_to(row));
    } else {
      diagnosis.not_read.push_back(name);
    }
  }
}

void add_page_unknowns(std::span<const Row> rows, Diagnosis& diagnosis) {
  for (const auto& row : rows) {
    if (reason_of(row).verdict != Verdict::unknown) continue;
    const auto name = row.instance->kind->name;
    if (looks_for_page_cause(row)) {
      diagnosis.blind.push_back(blind_to(row));
    } else {
      diagnosis.not_read.push_back(name);
    }
  }
  for (const auto cause : page_causes) {
    bool configured = false;
    bool blind = false;
    for (const auto& row : rows) {
      if (!looks_for(row, cause)) continue;
      configured = true;
      blind = blind || reason_of(row).verdict == Verdict::unknown;
    }
    if (!configured) diagnosis.not_configured.push_back(cause);
    if (blind) diagnosis.blind_causes.push_back(cause);
  }
}

// "probe: what it found; other probe: what that found". Probes with the same finding are listed
// together: a directory that is down is one fact.
std::string list_of(const std::vector<Finding>& findings) {
  std::vector<std::pair<std::string, std::string_view>> grouped;  // probes, what they say
  for (const auto& finding : findings) {
    const auto same = std::ranges::find(grouped, finding.sentence,
                                        &std::pair<std::string, std::string_view>::second);
    if (same == grouped.end()) {
      grouped.emplace_back(finding.probe, finding.sentence);
    } else {
      same->first += fmt::format(", {}", finding.probe);
    }
  }
  std::string text;
  for (auto [probes, said] : grouped) {
    if (said.ends_with('.')) said.remove_suffix(1);
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", probes, said);
  }
  return text;
}

std::string list_in_words(const std::vector<std::string_view>& probes) {
  std::string list;
  for (const auto probe : probes) list += (list.empty() ? "" : ", ") + in_words(probe);
  return list;
}

template <class T, class Name>
std::string names_of(const std::vector<T>& things, Name name) {
  std::vector<std::string> names;
  names.reserve(things.size());
  for (const auto& thing : things) names.emplace_back(name(thing));
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string suspect_sentence(const Diagnosis& diagnosis) {
  const auto& primary = diagnosis.suspects.front();
  const auto word = capitalized(likelihood_of(primary.strength()));
  const auto found = list_of(primary.findings);
  // "Another cause" says nothing that the findings do not.
  auto text = primary.cause == Cause::other
                  ? fmt::format("{} cause: {}.", word, found)
                  : fmt::format("{} cause: {} ({}).", word,
                                meaning_of(primary.cause, diagnosis.profile), found);
  for (const auto& finding : primary.against) {
    text += fmt::format(" But {} now reports: {}.", finding.probe, finding.sentence);
  }
  for (auto other = diagnosis.suspects.begin() + 1; other != diagnosis.suspects.end(); ++other) {
    text += fmt::format(" Also {}: {}.", likelihood_of(other->strength()),
                        meaning_of(other->cause, diagnosis.profile));
  }
  if (!diagnosis.blind.empty()) {
    text += fmt::format(" Not checked: {}.", names_of(diagnosis.blind, [](const Finding& each) {
                          return in_words(each.probe);
                        }));
  }
  return text;
}

bool is_any_to_put_right(std::span<const Row> rows) {
  return std::ranges::any_of(rows,
                             [](const Row& row) { return is_only_to_put_right(*row.outcome); });
}

// What refuses nobody but is wrong: "session host licensing (configuration drift)".
std::string list_to_put_right(std::span<const Row> rows) {
  std::vector<std::string> found;
  for (const auto& row : rows) {
    if (!is_only_to_put_right(*row.outcome)) continue;
    found.push_back(
        fmt::format("{} ({})", in_words(row.instance->kind->name), in_words(reason_of(row).word)));
  }
  return fmt::format("{}", fmt::join(found, ", "));
}

std::string no_cause_found(std::span<const Row> rows) {
  if (!is_any_to_put_right(rows)) return "No cause found";
  return fmt::format("No cause found, but to be put right: {}", list_to_put_right(rows));
}

// Some checks ran and found nothing; others did not run.
std::string unfinished_sentence(std::span<const Row> rows, const Diagnosis& diagnosis) {
  const auto count = diagnosis.blind.size();
  return fmt::format("{}{} {} could not run: {}.", no_cause_found(rows),
                     is_any_to_put_right(rows) ? "; and" : ", but",
                     count == 1 ? std::string("one check") : fmt::format("{} checks", count),
                     list_of(diagnosis.blind));
}

std::string rds_sentence(std::span<const Row> rows, const Diagnosis& diagnosis) {
  if (diagnosis.blind.size() == rows.size()) {
    return fmt::format("Cannot tell: nothing could be checked ({}).", list_of(diagnosis.blind));
  }
  if (!diagnosis.blind.empty()) return unfinished_sentence(rows, diagnosis);
  std::vector<std::string_view> checked;
  for (const auto& row : rows) {
    if (reason_of(row).verdict != Verdict::unknown) checked.push_back(row.instance->kind->name);
  }
  return fmt::format("{}; checked: {}.", no_cause_found(rows), list_in_words(checked));
}

std::string page_sentence(std::span<const Row> rows, const Diagnosis& diagnosis) {
  constexpr auto all = page_causes.size();
  const auto configured = all - diagnosis.not_configured.size();
  if (configured == 0) {
    return fmt::format("Cannot tell: no configured probe checks any of the {} causes.", all);
  }
  const auto blind = diagnosis.blind_causes.size();
  if (blind == configured) {
    return fmt::format("Cannot tell: {} ({}).",
                       configured == 1
                           ? "the only configured cause could not be checked"
                           : fmt::format("none of the {} causes could be checked", configured),
                       list_of(diagnosis.blind));
  }
  if (blind > 0) {
    return unfinished_sentence(rows, diagnosis);
  }
  const auto found = no_cause_found(rows);
  if (configured == all) return fmt::format("{}; all {} causes were checked.", found, all);
  return fmt::format(
      "{}; {} of the {} causes {} checked (not configured: {}).", found, configured, all,
      configured == 1 ? "was" : "were",
      names_of(diagnosis.not_configured, [](Cause cause) { return name_of(cause); }));
}

const Row* row_of(std::span<const Row> rows, std::string_view probe) {
  const auto found =
      std::ranges::find(rows, probe, [](const Row& row) { return row.instance->kind->name; });
  return found == rows.end() ? nullptr : &*found;
}

// The probe that checks the cause knows its steps best, and most exactly when it finds it now.
// Otherwise the strongest finding may bring its own step: that of the cause is about EBS only.
void add_first_step(std::span<const Row> rows, Diagnosis& diagnosis) {
  if (diagnosis.suspects.empty()) {
    if (diagnosis.blind.empty()) return;
    const auto* row = row_of(rows, diagnosis.blind.front().probe);
    diagnosis.first_step = action_of(*row->outcome);
    diagnosis.runbook = row->instance->kind->name;
    return;
  }
  const auto& primary = diagnosis.suspects.front();
  const auto& strongest = primary.findings.front();
  diagnosis.first_step = strongest.first_step.empty()
                             ? first_step_of(primary.cause, diagnosis.profile)
                             : strongest.first_step;
  diagnosis.runbook = strongest.probe;
  const Row* looked = nullptr;
  for (const auto& row : rows) {
    if (!looks_for(row, primary.cause)) continue;
    const auto found = std::ranges::find_if(primary.findings, [&](const Finding& finding) {
      return finding.probe == row.instance->kind->name && !finding.seen_at;
    });
    const bool finds_it_now = found != primary.findings.end();
    if (!looked || finds_it_now) looked = &row;
    if (!finds_it_now) continue;
    diagnosis.first_step = found->first_step;
    break;
  }
  if (looked) diagnosis.runbook = looked->instance->kind->name;
}

void add_beginning(Diagnosis& diagnosis) {
  const auto& suspects = diagnosis.suspects;
  const auto& findings = suspects.empty() ? diagnosis.blind : suspects.front().findings;
  for (const auto& finding : findings) {
    const auto& began = finding.since;
    if (began && (!diagnosis.since || began->at < diagnosis.since->at)) diagnosis.since = began;
  }
  if (diagnosis.since || findings.empty() || !findings.front().seen_at) return;
  diagnosis.since = Beginning{*findings.front().seen_at};
  diagnosis.is_past = true;
}

// A fault that is there now stops an installation, and none may have been tried.
void add_impact(std::span<const Row> rows, Diagnosis& diagnosis) {
  if (diagnosis.profile != Profile::ebs || diagnosis.suspects.empty()) return;
  const auto& primary = diagnosis.suspects.front();
  const bool stops_activation = std::ranges::find(page_causes, primary.cause) != page_causes.end();
  const bool none_failed =
      std::ranges::any_of(rows, [](const Row& row) { return row.outcome->no_activation_failed; });
  if (!stops_activation || !none_failed || primary.findings.front().seen_at) return;
  diagnosis.impact = fmt::format("No failed activation is logged; this {} the next installation.",
                                 primary.strength() == Strength::weak ? "may block" : "blocks");
}

}  // namespace

bool Diagnosis::cannot_tell() const {
  return suspects.empty() && (!blind.empty() || not_configured.size() == page_causes.size());
}

std::string_view Diagnosis::primary() const {
  if (!suspects.empty()) return name_of(suspects.front().cause);
  return cannot_tell() ? cannot_tell_cause : no_cause;
}

Diagnosis diagnose(std::span<const Row> rows) {
  Diagnosis diagnosis;
  if (!rows.empty()) {
    diagnosis.network = rows.front().instance->network;
    diagnosis.profile = rows.front().instance->profile;
  }
  const bool is_rds = diagnosis.profile == Profile::rds;
  diagnosis.suspects = suspects_of(rows);
  is_rds ? add_rds_unknowns(rows, diagnosis) : add_page_unknowns(rows, diagnosis);
  if (!diagnosis.suspects.empty()) {
    diagnosis.sentence = suspect_sentence(diagnosis);
  } else {
    diagnosis.sentence = is_rds ? rds_sentence(rows, diagnosis) : page_sentence(rows, diagnosis);
  }
  if (!diagnosis.not_read.empty()) {
    diagnosis.sentence += fmt::format(" Not read: {}.", list_in_words(diagnosis.not_read));
  }
  add_first_step(rows, diagnosis);
  add_beginning(diagnosis);
  add_impact(rows, diagnosis);
  return diagnosis;
}

std::vector<Diagnosis> diagnose_all(const Rows& rows) {
  std::vector<Diagnosis> diagnoses;
  for (auto first = rows.begin(); first != rows.end();) {
    const auto last = std::find_if(first, rows.end(), [&](const Row& row) {
      return row.instance->network != first->instance->network;
    });
    diagnoses.push_back(diagnose({first, last}));
    first = last;
  }
  return diagnoses;
}

}  // namespace cal
