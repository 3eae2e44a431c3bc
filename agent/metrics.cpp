#include "agent/metrics.h"

#include "agent/text.h"
#include "agent/version.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <functional>
#include <initializer_list>

namespace cal {

namespace {

using std::string_view;

constexpr std::array<string_view, 1> by_probe{"probe"};
constexpr std::array<string_view, 2> by_verdict{"probe", "verdict"};
constexpr std::array<string_view, 2> by_reason{"probe", "reason"};
constexpr std::array<string_view, 2> by_phase{"probe", "phase"};
constexpr std::array<string_view, 1> by_cause{"cause"};
constexpr std::array<string_view, 1> by_version{"version"};
constexpr std::array<string_view, 1> by_url{"url"};

// Results are those of the last run, so their HELP says how old they may be.
constexpr MetricFamily verdict{
    "cal_probe_verdict",
    "1 for the verdict of the probe's last run, 0 for the others. Results are cached for up to "
    "cal_probe_interval_seconds; see cal_probe_last_run_timestamp_seconds.",
    MetricType::gauge, by_verdict};
constexpr MetricFamily reason_info{
    "cal_probe_reason_info",
    "1 with the reason of the probe's last run; the probe's runbook says what to do about it.",
    MetricType::gauge, by_reason};
constexpr MetricFamily last_run{"cal_probe_last_run_timestamp_seconds",
                                "Unix time at which the probe's last run ended.", MetricType::gauge,
                                by_probe};
constexpr MetricFamily last_conclusive{
    "cal_probe_last_conclusive_timestamp_seconds",
    "Unix time of the probe's last run that could tell: whose verdict was not unknown.",
    MetricType::gauge, by_probe};
constexpr MetricFamily interval{"cal_probe_interval_seconds", "Seconds from one run to the next.",
                                MetricType::gauge, by_probe};
constexpr MetricFamily timeout{"cal_probe_timeout_seconds",
                               "Seconds after which a run counts as unknown: timeout.",
                               MetricType::gauge, by_probe};
constexpr MetricFamily duration{"cal_probe_duration_seconds", "Seconds that the last run took.",
                                MetricType::gauge, by_probe};
constexpr MetricFamily phase_duration{"cal_probe_phase_duration_seconds",
                                      "Seconds that each phase of the last run took.",
                                      MetricType::gauge, by_phase};
constexpr MetricFamily runs{"cal_probe_runs_total", "Runs of the probe since the agent started.",
                            MetricType::counter, by_probe};
constexpr MetricFamily unknown{"cal_probe_unknown_total", "Runs of the probe that could not tell.",
                               MetricType::counter, by_probe};
constexpr MetricFamily overruns{"cal_probe_overruns_total",
                                "Runs of the probe that were not over at their timeout.",
                                MetricType::counter, by_probe};
constexpr MetricFamily source_data{
    "cal_source_data_timestamp_seconds",
    "Unix time at which the newest data of the probe's file was written; no sample while unknown.",
    MetricType::gauge, by_probe};
constexpr MetricFamily diagnosis_primary{
    "cal_diagnosis_primary",
    "1 for the most likely cause that an activation fails, none when no cause is found, "
    "cannot_tell when a cause could not be looked for; 0 for the others.",
    MetricType::gauge, by_cause};
constexpr MetricFamily diagnosis_strength{
    "cal_diagnosis_strength",
    "How sure the findings are of each cause: 0 nothing points to it, 1 possible, 2 likely, "
    "3 certain.",
    MetricType::gauge, by_cause};
constexpr MetricFamily build_info{"cal_exporter_build_info", "1 with the agent's version.",
                                  MetricType::gauge, by_version};
constexpr MetricFamily external_url_info{
    "cal_exporter_external_url_info",
    "1 with the URL under which people reach the agent's pages: alerts link to runbooks below it. "
    "No sample without --web.external-url.",
    MetricType::gauge, by_url};
constexpr MetricFamily reload_successful{
    "cal_exporter_config_last_reload_successful",
    "1 when the last (re)load of the configuration worked; 0: the one before stays in force.",
    MetricType::gauge,
    {}};
constexpr MetricFamily reload_time{"cal_exporter_config_last_reload_success_timestamp_seconds",
                                   "Unix time of the last configuration load that worked.",
                                   MetricType::gauge,
                                   {}};

constexpr MetricFamily late_starts{
    "cal_exporter_late_starts_total",
    "Runs that began more than 0.1 s after their time: the machine is too busy, or too many runs "
    "are under way at once.",
    MetricType::counter,
    {}};

constexpr std::array families{&verdict,           &reason_info,        &last_run,
                              &last_conclusive,   &interval,           &timeout,
                              &duration,          &phase_duration,     &runs,
                              &unknown,           &overruns,           &source_data,
                              &diagnosis_primary, &diagnosis_strength, &build_info,
                              &external_url_info, &reload_successful,  &reload_time,
                              &late_starts};

// prometheus-cpp writes HELP as it is; the format wants these two escaped.
std::string escape_help(string_view help) {
  std::string escaped;
  for (const char c : help) {
    if (c == '\\') {
      escaped += "\\\\";
    } else if (c == '\n') {
      escaped += "\\n";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

using Append = std::function<void(string_view)>;

// One family on its way into the text. The model of some of its samples is in memory at a time, not
// that of all: a large configuration has many thousands in one family.
class FamilyWriter {
 public:
  FamilyWriter(const MetricFamily& family, const Append& append)
      : family_(family), append_(append) {
    model_.name = family.name;
    model_.help = escape_help(family.help);
    model_.type = family.type == MetricType::counter ? prometheus::MetricType::Counter
                                                     : prometheus::MetricType::Gauge;
  }
  FamilyWriter(const FamilyWriter&) = delete;
  FamilyWriter& operator=(const FamilyWriter&) = delete;

  ~FamilyWriter() { flush(); }

  // Values in the order of the family's labels; an empty network for the agent's own families.
  template <class Texts>
  void add(string_view network, const Texts& label_values, double value) {
    prometheus::ClientMetric metric;
    if (!network.empty()) metric.label.push_back({"network", valid_utf8(network)});
    auto label = family_.labels.begin();
    for (const auto& text : label_values) {
      if (label == family_.labels.end()) break;
      metric.label.push_back({std::string(*label++), valid_utf8(text)});
    }
    if (family_.type == MetricType::counter) {
      metric.counter.value = value;
    } else {
      metric.gauge.value = value;
    }
    model_.metric.push_back(std::move(metric));
    if (model_.metric.size() == most_at_once) flush();
  }
  void add(string_view network, std::initializer_list<string_view> label_values, double value) {
    add<std::initializer_list<string_view>>(network, label_values, value);
  }

 private:
  static constexpr std::size_t most_at_once = 256;

  void flush() {
    if (model_.metric.empty()) return;
    const auto lines = prometheus::TextSerializer().Serialize({model_});
    append_(begun_ ? without_heading(lines) : lines);
    model_.metric.clear();
    begun_ = true;
  }

  // HELP and TYPE stand before a family once.
  static string_view without_heading(string_view lines) {
    while (lines.starts_with('#')) lines.remove_prefix(lines.find('\n') + 1);
    return lines;
  }

  const MetricFamily& family_;
  const Append& append_;
  prometheus::MetricFamily model_;
  bool begun_ = false;
};

double seconds(std::chrono::nanoseconds span) {
  return std::chrono::duration<double>(span).count();
}

// A family with one value per probe; `value` gives an empty optional for no sample.
template <class Value>
void write_per_probe(const MetricFamily& family, const Rows& rows, const Append& append,
                     Value value) {
  FamilyWriter writer(family, append);
  for (const auto& row : rows) {
    const std::optional<double> number = value(row);
    if (!number) continue;
    writer.add(row.instance->network, {row.instance->kind->name}, *number);
  }
}

void write_verdicts(const Rows& rows, const Append& append) {
  FamilyWriter writer(verdict, append);
  for (const auto& row : rows) {
    for (const auto each : {Verdict::clear, Verdict::present, Verdict::unknown}) {
      writer.add(row.instance->network, {row.instance->kind->name, name_of(each)},
                 row.outcome->reason->verdict == each ? 1 : 0);
    }
  }
}

void write_reasons(const Rows& rows, const Append& append) {
  FamilyWriter writer(reason_info, append);
  for (const auto& row : rows) {
    writer.add(row.instance->network, {row.instance->kind->name, row.outcome->reason->word}, 1);
  }
}

void write_phases(const Rows& rows, const Append& append) {
  FamilyWriter writer(phase_duration, append);
  for (const auto& row : rows) {
    for (const auto& phase : row.outcome->phases) {
      writer.add(row.instance->network, {row.instance->kind->name, phase.name},
                 seconds(phase.duration));
    }
  }
}

void write_diagnoses(const std::vector<Diagnosis>& diagnoses, const Append& append) {
  {
    FamilyWriter writer(diagnosis_primary, append);
    for (const auto& diagnosis : diagnoses) {
      const auto add = [&](string_view word) {
        writer.add(diagnosis.network, {word}, diagnosis.primary() == word ? 1 : 0);
      };
      for (const auto cause : all_causes) add(name_of(cause));
      add(no_cause);
      add(cannot_tell_cause);
    }
  }
  FamilyWriter writer(diagnosis_strength, append);
  for (const auto& diagnosis : diagnoses) {
    for (const auto cause : all_causes) {
      const auto found = std::ranges::find(diagnosis.suspects, cause, &Suspect::cause);
      const auto strength =
          found == diagnosis.suspects.end() ? 0 : static_cast<int>(found->strength());
      writer.add(diagnosis.network, {name_of(cause)}, strength);
    }
  }
}

void write_probe_family(const MetricFamily& family, const ProbeKind& kind, const Rows& rows,
                        const Append& append) {
  FamilyWriter writer(family, append);
  for (const auto& row : rows) {
    if (row.instance->kind->name != kind.name) continue;
    for (const auto& sample : row.outcome->samples) {
      if (sample.family != &family) continue;
      writer.add(row.instance->network, sample.label_values, sample.value);
    }
  }
}

std::optional<double> time_or_nothing(const std::optional<System>& time) {
  return time ? std::optional(unix_seconds(*time)) : std::nullopt;
}

}  // namespace

std::span<const MetricFamily* const> frame_families() { return families; }

void write_metrics(const Rows& rows, const std::vector<Diagnosis>& diagnoses,
                   std::span<const ProbeKind> kinds, const AgentState& agent,
                   const Append& append) {
  write_verdicts(rows, append);
  write_reasons(rows, append);
  write_per_probe(last_run, rows, append,
                  [](const Row& row) { return time_or_nothing(row.last_run); });
  write_per_probe(last_conclusive, rows, append,
                  [](const Row& row) { return time_or_nothing(row.last_conclusive); });
  write_per_probe(interval, rows, append,
                  [](const Row& row) { return seconds(row.instance->interval); });
  write_per_probe(timeout, rows, append,
                  [](const Row& row) { return seconds(row.instance->timeout); });
  write_per_probe(duration, rows, append, [](const Row& row) {
    return row.duration ? std::optional(seconds(*row.duration)) : std::nullopt;
  });
  write_phases(rows, append);
  write_per_probe(runs, rows, append, [](const Row& row) { return static_cast<double>(row.runs); });
  write_per_probe(unknown, rows, append,
                  [](const Row& row) { return static_cast<double>(row.unknown); });
  write_per_probe(overruns, rows, append,
                  [](const Row& row) { return static_cast<double>(row.overruns); });
  write_per_probe(source_data, rows, append,
                  [](const Row& row) { return time_or_nothing(row.outcome->source_data_at); });
  write_diagnoses(diagnoses, append);
  for (const auto& kind : kinds) {
    for (const auto& family : kind.families) write_probe_family(family, kind, rows, append);
  }
  FamilyWriter(build_info, append).add("", {version}, 1);
  if (!agent.external_url.empty()) {
    FamilyWriter(external_url_info, append).add("", {agent.external_url}, 1);
  }
  FamilyWriter(reload_successful, append).add("", {}, agent.last_reload_successful ? 1 : 0);
  if (const auto time = time_or_nothing(agent.last_reload_success)) {
    FamilyWriter(reload_time, append).add("", {}, *time);
  }
  FamilyWriter(late_starts, append).add("", {}, static_cast<double>(agent.late_starts));
}

std::string metrics_text(const Rows& rows, std::span<const ProbeKind> kinds,
                         const AgentState& agent) {
  std::string text;
  write_metrics(rows, diagnose_all(rows), kinds, agent, [&](string_view lines) { text += lines; });
  return text;
}

}  // namespace cal
