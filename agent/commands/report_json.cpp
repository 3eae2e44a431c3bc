#include "agent/commands/report_json.h"

#include "agent/base/text.h"
#include "agent/base/version.h"
#include "agent/config/config.h"
#include "agent/diagnosis/diagnosis.h"
#include "agent/diagnosis/shared_causes.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <stdexcept>

namespace cal {

namespace {

using Json = nlohmann::ordered_json;

constexpr int report_version = 1;

Json time_or_null(const std::optional<SystemTime>& time) {
  return time ? Json(utc_text(*time)) : Json(nullptr);
}

Json written(const Implication& implication) {
  return {{"cause", name_of(implication.cause)},
          {"strength", name_of(implication.strength)},
          {"sentence", implication.sentence},
          {"seen_at", time_or_null(implication.seen_at)},
          {"first_step", implication.first_step}};
}

Json written(const Finding& finding) {
  return {{"probe", finding.probe},
          {"sentence", finding.sentence},
          {"seen_at", time_or_null(finding.seen_at)}};
}

using Form = Evidence::Form;
constexpr std::array all_forms{Form::fact, Form::chain, Form::ladder, Form::entry};

std::string_view name_of(Form form) {
  constexpr std::array<std::string_view, all_forms.size()> names{"fact", "chain", "ladder",
                                                                 "entry"};
  return names[static_cast<std::size_t>(form)];
}

Json written(const Evidence& evidence) {
  return {{"verdict", evidence.verdict ? Json(name_of(*evidence.verdict)) : Json(nullptr)},
          {"item", evidence.item},
          {"text", evidence.text},
          {"form", name_of(evidence.form)}};
}

Json written(const Phase& phase) {
  return {{"phase", phase.name},
          {"seconds", std::chrono::duration<double>(phase.duration).count()}};
}

Json written(const SharedCause& cause) {
  return {{"object", cause.object},
          {"reason", cause.reason},
          {"since", time_or_null(cause.since ? std::optional(cause.since->at) : std::nullopt)},
          {"networks", cause.networks}};
}

Json written(const Suspect& suspect);

template <class T>
Json written(const std::vector<T>& things) {
  auto list = Json::array();
  for (const auto& thing : things) list.push_back(written(thing));
  return list;
}

Json written(const Suspect& suspect) {
  return {{"cause", name_of(suspect.cause)},
          {"strength", name_of(suspect.strength())},
          {"findings", written(suspect.findings)},
          {"against", written(suspect.against)}};
}

Json written(const Diagnosis& diagnosis) {
  return {{"primary", diagnosis.primary()},          {"sentence", diagnosis.sentence},
          {"first_step", diagnosis.first_step},      {"runbook", diagnosis.runbook},
          {"suspects", written(diagnosis.suspects)}, {"blind", written(diagnosis.blind)}};
}

// What the repair plan predicts. Nothing else of the plan is in a report, which anybody may read.
Json predictions(const Outcome& outcome) {
  auto words = Json::array();
  for (const auto& step : outcome.repair) {
    if (!step.expected.empty()) words.push_back(step.expected);
  }
  return words;
}

Json written(const Row& row) {
  const auto& outcome = *row.outcome;
  auto looks_for = Json::array();
  for (const auto cause : row.instance->causes) looks_for.push_back(name_of(cause));
  return {
      {"probe", row.instance->kind->name},
      {"verdict", name_of(outcome.reason->verdict)},
      {"severity", name_of(severity_of(outcome))},
      {"reason", outcome.reason->word},
      {"object", outcome.object},
      {"summary", outcome.summary},
      {"action", action_of(outcome)},
      {"evidence", written(outcome.evidence)},
      {"implications", written(outcome.implications)},
      {"predicted", predictions(outcome)},
      {"contradicts", outcome.contradicts},
      {"looks_for", std::move(looks_for)},
      {"data_at", time_or_null(outcome.source_data_at)},
      {"phases", written(outcome.phases)},
      {"duration_seconds",
       row.duration ? Json(std::chrono::duration<double>(*row.duration).count()) : Json(nullptr)},
      {"last_run", time_or_null(row.last_run)}};
}

constexpr int max_depth = 32;
constexpr std::size_t max_values = 4'000'000;  // of a report of thousands of networks

// Thrown while reading and turned into the result in one place, like the exceptions of the library.
[[noreturn]] void refuse(const std::string& what) { throw std::runtime_error(what); }

// In bounded memory: each "[" costs far more as a value than as a character.
Json parsed(std::string_view text) {
  std::size_t values = 0;
  return Json::parse(text, [&](int depth, Json::parse_event_t, const Json&) {
    if (depth > max_depth) refuse("it is nested too deep");
    if (++values > max_values) refuse("it has too many values");
    return true;
  });
}

std::optional<SystemTime> read_time(const Json& json) {
  if (json.is_null()) return std::nullopt;
  const auto& text = json.get_ref<const std::string&>();
  const auto time = parse_utc(text);
  if (!time)
    refuse(fmt::format("'{}' is not a time; expected a form such as 2026-11-24T18:40:00Z", text));
  return time;
}

template <class T, std::size_t N>
T read_word(const Json& json, const std::array<T, N>& words) {
  const auto& text = json.get_ref<const std::string&>();
  const auto found = std::ranges::find(words, text, [](T word) { return name_of(word); });
  if (found == words.end()) refuse(fmt::format("this version does not know '{}'", text));
  return *found;
}

Implication read_implication(const Json& json) {
  constexpr std::array strengths{Strength::weak, Strength::strong, Strength::certain};
  return {read_word(json.at("cause"), all_causes), read_word(json.at("strength"), strengths),
          json.at("sentence").get<std::string>(), read_time(json.at("seen_at")),
          json.value("first_step", "")};  // reports of older versions have none
}

Evidence read_evidence(const Json& json) {
  constexpr std::array verdicts{Verdict::clear, Verdict::present, Verdict::unknown};
  Evidence evidence{std::nullopt, json.at("item").get<std::string>(),
                    json.at("text").get<std::string>()};
  if (const auto& verdict = json.at("verdict"); !verdict.is_null()) {
    evidence.verdict = read_word(verdict, verdicts);
  }
  // Reports of older versions have none.
  if (json.contains("form")) evidence.form = read_word(json.at("form"), all_forms);
  return evidence;
}

std::chrono::nanoseconds read_seconds(const Json& json) {
  const auto seconds = json.get<double>();
  constexpr double most = 1e9;
  if (!(seconds >= 0 && seconds <= most)) refuse(fmt::format("{} is not a duration", seconds));
  return std::chrono::round<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds));
}

// An outcome with the names of its phases, which it only refers to.
struct ReadOutcome {
  Outcome outcome;
  std::deque<std::string> phases = {};

  void add_phase(const Json& json) {
    phases.push_back(json.at("phase").get<std::string>());
    outcome.phases.push_back({phases.back(), read_seconds(json.at("seconds"))});
  }
};

const ProbeKind& read_kind(const Json& json, std::span<const ProbeKind> kinds) {
  const auto& name = json.get_ref<const std::string&>();
  const auto found = std::ranges::find(kinds, name, &ProbeKind::name);
  if (found == kinds.end()) refuse(fmt::format("this version does not know the probe '{}'", name));
  return *found;
}

const Reason& read_reason(const Json& json, const ProbeKind& kind) {
  const auto& word = json.get_ref<const std::string&>();
  const auto own = std::ranges::find(kind.reasons, word, &Reason::word);
  if (own != kind.reasons.end()) return *own;
  for (const auto* common :
       {&common_reason::not_run_yet, &common_reason::timeout, &common_reason::internal_error}) {
    if (common->word == word) return *common;
  }
  refuse(fmt::format("this version does not know the reason '{}' of {}", word, kind.name));
}

std::string read_network_name(const Json& json) {
  auto name = json.get<std::string>();
  if (!is_network_name(name)) refuse(fmt::format("'{}' is not the name of a network", name));
  return name;
}

Row read_row(const std::string& network, Profile profile, const Json& json,
             std::span<const ProbeKind> kinds) {
  auto instance = std::make_shared<Instance>();
  instance->network = network;
  instance->profile = profile;
  instance->kind = &read_kind(json.at("probe"), kinds);
  for (const auto& cause : json.at("looks_for")) {
    instance->causes.push_back(read_word(cause, all_causes));
  }
  const auto read = std::make_shared<ReadOutcome>(ReadOutcome{
      {&read_reason(json.at("reason"), *instance->kind), json.at("summary").get<std::string>()}});
  auto& outcome = read->outcome;
  for (const auto& each : json.at("evidence")) outcome.evidence.push_back(read_evidence(each));
  for (const auto& each : json.at("implications")) {
    outcome.implications.push_back(read_implication(each));
  }
  for (const auto& word : json.value("predicted", Json::array())) {  // older reports have none
    outcome.repair.emplace_back().expected = word.get<std::string>();
  }
  outcome.contradicts = json.at("contradicts").get<bool>();
  outcome.object = json.value("object", "");
  outcome.source_data_at = read_time(json.at("data_at"));
  outcome.action = json.at("action").get<std::string>();
  constexpr std::array severities{Severity::ok, Severity::warning, Severity::critical};
  const auto severity = read_word(json.at("severity"), severities);
  if (severity != outcome.reason->severity) outcome.severity = severity;
  for (const auto& each : json.at("phases")) read->add_phase(each);
  Row row{instance, std::shared_ptr<const Outcome>(read, &outcome), read_time(json.at("last_run"))};
  if (const auto& took = json.at("duration_seconds"); !took.is_null()) {
    row.duration = read_seconds(took);
  }
  row.runs = row.last_run ? 1 : 0;
  return row;
}

}  // namespace

std::string json_report(const Rows& rows, SystemTime now) {
  Json json{{"version", report_version},
            {"generated_at", utc_text(now)},
            {"exporter_version", version},
            {"shared_causes", written(shared_causes(rows))},
            {"networks", Json::array()}};
  auto& networks = json["networks"];
  for (const auto& diagnosis : diagnose_all(rows)) {
    networks.push_back({{"network", diagnosis.network},
                        {"profile", name_of(diagnosis.profile)},
                        {"diagnosis", written(diagnosis)},
                        {"probes", Json::array()}});
  }
  auto network = networks.begin();
  for (const auto& row : rows) {
    while ((*network)["network"] != row.instance->network) ++network;
    (*network)["probes"].push_back(written(row));
  }
  // What a directory or a file sent may not be UTF-8.
  return printable_json(json.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n";
}

tl::expected<SavedReport, std::string> read_report(std::string_view text,
                                                   std::span<const ProbeKind> kinds) {
  try {
    const auto json = parsed(text);
    if (const auto found = json.at("version").get<int>(); found != report_version) {
      refuse(
          fmt::format("it has version {}, this program reads version {}", found, report_version));
    }
    const auto generated_at = read_time(json.at("generated_at"));
    if (!generated_at) refuse("generated_at is missing");
    SavedReport report{*generated_at, {}};
    for (const auto& network : json.at("networks")) {
      const auto name = read_network_name(network.at("network"));
      // Reports of older versions have no profile.
      const auto profile = network.contains("profile")
                               ? read_word(network.at("profile"), all_profiles)
                               : Profile::ebs;
      const auto& probes = network.at("probes");
      if (probes.empty()) refuse(fmt::format("it has no probe of network '{}'", name));
      for (const auto& probe : probes) report.rows.push_back(read_row(name, profile, probe, kinds));
    }
    // With nothing in it, "all clear" would be misleading.
    if (report.rows.empty()) refuse("it has no probe");
    return report;
  } catch (const std::exception& error) {
    auto why = printable(error.what());
    std::ranges::replace(why, '\n', ' ');
    return tl::unexpected(fmt::format("this is not a report of `check --format json`: {}", why));
  }
}

}  // namespace cal
