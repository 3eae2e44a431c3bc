#include "probes/session_host_licensing/farm_metrics.h"

#include "agent/base/text.h"
#include "probes/farm/server_names.h"
#include "probes/host_verdict/reasons.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <set>

namespace cal::session_host_licensing {

namespace {

constexpr std::array<std::string_view, 1> by_state{"state"};
constexpr std::array<std::string_view, 1> by_reason{"reason"};
constexpr std::array<std::string_view, 1> by_host{"host"};
constexpr std::array<std::string_view, 1> by_server{"server"};
constexpr std::array<std::string_view, 1> by_horizon{"horizon"};

constexpr std::array all_families{
    MetricFamily{
        "cal_session_hosts",
        "Remote Desktop session hosts by state: refusing (users are refused now), warning, "
        "licensed, unknown, not_applicable. Cached between runs.",
        MetricType::gauge, by_state},
    MetricFamily{"cal_session_hosts_by_reason",
                 "Remote Desktop session hosts whose verdict has this reason; reasons that no host "
                 "has are left out. Cached between runs.",
                 MetricType::gauge, by_reason},
    MetricFamily{"cal_session_host_refusing",
                 "1 if a Remote Desktop session host refuses users now for lack of a license, 0 if "
                 "not; no sample while that is not known, since its verdict is unknown, or its "
                 "days of grace or events were not read. Cached between runs.",
                 MetricType::gauge, by_host},
    MetricFamily{"cal_session_host_refusing_from_timestamp_seconds",
                 "Unix time from which a Remote Desktop session host will refuse users or devices "
                 "unless something is done; no sample without such a date. Cached between runs.",
                 MetricType::gauge, by_host},
    MetricFamily{"cal_license_server_activated",
                 "1 if a Remote Desktop license server is activated, 0 if not; no sample while "
                 "unknown. Cached between runs.",
                 MetricType::gauge, by_server},
    MetricFamily{"cal_license_server_temporary_licenses",
                 "Temporary licenses that a Remote Desktop license server has issued: devices that "
                 "are refused when they end, within 90 days. No sample while unknown. Cached "
                 "between runs.",
                 MetricType::gauge, by_server},
    MetricFamily{"cal_licenses_ending",
                 "Issued Remote Desktop licenses that end within 7d, 30d or 90d unless they are "
                 "renewed: at most so many come back. No sample while unknown. Cached between "
                 "runs.",
                 MetricType::gauge, by_horizon},
};

std::string_view label_of(const HostVerdict& verdict) {
  if (verdict.reason == &reason("not_applicable")) return "not_applicable";
  switch (verdict.reason->verdict) {
    case Verdict::present:
      return verdict.refuses() ? "refusing" : "warning";
    case Verdict::clear:
      return "licensed";
    case Verdict::unknown:
      break;
  }
  return "unknown";
}

void add_hosts(const std::vector<HostVerdict>& verdicts, std::vector<Sample>& samples) {
  std::map<std::string_view, double> states{
      {"refusing", 0}, {"warning", 0}, {"licensed", 0}, {"unknown", 0}, {"not_applicable", 0}};
  std::map<const Reason*, double> reasons;
  std::set<std::string>
      seen;  // two domains may have hosts of one name: the first gives the samples
  for (const auto& verdict : verdicts) {
    ++states[label_of(verdict)];
    ++reasons[verdict.reason];
    if (!seen.insert(verdict.host).second || verdict.reason == &reason("not_applicable")) continue;
    if (verdict.reason->verdict != Verdict::unknown && verdict.refusing_not_known.empty()) {
      samples.push_back({&all_families[2], {verdict.host}, verdict.refuses() ? 1.0 : 0.0});
    }
    // Users are never refused for lack of a license that expired, devices only later.
    if (verdict.when && !verdict.refuses() && verdict.reason != &reason("pack_expiring")) {
      samples.push_back({&all_families[3], {verdict.host}, unix_seconds(*verdict.when)});
    }
  }
  for (const auto& [state, count] : states) {
    samples.push_back({&all_families[0], {std::string(state)}, count});
  }
  for (const auto& [why, count] : reasons) {
    samples.push_back({&all_families[1], {std::string(why->word)}, count});
  }
}

void add_server(const farm::LicenseServer& server, const std::string& name,
                std::vector<Sample>& samples) {
  constexpr std::int64_t unknown = 2;
  if (server.activation_status.value_or(unknown) < unknown) {
    samples.push_back({&all_families[4], {name}, server.activation_status == 0 ? 1.0 : 0.0});
  }
  if (server.key_packs && server.key_packs->temporary_issued) {
    samples.push_back(
        {&all_families[5], {name}, static_cast<double>(*server.key_packs->temporary_issued)});
  }
}

}  // namespace

std::span<const MetricFamily> families() { return all_families; }

std::vector<Sample> farm_samples(const std::vector<HostVerdict>& verdicts,
                                 const std::vector<farm::LicenseServer>& servers) {
  std::vector<Sample> samples;
  add_hosts(verdicts, samples);
  std::set<std::string> seen;
  for (const auto& server : servers) {
    const auto name = farm::short_name(server.name);
    if (seen.insert(name).second) add_server(server, name, samples);
  }
  return samples;
}

void add_ending_samples(const LicenseOutlook& outlook, SystemTime now,
                        std::vector<Sample>& samples) {
  if (outlook.ending.empty()) return;
  for (const int days : {7, 30, 90}) {
    samples.push_back({&all_families[6],
                       {fmt::format("{}d", days)},
                       static_cast<double>(ending_within(outlook, now, std::chrono::days(days)))});
  }
}

}  // namespace cal::session_host_licensing
