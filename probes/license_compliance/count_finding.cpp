#include "probes/license_compliance/count_finding.h"

#include "agent/base/text.h"
#include "probes/license_compliance/compliance_reasons.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace cal::license_compliance {

using inventory::LicenseCount;
using inventory::LicenseKind;

std::string item_of(const LicenseCount& count) {
  return fmt::format("{} ({})", count.edition, name_of(count.kind));
}

std::string text_of(const LicenseCount& count) {
  std::vector<std::string> holders;
  if (count.users) holders.push_back(counted(*count.users, "user"));
  if (count.devices) holders.push_back(counted(*count.devices, "device"));
  const auto by_whom = holders.empty() ? "" : fmt::format(" ({})", fmt::join(holders, ", "));
  return fmt::format("{} installed, {} assigned{}, {}", count.installed, count.assigned(), by_whom,
                     count.available() < 0 ? fmt::format("{} too many", -count.available())
                                           : fmt::format("{} available", count.available()));
}

std::int64_t spare_of_newer(const LicenseCount& count, const std::vector<LicenseCount>& all) {
  std::int64_t spare = 0;
  for (const auto& other : all) {
    const bool newer = other.version && count.version && *other.version > *count.version;
    if (newer && other.kind == count.kind) spare += std::max<std::int64_t>(0, other.available());
  }
  return spare;
}

const Reason& finding_of(const LicenseCount& count, AssignedBy who, std::int64_t spare,
                         bool meant_to_be_full) {
  const auto left = count.available() + spare;
  // A license server refuses no user for lack of a license, and gives devices temporary ones.
  const bool refuses_nobody = who == AssignedBy::license_server && count.kind == LicenseKind::user;
  if (left < 0) {
    if (refuses_nobody) return reason("user_cals_over_issued");
    return who == AssignedBy::administrator ? reason("over_assigned") : reason("packs_exhausted");
  }
  if (count.installed == 0 || count.available() > 0 || meant_to_be_full) return reason("compliant");
  if (who == AssignedBy::administrator || refuses_nobody || left > 0) return reason("none_left");
  return reason("packs_exhausted");
}

std::string_view step_for(const LicenseCount& count, AssignedBy who) {
  if (who == AssignedBy::administrator) return take_back;
  return count.kind == LicenseKind::device ? add_device_pack : add_user_pack;
}

void add_samples(const LicenseCount& count, const Settings& settings, Outcome& outcome) {
  const std::string kind(name_of(count.kind));
  const auto add_assigned = [&](std::string_view assignee,
                                const std::optional<std::int64_t>& assigned) {
    if (!assigned) return;
    outcome.samples.push_back({&families[1],
                               {count.edition, kind, std::string(assignee)},
                               static_cast<double>(*assigned)});
  };
  const auto add = [&](const MetricFamily& family, double value) {
    outcome.samples.push_back({&family, {count.edition, kind}, value});
  };
  add(families[0], static_cast<double>(count.installed));
  add_assigned("user", count.users);
  add_assigned("device", count.devices);
  add_assigned("unspecified", count.unspecified);
  add(families[2], static_cast<double>(count.available()));
  add(families[3], count.available() < 0 ? 0.0 : 1.0);
  if (count.first_end) add(families[5], unix_seconds(*count.first_end));
  const auto least = settings.warn_below.find(count.edition);
  if (least != settings.warn_below.end()) add(families[6], least->second);
}

}  // namespace cal::license_compliance
