#include "probes/internet_connectivity/endpoint_metrics.h"

#include "agent/base/text.h"

#include <array>
#include <chrono>
#include <string>
#include <string_view>

namespace cal::internet_connectivity {

namespace {

constexpr std::array<std::string_view, 2> by_way{"endpoint", "ip_family"};
constexpr std::array<std::string_view, 3> by_stage{"endpoint", "ip_family", "stage"};

constexpr std::array families{
    MetricFamily{"cal_endpoint_reachable",
                 "1 if the endpoint was reached from the agent's host and answered as expected, 0 "
                 "if not; no sample if the answer may be of the proxy. Cached between runs.",
                 MetricType::gauge, by_way},
    MetricFamily{"cal_endpoint_stage_success",
                 "1 if this stage of reaching the endpoint passed, 0 if it is the broken one; no "
                 "sample for a stage that was not tested. Cached between runs.",
                 MetricType::gauge, by_stage},
    MetricFamily{"cal_endpoint_stage_duration_seconds",
                 "Duration of the stage in the last run; no sample for a stage that did not pass.",
                 MetricType::gauge, by_stage},
    MetricFamily{"cal_endpoint_certificate_not_after_timestamp_seconds",
                 "Unix time at which the endpoint's certificate expires or expired; no sample if "
                 "no certificate was presented. Cached between runs.",
                 MetricType::gauge, by_way},
    MetricFamily{"cal_endpoint_certificate_trusted",
                 "1 if the endpoint's certificate is from a trusted CA, within its validity period "
                 "and for the right name, 0 if not; no sample if no certificate was presented. "
                 "Cached between runs.",
                 MetricType::gauge, by_way},
    MetricFamily{"cal_endpoint_certificate_chain_not_after_timestamp_seconds",
                 "Unix time at which the first certificate of the endpoint's chain expires or "
                 "expired, its own, an intermediate or the root; no sample if no certificate was "
                 "presented. Cached between runs.",
                 MetricType::gauge, by_way},
    MetricFamily{"cal_endpoint_certificate_intermediate_not_after_timestamp_seconds",
                 "Unix time at which the first intermediate certificate of the endpoint's chain "
                 "expires or expired; no sample if there is none. Cached between runs.",
                 MetricType::gauge, by_way},
    MetricFamily{"cal_endpoint_owned",
                 "1 if the configuration says that the endpoint is our own (`owned`), so that we "
                 "renew its certificate, 0 if not.",
                 MetricType::gauge, by_way},
    MetricFamily{"cal_health_alerts_open",
                 "Internet Services alerts that the administration console reports as open; no "
                 "sample while unknown. Cached between runs.",
                 MetricType::gauge,
                 {}},
};

enum Number : std::size_t {
  reachable,
  stage_success,
  stage_duration,
  not_after,
  trusted,
  chain_not_after,
  intermediate_not_after,
  owned,
  alerts_open
};

}  // namespace

std::span<const MetricFamily> all_families() { return families; }

std::vector<Sample> samples_of(const net::WayFacts& facts, const net::Ladder& ladder) {
  std::vector<Sample> samples;
  const std::vector<std::string> labels{facts.endpoint->url.text,
                                        std::string(net::name_of(facts.family))};
  const auto add = [&](Number family, double value) {
    samples.push_back({&families[family], labels, value});
  };
  const auto add_stage = [&](Number family, net::Stage stage, double value) {
    samples.push_back(
        {&families[family], {labels[0], labels[1], std::string(net::name_of(stage))}, value});
  };
  const auto is_unproven = [](const net::Step& step) {
    return step.fault == net::Fault::answer_not_proven;
  };
  const auto* broken = ladder.broken();
  if (!broken || !is_unproven(*broken)) add(reachable, broken ? 0 : 1);
  add(owned, facts.endpoint->owned ? 1 : 0);
  for (const auto stage : net::all_stages) {
    const auto& step = ladder.at(stage);
    if (!step || is_unproven(*step)) continue;
    add_stage(stage_success, stage, step->fault ? 0 : 1);
    if (step->took && !step->fault) {
      add_stage(stage_duration, stage, std::chrono::duration<double>(*step->took).count());
    }
  }
  if (!facts.transfer || !facts.transfer->certificate) return samples;
  const auto& certificate = *facts.transfer->certificate;
  add(not_after, unix_seconds(certificate.not_after));
  add(trusted, certificate.trusted() ? 1 : 0);
  add(chain_not_after, unix_seconds(certificate.chain_not_after()));
  if (certificate.intermediate_not_after) {
    add(intermediate_not_after, unix_seconds(*certificate.intermediate_not_after));
  }
  return samples;
}

Sample open_health_alerts(std::size_t number) {
  return {&families[alerts_open], {}, static_cast<double>(number)};
}

}  // namespace cal::internet_connectivity
