#include "probes/activation_events/event_judgment.h"

#include "agent/base/text.h"
#include "agent/contract/reason_table.h"
#include "probes/activation_events/activation_events.h"
#include "probes/shared/staleness.h"
#include "probes/winlog/error_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace cal::activation_events {

namespace {

using winlog::EventKind;
using winlog::Failure;

// From the worst to the best.
constexpr std::array reasons{
    Reason{"activation_failed", Verdict::present, Severity::critical,
           "A CAL pack or the license server was not activated, and no success has followed.",
           "Follow the cause that the evidence names; the runbook of its probe has the steps."},
    Reason{"users_refused", Verdict::present, Severity::critical,
           "A session host refuses users because they get no license.",
           "Follow the step of the event in the evidence; administrators still get in with "
           "mstsc /admin."},
    Reason{"assignment_failed", Verdict::present, Severity::warning,
           "A license was not assigned, issued, written into the directory, or removed.",
           "Follow the cause that the evidence names; the runbook has the step for each event."},
    Reason{"license_warning", Verdict::present, Severity::warning,
           "A session host or a license server warns of a fault that may refuse users.",
           "Follow the step of the event in the evidence; the runbook lists each event."},
    Reason{"log_missing", Verdict::unknown, Severity::warning, "The log file does not exist.",
           "Check `source`, and the export or shipper that writes the file."},
    Reason{"log_unreadable", Verdict::unknown, Severity::warning, "The log file cannot be read.",
           "Check the error in the summary: permissions, a damaged file, or not an event log."},
    Reason{"log_partly_read", Verdict::unknown, Severity::warning,
           "The log was not read to its end, so its newest events are unknown.",
           "JSON lines: wait, the next run continues. Otherwise raise `timeout` or export fewer "
           "events."},
    Reason{
        "log_not_understood", Verdict::unknown, Severity::warning,
        "No line or record of the log was understood.",
        "Compare the layout with those that the runbook lists; `cal_exporter events --file` shows "
        "what is read."},
    Reason{"log_damaged", Verdict::unknown, Severity::warning,
           "Records of the log are missing or cannot be read, and a failure may be among them.",
           "Export the log again; if the damage comes back, copy the file as a whole."},
    Reason{"log_empty", Verdict::unknown, Severity::warning,
           "The log has not had an event of a log with licensing events, so nothing shows that the "
           "export works.",
           "Check that the export selects the licensing providers and that its account may read "
           "their logs."},
    Reason{"log_stale", Verdict::unknown, Severity::warning,
           "The log file is older than `max_age`, or from the future.",
           "Check the task or shipper on the licensing server that writes the file."},
    Reason{"failure_expired", Verdict::clear, Severity::ok,
           "The last failure is older than `failure_window`.", "Nothing."},
    Reason{"superseded_by_success", Verdict::clear, Severity::ok,
           "A CAL pack was activated after the last failure.", "Nothing."},
    Reason{"no_failure", Verdict::clear, Severity::ok, "No failure was logged.", "Nothing."},
};

constexpr ReasonTable reason{reasons};

constexpr std::array<std::string_view, 3> by_event{"source", "event_id", "cause"};

constexpr std::array families{
    MetricFamily{"cal_license_events_total",
                 "Licensing events in the log, by the cause that each points to; kept across "
                 "restarts. Counted when the log is read.",
                 MetricType::counter, by_event},
    MetricFamily{
        "cal_events_gap_total",
        "Events that were lost before the agent could read them, counted by the record IDs "
        "that were skipped in the licensing providers' own channels.",
        MetricType::counter,
        {}},
    MetricFamily{"cal_events_unparsed_total",
                 "Lines or records of the log that could not be read.",
                 MetricType::counter,
                 {}},
    MetricFamily{"cal_activation_last_failure_timestamp_seconds",
                 "Unix time of the last failed activation in the log; no sample if there is none.",
                 MetricType::gauge,
                 {}},
    MetricFamily{"cal_activation_last_success_timestamp_seconds",
                 "Unix time of the last successful activation in the log; no sample if there is "
                 "none.",
                 MetricType::gauge,
                 {}},
    MetricFamily{
        "cal_activation_failing",
        "1 if an activation failed and neither success nor failure_window has passed since, "
        "0 if not; no sample while unknown. Cached between runs.",
        MetricType::gauge,
        {}},
    MetricFamily{"cal_events_last_gap_timestamp_seconds",
                 "Unix time at which events were last found to be missing; no sample if no events "
                 "are missing.",
                 MetricType::gauge,
                 {}},
};

const Reason& reason_of(const Failure& failure) {
  switch (failure.kind) {
    case EventKind::activation_failure:
      return reason("activation_failed");
    case EventKind::refusal:
      return reason("users_refused");
    case EventKind::warning:
      return reason("license_warning");
    default:
      return reason("assignment_failed");
  }
}

// "event 4105 at 2026-11-24 09:00:00 UTC on LS1 (17 since 2026-11-22 07:00:00 UTC)"
std::string where_and_when(const Failure& failure) {
  auto text = fmt::format("event {} at {}{}{}", failure.event_id, time_text(failure.at),
                          failure.computer.empty() ? "" : " on ", failure.computer);
  if (failure.count > 1) {
    text += fmt::format(" ({} since {})", failure.count, time_text(failure.first_at));
  }
  return text;
}

std::string what_happened(const Failure& failure) {
  if (failure.named_user.empty()) return failure.meaning;
  return fmt::format("{}; {}for user {}", failure.meaning, failure.count > 1 ? "last " : "",
                     failure.named_user);
}

std::string evidence_text(const Failure& failure) {
  auto text = what_happened(failure);
  if (failure.code) text += fmt::format("; code {}", winlog::error_code_text(*failure.code));
  if (failure.user.empty() && failure.data.empty()) return text;
  text += "; logged";
  if (!failure.user.empty()) text += fmt::format(" by {}", failure.user);
  if (!failure.data.empty()) text += fmt::format(": {}", failure.data);
  return text;
}

// The first step in the event's own row; empty if the first step of the cause applies.
std::string step_of(const Failure& failure) {
  const auto* const known = winlog::known_event(failure.source, failure.event_id);
  return std::string(known ? known->step : "");
}

Profile profile_of(winlog::Source source) {
  const bool is_ebs =
      source == winlog::Source::ebs_cal || source == winlog::Source::infrastructure_licensing;
  return is_ebs ? Profile::ebs : Profile::rds;
}

// What to do about it; empty: the action of the reason.
std::string action_for(const Failure& failure, const std::string& host) {
  auto step = step_of(failure);
  if (!step.empty()) return step;
  if (failure.cause != Cause::other) {
    return std::string(first_step_of(failure.cause, profile_of(failure.source)));
  }
  if (failure.kind != EventKind::activation_failure) return {};
  return fmt::format(
      "What this code means is not documented. Run `cal_exporter preflight` on {}, with the "
      "`--config.file` of the agent: it checks all known causes. If there is none, activate again; "
      "if the same code is logged again, give the code and the event's text to the vendor's "
      "support.",
      host.empty() ? "the agent's host" : host);
}

void add_failure(const Failure& failure, Outcome& outcome) {
  const auto verdict =
      failure.kind == EventKind::hint ? std::nullopt : std::optional(Verdict::present);
  outcome.evidence.push_back({verdict, where_and_when(failure), evidence_text(failure)});
  outcome.implications.push_back(
      {failure.cause, failure.strength,
       fmt::format("{}: {}", where_and_when(failure), what_happened(failure)), failure.at,
       step_of(failure)});
}

// Current failures, the worst first, then hints. A failure is current until a success follows or
// its window has passed, even while the log cannot be read; a hint is current only together with a
// failure of its source and cause, on a session host also of its computer.
std::vector<Failure> current_failures(const Facts& facts, const Settings& settings) {
  const auto in_window = [&](const Failure& failure) {
    return facts.now - failure.at <= settings.windows.failure;
  };
  std::vector<Failure> failures;
  std::ranges::copy_if(facts.book->failures, std::back_inserter(failures), in_window);
  std::ranges::stable_sort(failures, [](const Failure& left, const Failure& right) {
    // The table of reasons begins with the worst.
    return std::pair(&reason_of(right), left.at) > std::pair(&reason_of(left), right.at);
  });
  std::vector<Failure> hints;
  std::ranges::copy_if(facts.book->hints, std::back_inserter(hints), [&](const Failure& hint) {
    const auto explained = [&](const Failure& failure) {
      return failure.source == hint.source && failure.cause == hint.cause &&
             (hint.source != winlog::Source::rds_session_host || failure.computer == hint.computer);
    };
    return in_window(hint) && std::ranges::any_of(failures, explained);
  });
  failures.insert(failures.end(), hints.begin(), hints.end());
  return failures;
}

void add_samples(const winlog::Book& book, Outcome& outcome) {
  for (const auto& [labels, count] : winlog::with_known_events(book.counts)) {
    outcome.samples.push_back({&families[0], labels, static_cast<double>(count)});
  }
  outcome.samples.push_back({&families[1], {}, static_cast<double>(book.gap)});
  outcome.samples.push_back({&families[2], {}, static_cast<double>(book.unparsed)});
  if (const auto& time = book.last_activation_failure) {
    outcome.samples.push_back({&families[3], {}, unix_seconds(*time)});
  }
  if (const auto& time = book.last_success) {
    outcome.samples.push_back({&families[4], {}, unix_seconds(*time)});
  }
  if (const auto& time = book.last_gap) {
    outcome.samples.push_back({&families[6], {}, unix_seconds(*time)});
  }
  if (outcome.reason->verdict != Verdict::unknown) {
    const bool failing = outcome.reason == &reason("activation_failed");
    outcome.samples.push_back({&families[5], {}, failing ? 1.0 : 0.0});
  }
}

// Why the state of the file rules out a clear verdict.
struct Blindness {
  const Reason* reason;
  std::string text;
};

// What of the file was not understood, where a failure may be in it.
std::optional<Blindness> unread_part(const Facts& facts, const Settings& settings) {
  const auto& in_file = facts.book->in_file;
  const auto& file = settings.file;
  if (in_file.read == 0 && in_file.unparsed > 0) {
    return Blindness{&reason("log_not_understood"),
                     fmt::format("{}: none of its {} was understood{}{}", file,
                                 counted(in_file.unparsed, "line or record", "lines or records"),
                                 facts.first_line.empty() ? "" : "; line 1 is ", facts.first_line)};
  }
  if (in_file.unparsed_licensing > 0) {
    return Blindness{&reason("log_damaged"),
                     fmt::format("{}: {} cannot be read; export the log again", file,
                                 counted(in_file.unparsed_licensing,
                                         "line or record that may be a licensing event",
                                         "lines or records that may be licensing events"))};
  }
  if (facts.log->damaged) {
    return Blindness{&reason("log_damaged"),
                     fmt::format("{}: parts of the file are missing or destroyed; export the log "
                                 "again",
                                 file)};
  }
  return std::nullopt;
}

// Nothing was ever read that would have shown a failure.
std::optional<std::string> emptiness(const winlog::Book& book) {
  if (book.in_file.read > book.in_file.elsewhere || !book.bookmarks.empty()) return std::nullopt;
  if (book.in_file.read == 0) return "has no event yet; check the export that writes it";
  return fmt::format(
      "has {}, of logs to which no licensing provider writes; choose another log, such as System",
      counted(book.in_file.read, "event"));
}

std::optional<Blindness> blindness(const Facts& facts, const Settings& settings) {
  if (!facts.log) {
    const auto& fault = facts.log.error();
    return Blindness{fault.missing ? &reason("log_missing") : &reason("log_unreadable"),
                     fault.text};
  }
  if (!facts.log->whole) {
    return Blindness{&reason("log_partly_read"),
                     fmt::format("{} is too long to be read to its end in one run", settings.file)};
  }
  if (auto unread = unread_part(facts, settings)) return unread;
  if (facts.log->ends_inside_a_line) {
    return Blindness{
        &reason("log_partly_read"),
        fmt::format("{} ends inside a line: it is being written, or was cut off", settings.file)};
  }
  if (settings.max_age) {
    const auto stale =
        staleness(settings.file, facts.log->written_at, facts.now, *settings.max_age);
    if (stale) return Blindness{&reason("log_stale"), *stale};
  }
  if (const auto empty = emptiness(*facts.book)) {
    return Blindness{&reason("log_empty"), fmt::format("{} {}", settings.file, *empty)};
  }
  return std::nullopt;
}

// So that it can be found again, although it no longer counts.
void add_expired_failure(const winlog::Book& book, Outcome& outcome) {
  const auto newest = std::ranges::max_element(book.failures, {}, &Failure::at);
  if (newest == book.failures.end()) return;
  outcome.evidence.push_back(
      {std::nullopt, where_and_when(*newest),
       fmt::format("{}; it is older than failure_window", evidence_text(*newest))});
}

const Reason& clear_reason(const winlog::Book& book) {
  if (!book.last_failure) return reason("no_failure");
  // Only a success removes a failure from the book.
  const bool still_there = std::ranges::count(book.failures, *book.last_failure, &Failure::at) > 0;
  return still_there ? reason("failure_expired") : reason("superseded_by_success");
}

std::string clear_summary(const winlog::Book& book, const Reason& why) {
  if (!book.last_failure) return std::string(why.meaning);
  auto text = fmt::format("the last failure was at {}", time_text(*book.last_failure));
  if (book.last_success) {
    text += fmt::format(", the last activation at {}", time_text(*book.last_success));
  }
  return text;
}

void add_notes(const Facts& facts, Outcome& outcome) {
  const auto note = [&](std::string item, std::string text) {
    outcome.evidence.push_back({std::nullopt, std::move(item), std::move(text)});
  };
  const auto& book = *facts.book;
  if (book.last_success) note("last activation", time_text(*book.last_success));
  if (book.last_event_12) {
    note("last event 12",
         fmt::format("{}; it counts only together with event 5", time_text(*book.last_event_12)));
  }
  if (book.gap > 0) {
    note("lost events", fmt::format("{} skipped: the log was cleared, or it wrapped around "
                                    "between two exports",
                                    counted(book.gap, "record ID was", "record IDs were")));
  }
  if (book.unparsed > 0) {
    note("not readable", fmt::format("{} of the log",
                                     counted(book.unparsed, "line or record", "lines or records")));
  }
}

}  // namespace

std::span<const Reason> event_reasons() { return reasons; }
std::span<const MetricFamily> event_families() { return families; }

Outcome judge(const Facts& facts, const Settings& settings) {
  const auto& book = *facts.book;
  Outcome outcome{&clear_reason(book), ""};
  outcome.summary = clear_summary(book, *outcome.reason);

  const auto failures = current_failures(facts, settings);
  for (const auto& failure : failures) add_failure(failure, outcome);
  const auto blind = blindness(facts, settings);
  if (blind) outcome.evidence.push_back({Verdict::unknown, "the log", blind->text});
  if (!failures.empty()) {
    const auto& worst = failures.front();
    outcome.reason = &reason_of(worst);
    outcome.summary = fmt::format("{}: {}", where_and_when(worst), what_happened(worst));
    outcome.action = action_for(worst, facts.host);
    outcome.began = worst.first_at;
  } else if (blind) {
    outcome.reason = blind->reason;
    outcome.summary = blind->text;
  }

  outcome.no_activation_failed = outcome.reason == &reason("no_failure");
  if (failures.empty()) add_expired_failure(book, outcome);
  add_notes(facts, outcome);
  add_samples(book, outcome);
  if (facts.log) outcome.source_data_at = facts.log->written_at;
  return outcome;
}

}  // namespace cal::activation_events
