#include "agent/check_output.h"

#include "agent/text.h"
#include "agent/version.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace cal {

namespace {

// How much a row weighs in the exit code and at the head of a report.
enum class Weight { ok, warning, unknown, critical };

Weight weight_of(const Row& row) {
  const auto& reason = *row.outcome->reason;
  if (reason.verdict == Verdict::unknown) return Weight::unknown;
  if (reason.severity == Severity::ok) return Weight::ok;
  return reason.verdict == Verdict::present && reason.severity == Severity::critical
             ? Weight::critical
             : Weight::warning;
}

const Row* heaviest(const Rows& rows) {
  const auto found = std::ranges::max_element(rows, {}, weight_of);
  return found == rows.end() ? nullptr : &*found;
}

struct Mark {
  std::string_view sign;
  std::string_view colour;
};

Mark mark_of(Weight weight) {
  switch (weight) {
    case Weight::ok:
      return {"✓", "\x1b[32m"};
    case Weight::warning:
      return {"!", "\x1b[33m"};
    case Weight::unknown:
      return {"?", "\x1b[35m"};
    case Weight::critical:
      return {"✗", "\x1b[31m"};
  }
  return {"?", ""};
}

std::string_view evidence_sign(std::optional<Verdict> verdict) {
  if (!verdict) return "·";
  switch (*verdict) {
    case Verdict::clear:
      return mark_of(Weight::ok).sign;
    case Verdict::present:
      return mark_of(Weight::critical).sign;
    case Verdict::unknown:
      return mark_of(Weight::unknown).sign;
  }
  return "?";
}

std::string_view nagios_word(Weight weight) {
  constexpr std::array<std::string_view, 4> words{"OK", "WARNING", "UNKNOWN", "CRITICAL"};
  return words.at(static_cast<std::size_t>(weight));
}

// A terminal obeys control characters; what comes from a directory must not command one.
std::string printable(std::string_view text) {
  auto shown = valid_utf8(text);
  std::ranges::replace_if(
      shown,
      [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F; }, '?');
  return shown;
}

// '|' begins the performance data in a plugin's output.
std::string plugin_text(std::string_view text) {
  auto shown = printable(text);
  std::ranges::replace(shown, '|', '/');
  std::ranges::replace(shown, '\n', ' ');
  return shown;
}

double seconds(std::chrono::nanoseconds span) {
  return std::chrono::duration<double>(span).count();
}

void append_human(std::string& text, const Row& row, bool colour) {
  const auto& outcome = *row.outcome;
  const auto mark = mark_of(weight_of(row));
  const auto [on, off] = colour ? std::pair(mark.colour, std::string_view("\x1b[0m"))
                                : std::pair(std::string_view(), std::string_view());
  auto out = std::back_inserter(text);
  fmt::format_to(out, "  {}{} {}{}: {} ({})\n", on, mark.sign, row.instance->kind->name, off,
                 name_of(outcome.reason->verdict), outcome.reason->word);
  fmt::format_to(out, "      {}\n", printable(outcome.summary));
  for (const auto& [verdict, item, seen] : outcome.evidence) {
    fmt::format_to(out, "      {} {}: {}\n", evidence_sign(verdict), printable(item),
                   printable(seen));
  }
  if (weight_of(row) != Weight::ok) {
    fmt::format_to(out, "      what to do: {}\n", outcome.reason->action);
  }
}

nlohmann::ordered_json json_row(const Row& row) {
  const auto& outcome = *row.outcome;
  nlohmann::ordered_json json{
      {"probe", row.instance->kind->name},
      {"verdict", name_of(outcome.reason->verdict)},
      {"severity", name_of(outcome.reason->severity)},
      {"reason", outcome.reason->word},
      {"summary", valid_utf8(outcome.summary)},
      {"action", outcome.reason->action},
      {"evidence", nlohmann::ordered_json::array()},
      {"phases", nlohmann::ordered_json::array()},
  };
  for (const auto& [verdict, item, seen] : outcome.evidence) {
    json["evidence"].push_back(
        {{"verdict", verdict ? nlohmann::ordered_json(name_of(*verdict)) : nullptr},
         {"item", valid_utf8(item)},
         {"text", valid_utf8(seen)}});
  }
  for (const auto& phase : outcome.phases) {
    json["phases"].push_back({{"phase", phase.name}, {"seconds", seconds(phase.duration)}});
  }
  json["duration_seconds"] =
      row.duration ? nlohmann::ordered_json(seconds(*row.duration)) : nullptr;
  json["last_run"] = row.last_run ? nlohmann::ordered_json(utc_text(*row.last_run)) : nullptr;
  return json;
}

}  // namespace

int exit_code(const Rows& rows) {
  const auto* row = heaviest(rows);
  switch (row ? weight_of(*row) : Weight::ok) {
    case Weight::ok:
      return 0;
    case Weight::warning:
      return 1;
    case Weight::unknown:
      return 3;
    case Weight::critical:
      return 2;
  }
  return 3;
}

std::string human_report(const Rows& rows, bool colour) {
  std::string text;
  std::string_view network;
  for (const auto& row : rows) {
    if (row.instance->network != network) {
      network = row.instance->network;
      text += fmt::format("{}{}\n", text.empty() ? "" : "\n", network);
    }
    append_human(text, row, colour);
  }
  return text;
}

std::string nagios_report(const Rows& rows) {
  const auto* worst = heaviest(rows);
  if (!worst) return "CAL OK - no probe is configured\n";
  auto text = fmt::format("CAL {} - {}/{} {}: {}", nagios_word(weight_of(*worst)),
                          worst->instance->network, worst->instance->kind->name,
                          worst->outcome->reason->word, plugin_text(worst->outcome->summary));
  auto out = std::back_inserter(text);
  text += " |";
  for (const auto& row : rows) {
    if (!row.duration) continue;
    fmt::format_to(out, " '{}_{}'={:.3f}s;;{:.3f};0", row.instance->network,
                   row.instance->kind->name, seconds(*row.duration),
                   seconds(row.instance->timeout));
  }
  text += '\n';
  for (const auto& row : rows) {
    fmt::format_to(out, "[{}] {}/{} {}: {}\n", nagios_word(weight_of(row)), row.instance->network,
                   row.instance->kind->name, row.outcome->reason->word,
                   plugin_text(row.outcome->summary));
  }
  return text;
}

std::string json_report(const Rows& rows, System now) {
  nlohmann::ordered_json json{{"version", 1},
                              {"generated_at", utc_text(now)},
                              {"exporter_version", version},
                              {"networks", nlohmann::ordered_json::array()}};
  auto& networks = json["networks"];
  for (const auto& row : rows) {
    if (networks.empty() || networks.back()["network"] != row.instance->network) {
      networks.push_back(
          {{"network", row.instance->network}, {"probes", nlohmann::ordered_json::array()}});
    }
    networks.back()["probes"].push_back(json_row(row));
  }
  return json.dump(2) + "\n";
}

}  // namespace cal
