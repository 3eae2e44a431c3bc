#include "agent/metrics/metrics.h"

#include "agent/base/text.h"
#include "agent/base/version.h"
#include "agent/metrics/family_writer.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace cal {

namespace {

using std::string_view;
using Append = FamilyWriter::Append;

constexpr std::array<string_view, 1> by_probe{"probe"};
constexpr std::array<string_view, 2> by_verdict{"probe", "verdict"};
constexpr std::array<string_view, 2> by_reason{"probe", "reason"};
constexpr std::array<string_view, 2> by_phase{"probe", "phase"};
constexpr std::array<string_view, 1> by_cause{"cause"};
constexpr std::array<string_view, 2> by_step{"cause", "step"};
constexpr std::array<string_view, 1> by_version{"version"};
constexpr std::array<string_view, 1> by_url{"url"};
constexpr std::array<string_view, 1> by_scheme{"scheme"};
constexpr std::array<string_view, 3> by_object{"probe", "reason", "object"};

// Results are those of the last run. A HELP says what to do with the metric.
constexpr MetricFamily verdict{
    "cal_probe_verdict",
    "1 for the verdict of the probe's last run, 0 for the others. Alert on present. Results are "
    "cached for up to cal_probe_interval_seconds; see cal_probe_last_run_timestamp_seconds.",
    MetricType::gauge, by_verdict};
constexpr MetricFamily reason_info{
    "cal_probe_reason_info",
    "1 with the reason of the probe's last run. The probe's runbook says what to do about it.",
    MetricType::gauge, by_reason};
constexpr MetricFamily object_info{
    "cal_probe_object_info",
    "1 with the host that the probe's fault is about. Count the networks by reason and object: one "
    "fault of one server may be behind many. No sample while nothing is wrong with a host.",
    MetricType::gauge, by_object};
constexpr MetricFamily last_run{
    "cal_probe_last_run_timestamp_seconds",
    "Unix time at which the probe's last run ended. Alert when it is several intervals ago.",
    MetricType::gauge, by_probe};
constexpr MetricFamily last_conclusive{
    "cal_probe_last_conclusive_timestamp_seconds",
    "Unix time of the probe's last run whose verdict was not unknown. Alert when it is long ago: "
    "nothing is being checked.",
    MetricType::gauge, by_probe};
constexpr MetricFamily interval{
    "cal_probe_interval_seconds",
    "Configured seconds from one run to the next. Compare with the age of the last run.",
    MetricType::gauge, by_probe};
constexpr MetricFamily timeout{"cal_probe_timeout_seconds",
                               "Configured seconds after which a run counts as unknown: timeout. "
                               "Compare with cal_probe_duration_seconds.",
                               MetricType::gauge, by_probe};
constexpr MetricFamily duration{
    "cal_probe_duration_seconds",
    "Seconds that the last run took. Close to cal_probe_timeout_seconds, runs will soon time out.",
    MetricType::gauge, by_probe};
constexpr MetricFamily phase_duration{
    "cal_probe_phase_duration_seconds",
    "Seconds that each phase of the last run took. Shows which peer is slow.", MetricType::gauge,
    by_phase};
constexpr MetricFamily runs{
    "cal_probe_runs_total",
    "Runs of the probe since the agent started. Its rate shows whether the probe still runs.",
    MetricType::counter, by_probe};
constexpr MetricFamily unknown{
    "cal_probe_unknown_total",
    "Runs of the probe with the verdict unknown since the agent started. "
    "Divide its rate by that of cal_probe_runs_total.",
    MetricType::counter, by_probe};
constexpr MetricFamily overruns{
    "cal_probe_overruns_total",
    "Runs of the probe that exceeded their timeout since the agent started. If it grows, find the "
    "slow phase in cal_probe_phase_duration_seconds.",
    MetricType::counter, by_probe};
constexpr MetricFamily source_data{
    "cal_source_data_timestamp_seconds",
    "Unix time at which the data of the probe's file was written, of several files the oldest; no "
    "sample while unknown. Alert when it is long ago: the export has stopped.",
    MetricType::gauge, by_probe};
constexpr MetricFamily diagnosis_primary{
    "cal_diagnosis_primary",
    "1 for the most likely cause of a failed activation, none if no cause was found, cannot_tell "
    "if a cause could not be checked; 0 for the others. Alert on a cause.",
    MetricType::gauge, by_cause};
constexpr MetricFamily diagnosis_strength{
    "cal_diagnosis_strength",
    "How strongly the findings point to each cause: 0 not at all, 1 possible, 2 likely, 3 certain. "
    "Use it to rank causes.",
    MetricType::gauge, by_cause};
constexpr MetricFamily first_step_info{
    "cal_diagnosis_first_step_info",
    "1 with what to do first about the most likely cause. Join it to an alert of that cause. No "
    "sample when there is nothing to do.",
    MetricType::gauge, by_step};
constexpr MetricFamily build_info{"cal_exporter_build_info",
                                  "1 with the version of the agent. Shows which hosts to upgrade.",
                                  MetricType::gauge, by_version};
constexpr MetricFamily external_url_info{
    "cal_exporter_external_url_info",
    "1 with the URL under which users reach the agent's pages; alerts use it to link to runbooks. "
    "No sample without --web.external-url.",
    MetricType::gauge, by_url};
constexpr MetricFamily web_info{"cal_exporter_web_info",
                                "1 with the scheme, http or https, of the agent's pages; alerts "
                                "use it to link to runbooks where "
                                "there is no --web.external-url.",
                                MetricType::gauge, by_scheme};
constexpr MetricFamily reload_successful{
    "cal_exporter_config_last_reload_successful",
    "1 if the last load of the configuration succeeded. Alert on 0: the previous configuration "
    "stays in effect, and the log names the errors.",
    MetricType::gauge,
    {}};
constexpr MetricFamily reload_time{
    "cal_exporter_config_last_reload_success_timestamp_seconds",
    "Unix time of the last successful load of the configuration. Shows since when a change is in "
    "effect.",
    MetricType::gauge,
    {}};

constexpr MetricFamily network_paused{
    "cal_network_paused",
    "1 for a network that the configuration pauses: none of its probes run, and nobody is alerted. "
    "Remove `paused` when the maintenance is over.",
    MetricType::gauge,
    {}};

constexpr MetricFamily late_starts{"cal_exporter_late_starts_total",
                                   "Runs that started more than 0.1 s late. If it grows, the "
                                   "machine is too busy, or too many runs "
                                   "are under way at once.",
                                   MetricType::counter,
                                   {}};
constexpr MetricFamily history_bytes{
    "cal_exporter_history_bytes",
    "Approximate memory used by probe results and histories, limited to 256 kB per probe and 16 MB "
    "in total unless what is always kept is larger: the newest result, and where the verdict "
    "turned. If the agent's memory grows and this does not, look for a leak.",
    MetricType::gauge,
    {}};

constexpr MetricFamily failed_handshakes{
    "cal_exporter_tls_handshake_failures_total",
    "Connections to this agent that ended before their TLS handshake did: when it grows, a client "
    "does not trust the certificate, shares no TLS version or cipher, or does not speak TLS.",
    MetricType::counter,
    {}};

constexpr std::array families{&verdict,
                              &reason_info,
                              &object_info,
                              &web_info,
                              &last_run,
                              &last_conclusive,
                              &interval,
                              &timeout,
                              &duration,
                              &phase_duration,
                              &runs,
                              &unknown,
                              &overruns,
                              &source_data,
                              &diagnosis_primary,
                              &diagnosis_strength,
                              &first_step_info,
                              &build_info,
                              &external_url_info,
                              &reload_successful,
                              &reload_time,
                              &network_paused,
                              &late_starts,
                              &history_bytes,
                              &failed_handshakes};

double seconds(std::chrono::nanoseconds span) {
  return std::chrono::duration<double>(span).count();
}

// A family with what `fill` adds to it. Finished here and not in a destructor, because that may
// throw for lack of memory.
template <class Fill>
void write_family(const MetricFamily& family, const Append& append, Fill fill) {
  FamilyWriter writer(family, append);
  fill(writer);
  writer.finish();
}

// A family about the agent, with one value.
void write_own(const MetricFamily& family, std::initializer_list<string_view> label_values,
               double value, const Append& append) {
  write_family(family, append, [&](FamilyWriter& out) { out.add("", label_values, value); });
}

// A family with one value per probe; `value` returns an empty optional for no sample.
template <class Value>
void write_per_probe(const MetricFamily& family, const Rows& rows, const Append& append,
                     Value value) {
  write_family(family, append, [&](FamilyWriter& out) {
    for (const auto& row : rows) {
      const std::optional<double> number = value(row);
      if (number) out.add(row.instance->network, {row.instance->kind->name}, *number);
    }
  });
}

void write_verdicts(const Rows& rows, const Append& append) {
  write_family(verdict, append, [&](FamilyWriter& out) {
    for (const auto& row : rows) {
      for (const auto each : {Verdict::clear, Verdict::present, Verdict::unknown}) {
        out.add(row.instance->network, {row.instance->kind->name, name_of(each)},
                row.outcome->reason->verdict == each ? 1 : 0);
      }
    }
  });
}

void write_reasons(const Rows& rows, const Append& append) {
  write_family(reason_info, append, [&](FamilyWriter& out) {
    for (const auto& row : rows) {
      out.add(row.instance->network, {row.instance->kind->name, row.outcome->reason->word}, 1);
    }
  });
}

void write_objects(const Rows& rows, const Append& append) {
  write_family(object_info, append, [&](FamilyWriter& out) {
    for (const auto& row : rows) {
      const auto object = faulty_object(*row.outcome);
      if (object.empty()) continue;
      out.add(row.instance->network, {row.instance->kind->name, row.outcome->reason->word, object},
              1);
    }
  });
}

void write_phases(const Rows& rows, const Append& append) {
  write_family(phase_duration, append, [&](FamilyWriter& out) {
    for (const auto& row : rows) {
      for (const auto& phase : row.outcome->phases) {
        out.add(row.instance->network, {row.instance->kind->name, phase.name},
                seconds(phase.duration));
      }
    }
  });
}

void write_paused(const std::vector<std::string>& networks, const Append& append) {
  write_family(network_paused, append, [&](FamilyWriter& out) {
    for (const auto& network : networks) out.add(network, {}, 1);
  });
}

void write_primary_causes(const std::vector<Diagnosis>& diagnoses, const Append& append) {
  write_family(diagnosis_primary, append, [&](FamilyWriter& out) {
    for (const auto& diagnosis : diagnoses) {
      const auto add = [&](string_view word) {
        out.add(diagnosis.network, {word}, diagnosis.primary() == word ? 1 : 0);
      };
      for (const auto cause : all_causes) add(name_of(cause));
      add(no_cause);
      add(cannot_tell_cause);
    }
  });
}

void write_strengths(const std::vector<Diagnosis>& diagnoses, const Append& append) {
  write_family(diagnosis_strength, append, [&](FamilyWriter& out) {
    for (const auto& diagnosis : diagnoses) {
      for (const auto cause : all_causes) {
        const auto found = std::ranges::find(diagnosis.suspects, cause, &Suspect::cause);
        const auto strength =
            found == diagnosis.suspects.end() ? 0 : static_cast<int>(found->strength());
        out.add(diagnosis.network, {name_of(cause)}, strength);
      }
    }
  });
}

void write_first_steps(const std::vector<Diagnosis>& diagnoses, const Append& append) {
  write_family(first_step_info, append, [&](FamilyWriter& out) {
    for (const auto& diagnosis : diagnoses) {
      if (diagnosis.first_step.empty()) continue;
      out.add(diagnosis.network, {diagnosis.primary(), diagnosis.first_step}, 1);
    }
  });
}

void write_probe_family(const MetricFamily& family, const ProbeKind& kind, const Rows& rows,
                        SampleLines& lines, const Append& append) {
  write_family(family, append, [&](FamilyWriter& out) {
    for (const auto& row : rows) {
      if (row.instance->kind->name == kind.name) out.add_lines(lines.of(row, family));
    }
  });
}

void write_network_family(const MetricFamily& family, const std::vector<NetworkSample>& samples,
                          const Append& append) {
  write_family(family, append, [&](FamilyWriter& out) {
    for (const auto& [network, sample] : samples) {
      if (sample.family == &family) out.add(network, sample.label_values, sample.value);
    }
  });
}

std::optional<double> time_or_nothing(const std::optional<SystemTime>& time) {
  return time ? std::optional(unix_seconds(*time)) : std::nullopt;
}

}  // namespace

std::span<const MetricFamily* const> frame_families() { return families; }

void write_metrics(const Rows& rows, const std::vector<Diagnosis>& diagnoses,
                   std::span<const ProbeKind> kinds, const AgentState& agent,
                   SampleLines& sample_lines, const Append& append) {
  write_verdicts(rows, append);
  write_reasons(rows, append);
  write_objects(rows, append);
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
  write_primary_causes(diagnoses, append);
  write_strengths(diagnoses, append);
  write_first_steps(diagnoses, append);
  sample_lines.update(rows);
  for (const auto& kind : kinds) {
    for (const auto& family : kind.families) {
      write_probe_family(family, kind, rows, sample_lines, append);
    }
  }
  for (const auto& family : agent.network_families) {
    write_network_family(family, agent.network_samples, append);
  }
  write_own(build_info, {version}, 1, append);
  if (!agent.external_url.empty()) write_own(external_url_info, {agent.external_url}, 1, append);
  if (!agent.scheme.empty()) write_own(web_info, {agent.scheme}, 1, append);
  write_own(reload_successful, {}, agent.last_reload_successful ? 1 : 0, append);
  if (const auto time = time_or_nothing(agent.last_reload_success)) {
    write_own(reload_time, {}, *time, append);
  }
  write_paused(agent.paused, append);
  write_own(late_starts, {}, static_cast<double>(agent.late_starts), append);
  write_own(history_bytes, {}, static_cast<double>(agent.history_bytes), append);
  write_own(failed_handshakes, {}, static_cast<double>(agent.failed_handshakes), append);
}

std::string metrics_text(const Rows& rows, std::span<const ProbeKind> kinds,
                         const AgentState& agent) {
  std::string text;
  SampleLines lines;
  write_metrics(rows, diagnose_all(rows), kinds, agent, lines,
                [&](string_view more) { text += more; });
  return text;
}

}  // namespace cal
