#include "agent/commands/nagios.h"

#include "agent/base/text.h"
#include "agent/commands/check_output.h"
#include "agent/commands/performance_data.h"
#include "agent/diagnosis/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace cal {

namespace {

std::string_view nagios_word(Weight weight) {
  constexpr std::array<std::string_view, 4> words{"OK", "WARNING", "UNKNOWN", "CRITICAL"};
  return words.at(static_cast<std::size_t>(weight));
}

// '|' begins the performance data in the output of a plugin.
std::string without_bars(std::string_view text) {
  auto shown = printable(valid_utf8(text));
  std::ranges::replace(shown, '|', '/');
  return shown;
}

std::string plugin_text(std::string_view text) {
  auto shown = without_bars(text);
  std::ranges::replace(shown, '\n', ' ');
  return shown;
}

// Overviews and pagers show only the first line, and cut a long one.
std::string first_line(std::string line) {
  constexpr std::size_t max_bytes = 119;
  constexpr std::string_view more = "...";
  if (line.size() <= max_bytes) return line;
  auto end = max_bytes - more.size();
  const auto inside_a_character = [](char c) { return (static_cast<unsigned char>(c) >> 6U) == 2; };
  while (inside_a_character(line[end])) --end;
  line.resize(end);
  return line + std::string(more);
}

std::string headline(const Row& worst, const Diagnosis& diagnosis) {
  const auto weight = weight_of(worst);
  auto text = fmt::format("CAL {} - {}", nagios_word(weight), worst.instance->network);
  if (weight == Weight::critical && !diagnosis.suspects.empty()) {
    return fmt::format("{}: {}", text, plugin_text(diagnosis.sentence));
  }
  return fmt::format("{}/{} {}: {}", text, worst.instance->kind->name, worst.outcome->reason->word,
                     plugin_text(worst.outcome->summary));
}

}  // namespace

std::string nagios_report(const Rows& rows, SystemTime now) {
  const auto* worst = heaviest(rows);
  if (!worst) return "CAL OK - no probe is configured\n";
  const auto diagnoses = diagnose_all(rows);
  const auto& diagnosis =
      *std::ranges::find(diagnoses, worst->instance->network, &Diagnosis::network);
  auto text = first_line(headline(*worst, diagnosis));
  auto out = std::back_inserter(text);
  for (const auto& each : diagnoses) {
    fmt::format_to(out, "\n{}: {}", each.network, plugin_text(each.sentence));
  }
  for (const auto& row : rows) {
    fmt::format_to(out, "\n[{}] {}/{} {}: {}", nagios_word(weight_of(row)), row.instance->network,
                   row.instance->kind->name, row.outcome->reason->word,
                   plugin_text(row.outcome->summary));
  }
  const auto data = performance_data(rows, now);
  if (!data.empty()) fmt::format_to(out, " | {}", data);
  text += '\n';
  return text;
}

std::string nagios_error(std::string_view errors) {
  const auto shown = without_bars(trimmed(errors));
  const auto end = shown.find('\n');
  const auto head = fmt::format("CAL UNKNOWN - {}", shown.substr(0, end));
  const auto cut = first_line(head);
  // The errors in full, unless the first line has them all.
  if (end == shown.npos && cut == head) return head + '\n';
  return fmt::format("{}\n{}\n", cut, shown);
}

}  // namespace cal
