#include "agent/commands/performance_data.h"

#include "agent/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace cal {

namespace {

std::map<LabelValues, double> values_of(const Row& row, std::string_view family) {
  std::map<LabelValues, double> values;
  for (const auto& sample : row.outcome->samples) {
    if (sample.family->name == family) values[sample.label_values] = sample.value;
  }
  return values;
}

// "network_name", quoted. A label has no '=', and a quote in it is doubled.
std::string label_of(const Row& row, std::string_view name) {
  std::string label = "'";
  for (const char c : printable(valid_utf8(fmt::format("{}_{}", row.instance->network, name)))) {
    if (c == '\'') label += c;
    label += c == '=' || c == '|' || c == '\n' ? '_' : c;
  }
  return label + "'";
}

// Assigned of installed: warns when none is left, critical when there are too few.
void append_licenses(const Row& row, std::vector<std::string>& data) {
  const auto available = values_of(row, "cal_licenses_available");
  for (const auto& [labels, installed] : values_of(row, "cal_licenses_installed")) {
    const auto left = available.find(labels);
    if (left == available.end()) continue;
    const auto warn = installed > 0 ? fmt::format("{:.0f}", installed - 1) : std::string();
    data.push_back(fmt::format("{}={:.0f};{};{:.0f};0;{:.0f}",
                               label_of(row, fmt::format("licenses_{}", fmt::join(labels, "_"))),
                               installed - left->second, warn, installed, installed));
  }
}

std::string days_until(double end, SystemTime now) {
  constexpr double seconds_per_day = 86400;
  return fmt::format("{:.1f}", (end - unix_seconds(now)) / seconds_per_day);
}

// What ends first of a family; `warn_days` as in the alert rules.
struct Countdown {
  std::string_view family;
  std::string_view name;
  int warn_days;
};

constexpr std::array countdowns{
    Countdown{"cal_session_host_grace_end_timestamp_seconds", "grace_days", 14},
    Countdown{"cal_session_host_refusing_from_timestamp_seconds", "days_until_users_refused", 14},
    Countdown{"cal_license_pack_end_timestamp_seconds", "pack_days", 30},
};

std::optional<double> earliest(const std::map<LabelValues, double>& ends) {
  const auto found =
      std::ranges::min_element(ends, {}, [](const auto& each) { return each.second; });
  return found == ends.end() ? std::nullopt : std::optional(found->second);
}

void append_countdowns(const Row& row, SystemTime now, std::vector<std::string>& data) {
  for (const auto& [family, name, warn_days] : countdowns) {
    if (const auto end = earliest(values_of(row, family))) {
      data.push_back(
          fmt::format("{}={};{}:;0:", label_of(row, name), days_until(*end, now), warn_days));
    }
  }
}

// Only of the endpoints that are our own is it our task to renew the certificate.
void append_certificates(const Row& row, SystemTime now, std::vector<std::string>& data) {
  const auto owned = values_of(row, "cal_endpoint_owned");
  std::map<LabelValues, double> ours;
  std::map<LabelValues, double> others;
  for (const auto& [labels, end] :
       values_of(row, "cal_endpoint_certificate_chain_not_after_timestamp_seconds")) {
    const auto found = owned.find(labels);
    (found != owned.end() && found->second == 1 ? ours : others)[labels] = end;
  }
  if (const auto end = earliest(ours)) {
    data.push_back(
        fmt::format("{}={};14:;0:", label_of(row, "certificate_days"), days_until(*end, now)));
  }
  if (const auto end = earliest(others)) {
    data.push_back(
        fmt::format("{}={};;", label_of(row, "other_certificate_days"), days_until(*end, now)));
  }
}

// A fault of the probe's files is a verdict, so the age needs no threshold.
void append_times(const Row& row, SystemTime now, std::vector<std::string>& data) {
  const auto seconds = [](std::chrono::nanoseconds span) {
    return std::chrono::duration<double>(span).count();
  };
  const std::string name(row.instance->kind->name);
  if (row.outcome->source_data_at) {
    data.push_back(fmt::format("{}={:.0f}s;;", label_of(row, name + "_data_age"),
                               seconds(now - *row.outcome->source_data_at)));
  }
  if (row.duration) {
    // Runs that need more than half of their time are about to fail.
    const auto timeout = seconds(row.instance->timeout);
    data.push_back(fmt::format("{}={:.3f}s;{:.3f};{:.3f};0", label_of(row, name),
                               seconds(*row.duration), timeout / 2, timeout));
  }
}

}  // namespace

std::string performance_data(const Rows& rows, SystemTime now) {
  std::vector<std::string> data;
  for (const auto& row : rows) {
    append_licenses(row, data);
    append_countdowns(row, now, data);
    append_certificates(row, now, data);
    append_times(row, now, data);
  }
  return fmt::format("{}", fmt::join(data, " "));
}

}  // namespace cal
