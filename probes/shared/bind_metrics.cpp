#include "probes/shared/bind_metrics.h"

#include "agent/base/text.h"

#include <array>

namespace cal {

namespace {

constexpr std::array families{
    MetricFamily{"cal_directory_binds_held_total",
                 "Binds that were not sent because the directory had called the same secret wrong. "
                 "When it grows, write the right password into password_file or make a new keytab.",
                 MetricType::counter,
                 {}},
    MetricFamily{"cal_directory_bind_held_until_timestamp_seconds",
                 "Unix time until which the agent does not bind again with its present password or "
                 "keytab, so as not to lock its account. No sample when nothing is held.",
                 MetricType::gauge,
                 {}}};

}  // namespace

std::span<const MetricFamily> bind_families() { return families; }

std::vector<NetworkSample> bind_samples(const ldap::BindGuard& guard) {
  std::vector<NetworkSample> samples;
  for (const auto& report : guard.reports()) {
    samples.push_back({report.network, {&families[0], {}, static_cast<double>(report.held)}});
    if (!report.until) continue;
    samples.push_back({report.network, {&families[1], {}, unix_seconds(*report.until)}});
  }
  return samples;
}

}  // namespace cal
