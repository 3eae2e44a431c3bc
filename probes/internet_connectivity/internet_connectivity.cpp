#include "probes/internet_connectivity/internet_connectivity.h"

#include "agent/base/host_name.h"
#include "agent/base/text.h"
#include "agent/contract/options.h"
#include "probes/internet_connectivity/endpoint_checks.h"
#include "probes/internet_connectivity/endpoint_metrics.h"
#include "probes/internet_connectivity/endpoint_options.h"
#include "probes/internet_connectivity/internet_action.h"
#include "probes/internet_connectivity/internet_reasons.h"
#include "probes/inventory/table_file.h"
#include "probes/net/trust_stores.h"
#include "probes/shared/file_fault_step.h"
#include "probes/shared/file_options.h"
#include "probes/shared/file_rights.h"
#include "probes/shared/name_server_options.h"
#include "probes/shared/staleness.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <span>
#include <stdexcept>
#include <utility>

namespace cal::internet_connectivity {

namespace {

using net::Ladder;
using net::WayFacts;

struct Path {
  const WayFacts* facts;
  Ladder ladder;
  std::string item;  // "https://example.com (ipv6)"

  const net::Step* broken() const { return ladder.broken(); }

  // Who is to be repaired: the proxy while it is not passed, else the endpoint; empty: this host.
  std::string broken_host() const {
    const auto fails_at = [this](net::Stage stage) {
      return ladder.at(stage) && ladder.at(stage)->fault;
    };
    if (std::ranges::any_of(
            std::array{net::Stage::interface, net::Stage::address, net::Stage::route}, fails_at)) {
      return {};
    }
    const auto& endpoint = *facts->endpoint;
    return endpoint.proxy && fails_at(net::Stage::proxy) ? endpoint.proxy->host : endpoint.url.host;
  }
};

std::vector<Path> evaluate_all(const Facts& facts) {
  std::vector<Path> ways;
  for (const auto& way : facts.found.ways) {
    auto item = way.endpoint->url.text;
    if (way.family) item += fmt::format(" ({})", net::name_of(way.family));
    ways.push_back({&way, net::evaluate(way), std::move(item)});
  }
  return ways;
}

// Whether another way serves the same purpose and is open.
bool is_replaced(const Path& broken, const std::vector<Path>& ways) {
  return std::ranges::any_of(ways, [&](const Path& way) {
    return !way.broken() && way.facts->endpoint->purpose == broken.facts->endpoint->purpose;
  });
}

struct Worst {
  const Path* way = nullptr;  // null if none is broken
  bool clear = true;          // enough of the others are open
};

Worst worst_of(const std::vector<Path>& ways, Require require) {
  Worst worst;
  for (const auto& way : ways) {
    if (!way.broken()) continue;
    const bool harmless = require == Require::any && is_replaced(way, ways);
    const bool outweighs =
        !worst.way || (worst.clear && !harmless) ||
        (worst.clear == harmless && *way.broken()->fault < *worst.way->broken()->fault);
    if (outweighs) worst = {&way, harmless};
  }
  return worst;
}

// Programs on this host that use the system's resolver get the address in the hosts file, not the
// one in DNS.
void add_hosts_file_note(const Path& way, const std::string& host, Outcome& outcome) {
  const auto& dns = way.facts->dns;
  const auto& by_file = way.facts->in_hosts_file;
  if (by_file.empty() || !dns) return;
  if (dns->answer && std::ranges::is_permutation(by_file, *dns->answer)) return;
  outcome.evidence.push_back(
      {std::nullopt, way.item,
       fmt::format("the hosts file of {} says {}; DNS says: {}", host, net::list_of(by_file),
                   dns->answer ? net::list_of(*dns->answer) : dns->answer.error().message)});
}

// What the endpoint does, up to the stage that fails.
std::string_view failure_of(net::Fault fault) {
  switch (fault) {
    case net::Fault::tls_untrusted:
    case net::Fault::tls_expired:
    case net::Fault::tls_name_mismatch:
      return "answers, but its certificate is not accepted";
    case net::Fault::tls_failed:
      return "accepts the TCP connection, but the TLS handshake fails";
    case net::Fault::http_error:
    case net::Fault::content_mismatch:
      return "does not answer as expected";
    case net::Fault::captive_portal:
      return "does not answer itself";
    case net::Fault::answer_not_proven:
      return "may not have answered";
    case net::Fault::no_interface_up:
    case net::Fault::no_address:
    case net::Fault::no_route:
    case net::Fault::dns_not_found:
    case net::Fault::dns_refused:
    case net::Fault::dns_server_failure:
    case net::Fault::dns_timeout:
    case net::Fault::proxy_unreachable:
    case net::Fault::proxy_auth_required:
    case net::Fault::tcp_refused:
    case net::Fault::tcp_timeout:
    case net::Fault::tcp_unreachable:
      break;
  }
  return "cannot be reached";
}

std::string summary_of(const std::vector<Path>& ways, const Worst& found, const std::string& host) {
  const auto seen = fmt::format("(seen from {})", host);
  const auto* worst = found.way;
  if (!worst) {
    return ways.size() == 1 ? fmt::format("{} is reachable {}", ways[0].item, seen)
                            : fmt::format("all {} endpoints are reachable {}", ways.size(), seen);
  }
  const auto what = fmt::format("{} {}", worst->item, failure_of(*worst->broken()->fault));
  const auto& why = worst->broken()->text;
  if (ways.size() == 1) return fmt::format("{} {}: {}", what, seen, why);
  const auto failed = std::ranges::count_if(ways, [](const Path& way) { return way.broken(); });
  const auto& purpose = worst->facts->endpoint->purpose;
  const auto left = found.clear       ? ", and the others are enough"
                    : purpose.empty() ? ""
                                      : fmt::format(", and none over {} is left", purpose);
  return fmt::format("{} of {} endpoints failed{} {}: {}: {}", failed, ways.size(), left, seen,
                     what, why);
}

constexpr std::array stages_of_transfer{net::Stage::proxy, net::Stage::tcp, net::Stage::tls,
                                        net::Stage::http, net::Stage::content};

// A transfer that timed out spent its time in the stage that got no answer.
std::vector<Phase> phases_of(std::vector<Phase> phases, const Path* worst) {
  const auto stage = worst ? worst->ladder.broken_stage() : std::nullopt;
  const bool waited = worst && worst->facts->transfer &&
                      worst->facts->transfer->fault == net::TransferFault::timeout;
  if (!waited || std::ranges::find(stages_of_transfer, *stage) == stages_of_transfer.end()) {
    return phases;
  }
  for (auto& phase : phases) {
    if (phase.name == net::transfer_phase) phase.shown = net::name_of(*stage);
  }
  return phases;
}

// An alert's title, cut to a length that can be shown.
std::string title_of(const inventory::HealthAlert& alert) { return alert.title.substr(0, 200); }

void add_open_alerts(const inventory::HealthAlerts& read, Outcome& outcome) {
  constexpr std::size_t max_shown = 20;
  std::vector<const inventory::HealthAlert*> open;
  for (const auto& alert : read.alerts) {
    if (alert.open) open.push_back(&alert);
  }
  outcome.samples.push_back(open_health_alerts(open.size()));
  if (open.empty()) return;
  for (const auto* alert : std::span(open).first(std::min(open.size(), max_shown))) {
    outcome.evidence.push_back(
        {Verdict::present, "console alert",
         fmt::format("{}{}{}", title_of(*alert),
                     alert->severity.empty() ? "" : ", " + alert->severity.substr(0, 50),
                     alert->raised_at ? ", since " + time_text(*alert->raised_at) : "")});
  }
  const auto sentence = fmt::format("the console reports {} for Internet Services: {}",
                                    counted(open.size(), "open alert"), title_of(*open[0]));
  // The alert was raised on the licensing network itself, wherever the agent runs.
  outcome.implications.push_back({Cause::internet_unreachable, Strength::strong, sentence});
  if (outcome.reason->verdict == Verdict::present) return;
  outcome.reason = &reason("health_alert_open");
  outcome.action.clear();
  outcome.summary = fmt::format("{}; {}", sentence, outcome.summary);
}

// Adds the console's alerts to the outcome of the endpoints.
void add_alerts(const Facts& facts, const Settings& settings, Outcome& outcome) {
  if (!facts.alerts) return;
  const auto cannot_tell = [&](const Reason& why, const std::string& text, std::string step = {}) {
    outcome.evidence.push_back({Verdict::unknown, "console alerts", text});
    if (outcome.reason->verdict == Verdict::present) return;
    outcome.reason = &why;
    outcome.action = std::move(step);
    outcome.summary = fmt::format("{}; {}", text, outcome.summary);
  };
  if (const auto& alerts = *facts.alerts; !alerts) {
    const bool missing = alerts.error().kind == inventory::FileFaultKind::missing;
    return cannot_tell(
        missing ? reason("health_alerts_missing") : reason("health_alerts_unreadable"),
        alerts.error().message, step_for_file(alerts.error(), "health_alerts_file", facts.host));
  }
  const auto& read = **facts.alerts;
  outcome.source_data_at = read.data_at;
  const auto stale =
      staleness(*settings.health_alerts_file, read.data_at, facts.now, settings.max_age);
  if (stale) return cannot_tell(reason("health_alerts_stale"), *stale);
  add_open_alerts(read, outcome);
}

class InternetProbe : public Probe {
 public:
  InternetProbe(Settings settings, std::shared_ptr<net::TrustStores> trust_stores)
      : settings_(std::move(settings)), trust_stores_(std::move(trust_stores)) {}

  Outcome run(Deadline deadline) override {
    const auto trust = trust_stores_->get(settings_.ca_file);
    if (!trust) throw std::runtime_error(trust.error());
    const auto facts = gather(settings_, **trust, deadline);
    return judge(facts, settings_);
  }

  std::vector<Right> rights(Deadline) override {
    if (!settings_.health_alerts_file) return {};
    return {right_to_read(*settings_.health_alerts_file)};
  }

 private:
  Settings settings_;
  std::shared_ptr<net::TrustStores> trust_stores_;
};

std::string environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

std::unique_ptr<Probe> make(Options& options,
                            const std::shared_ptr<net::TrustStores>& trust_stores) {
  Settings settings;
  auto read = read_endpoints(options, environment);
  settings.endpoints = std::move(read.endpoints);
  settings.notes = std::move(read.notes);
  // Endpoints that are listed must all be reached; of the usual ones, any may cease to exist, as
  // long as another one of the same purpose is there.
  const auto require = options.has("endpoints") ? Require::all : Require::any;
  settings.require =
      options.choice_or("require", require, {{"all", Require::all}, {"any", Require::any}});
  settings.vantage =
      options.choice_or("vantage", Vantage::elsewhere,
                        {{"same_egress", Vantage::same_egress}, {"elsewhere", Vantage::elsewhere}});
  settings.name_servers = read_name_servers(options);
  if (options.has("ca_file")) {
    settings.ca_file = options.readable_file("ca_file");
    const auto trust = trust_stores->get(settings.ca_file);
    if (!trust) options.error("ca_file", trust.error());
  }
  settings.health_alerts_file = optional_file(options, "health_alerts_file");
  settings.max_age = read_max_age(options, settings.max_age);
  return std::make_unique<InternetProbe>(std::move(settings), trust_stores);
}

// The step is advice, with how to see the fault and that it is gone.
void add_plan(const Path& way, const std::string& host, Outcome& outcome) {
  auto checks = checks_of(*way.facts, *way.broken()->fault, host);
  if (checks.empty()) return;
  outcome.repair = {{std::string(action_of(outcome))}};
  outcome.repair.front().beside = std::move(checks);
}

}  // namespace

Facts gather(const Settings& settings, const net::TrustStore& trust, Deadline deadline) {
  Facts facts{
      host_name(),
      net::explore(settings.endpoints, net::Resolver(settings.name_servers), trust, deadline),
      std::chrono::system_clock::now()};
  if (settings.health_alerts_file) {
    facts.alerts = inventory::read_health_alerts(*settings.health_alerts_file);
  }
  return facts;
}

Outcome judge(const Facts& facts, const Settings& settings) {
  const auto ways = evaluate_all(facts);
  const auto worst = worst_of(ways, settings.require);
  const bool same_egress = settings.vantage == Vantage::same_egress;

  Outcome outcome{
      worst.clear ? &reason("reachable") : &reason_of(*worst.way->broken()->fault, same_egress),
      summary_of(ways, worst, facts.host)};
  if (!worst.clear) {
    outcome.action =
        action_for(*worst.way->facts, *worst.way->broken()->fault, facts.host, facts.now);
  }
  outcome.phases = phases_of(facts.found.phases, worst.way);
  for (const auto& way : ways) {
    const auto* broken = way.broken();
    outcome.evidence.push_back(
        {broken ? reason_of(*broken->fault, same_egress).verdict : Verdict::clear, way.item,
         way.ladder.text(), Evidence::Form::ladder});
    add_hosts_file_note(way, facts.host, outcome);
    std::ranges::move(samples_of(*way.facts, way.ladder), std::back_inserter(outcome.samples));
  }
  if (!facts.found.kernel_fault.empty()) {
    outcome.evidence.push_back({std::nullopt, facts.host, facts.found.kernel_fault});
  }
  for (const auto& note : settings.notes) outcome.evidence.push_back({std::nullopt, "proxy", note});
  if (outcome.reason->verdict == Verdict::present) {
    outcome.object = worst.way->broken_host();
    add_plan(*worst.way, facts.host, outcome);
    outcome.implications.push_back({Cause::internet_unreachable,
                                    same_egress ? Strength::strong : Strength::weak,
                                    outcome.summary});
  }
  outcome.contradicts = same_egress;
  add_alerts(facts, settings, outcome);
  return outcome;
}

ProbeKind kind() {
  return {"internet_connectivity",
          "Can the Internet be reached, as the activation of licenses requires?",
          reasons,
          all_families(),
          [stores = std::make_shared<net::TrustStores>()](Options& options, const ProbeContext&) {
            return make(options, stores);
          },
          Cause::internet_unreachable};
}

}  // namespace cal::internet_connectivity
