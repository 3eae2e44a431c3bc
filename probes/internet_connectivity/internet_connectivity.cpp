#include "probes/internet_connectivity/internet_connectivity.h"

#include "agent/base/text.h"
#include "agent/contract/options.h"
#include "agent/contract/reason_table.h"
#include "probes/internet_connectivity/endpoint_options.h"
#include "probes/inventory/table_file.h"
#include "probes/net/trust_stores.h"
#include "probes/shared/file_options.h"
#include "probes/shared/file_rights.h"
#include "probes/shared/name_server_options.h"
#include "probes/shared/staleness.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>
#include <stdexcept>
#include <utility>

namespace cal::internet_connectivity {

namespace {

using net::Fault;
using net::Ladder;
using net::Stage;
using net::WayFacts;

constexpr std::string_view check_name_servers =
    "Check the DNS servers of the host (/etc/resolv.conf, or `name_servers`) and their "
    "forwarders.";
constexpr std::string_view check_firewall =
    "Check the host's own firewall and those at the edge of the network; activation needs "
    "outbound TCP 443 and 80.";
constexpr std::string_view check_proxy =
    "Check the proxy that the summary names, and that it is the right one (`proxy`, https_proxy).";

// Starts with one row for each Fault, in the order of the enumeration: from the worst to the best.
constexpr std::array reasons{
    Reason{"no_interface_up", Verdict::present, Severity::critical,
           "The outgoing network interface has no carrier or is switched off.",
           "Check the cable, the link lights at both ends, the adapter and its driver."},
    Reason{"no_address", Verdict::present, Severity::critical,
           "The host has no source address of that family.",
           "Check the address in the network settings, and the DHCP server."},
    Reason{"no_route", Verdict::present, Severity::critical,
           "The host has no route to the address, though it may have routes to others.",
           "Check the default gateway and the routes (`ip route get ADDRESS`)."},
    Reason{"dns_not_found", Verdict::present, Severity::critical,
           "DNS reports that the name does not exist, or has no address of that family.",
           check_name_servers},
    Reason{"dns_refused", Verdict::present, Severity::critical,
           "The DNS server refuses to answer this host, or its port is closed.",
           check_name_servers},
    Reason{"dns_server_failure", Verdict::present, Severity::critical,
           "The DNS server failed, or no DNS server can be reached.", check_name_servers},
    Reason{"dns_timeout", Verdict::present, Severity::critical, "No DNS server answered in time.",
           check_name_servers},
    Reason{"proxy_unreachable", Verdict::present, Severity::critical,
           "The HTTP proxy cannot be reached.", check_proxy},
    Reason{"proxy_auth_required", Verdict::present, Severity::critical,
           "The HTTP proxy requires a user and a password.",
           "Exempt the licensing server from authentication on the proxy, or configure a user and "
           "a password for it."},
    Reason{"tcp_refused", Verdict::present, Severity::critical,
           "The connection was refused: nothing listens on the port, or a firewall rejects it.",
           check_firewall},
    Reason{"tcp_timeout", Verdict::present, Severity::critical,
           "The connection attempt got no answer: a firewall drops it, or the host is down.",
           check_firewall},
    Reason{"tcp_unreachable", Verdict::present, Severity::critical,
           "The network reported that the host is unreachable.",
           "Check the gateway and the routers behind it; on the same link, check that the host is "
           "up."},
    Reason{"tls_failed", Verdict::present, Severity::critical,
           "The connection was made, but the TLS handshake failed.",
           "Look for a firewall or proxy that inspects TLS, and check which TLS versions both "
           "sides support."},
    Reason{"tls_untrusted", Verdict::present, Severity::critical,
           "The certificate was not issued by a CA that this host trusts.",
           "If a proxy inspects TLS, exempt the activation hosts, or put its CA into `ca_file`; if "
           "only Windows trusts the root CA, set `tls_trust: report`."},
    Reason{"tls_expired", Verdict::present, Severity::critical,
           "The certificate has expired or is not yet valid.",
           "Check the clock of this host; if it is right, the certificate must be renewed."},
    Reason{"tls_name_mismatch", Verdict::present, Severity::critical,
           "The certificate was issued for another name: another server answers.",
           "Look for a captive portal, a proxy that inspects TLS, or a wrong DNS answer."},
    Reason{
        "http_error", Verdict::present, Severity::warning,
        "The server was reached, but its HTTP answer is not as expected, or may be of the proxy.",
        "Compare the status with `expect_status`; request the endpoint by hand."},
    Reason{"captive_portal", Verdict::present, Severity::critical,
           "Something in between answers instead of the endpoint, typically a captive portal that "
           "wants a login.",
           "Log in to that network, or exempt the server from its portal."},
    Reason{"content_mismatch", Verdict::present, Severity::warning,
           "The answer does not contain the expected text.",
           "Compare it with `expect_body`; request the endpoint by hand."},
    Reason{"health_alert_open", Verdict::present, Severity::critical,
           "The administration console reports an alert for Internet Services.",
           "Do what the console recommends for the alert (System Health tab)."},
    Reason{"health_alerts_missing", Verdict::unknown, Severity::warning,
           "The file with the console's alerts does not exist.",
           "Export the alerts, or correct `health_alerts_file`."},
    Reason{"health_alerts_unreadable", Verdict::unknown, Severity::warning,
           "The file with the console's alerts cannot be used.",
           "Correct the error that the summary names, or export the alerts again."},
    Reason{"health_alerts_stale", Verdict::unknown, Severity::warning,
           "The export of the console's alerts is older than `max_age`, or from the future.",
           "Export the alerts again, best by a scheduled task."},
    Reason{"reachable", Verdict::clear, Severity::ok, "The endpoints are reachable.", "Nothing."},
};

const Reason& reason_of(Fault fault) { return reasons[static_cast<std::size_t>(fault)]; }

constexpr ReasonTable reason{reasons};

constexpr std::array<std::string_view, 2> by_way{"endpoint", "ip_family"};
constexpr std::array<std::string_view, 3> by_stage{"endpoint", "ip_family", "stage"};

constexpr std::array families{
    MetricFamily{"cal_endpoint_reachable",
                 "1 if the endpoint was reached from the agent's host and answered as expected, 0 "
                 "if not. Cached between runs.",
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
    MetricFamily{"cal_health_alerts_open",
                 "Internet Services alerts that the administration console reports as open; no "
                 "sample while unknown. Cached between runs.",
                 MetricType::gauge,
                 {}},
};

struct Path {
  const WayFacts* facts;
  Ladder ladder;
  std::string item;  // "https://example.com (ipv6)"

  const net::Step* broken() const { return ladder.broken(); }
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

// Null if none is broken.
const Path* worst_of(const std::vector<Path>& ways) {
  const Path* worst = nullptr;
  for (const auto& way : ways) {
    if (!way.broken()) continue;
    if (!worst || *way.broken()->fault < *worst->broken()->fault) worst = &way;
  }
  return worst;
}

void add_samples(const Path& way, Outcome& outcome) {
  const std::vector<std::string> labels{way.facts->endpoint->url.text,
                                        std::string(net::name_of(way.facts->family))};
  const auto add = [&](std::size_t family, double value) {
    outcome.samples.push_back({&families[family], labels, value});
  };
  const auto add_stage = [&](std::size_t family, Stage stage, double value) {
    outcome.samples.push_back(
        {&families[family], {labels[0], labels[1], std::string(net::name_of(stage))}, value});
  };
  add(0, way.broken() ? 0 : 1);
  for (const auto stage : net::all_stages) {
    const auto& step = way.ladder.at(stage);
    if (!step) continue;
    add_stage(1, stage, step->fault ? 0 : 1);
    if (step->took && !step->fault) {
      add_stage(2, stage, std::chrono::duration<double>(*step->took).count());
    }
  }
  if (way.facts->transfer && way.facts->transfer->certificate) {
    const auto& certificate = *way.facts->transfer->certificate;
    add(3, unix_seconds(certificate.not_after));
    add(4, certificate.trusted() ? 1 : 0);
  }
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

std::string summary_of(const std::vector<Path>& ways, const Path* worst, bool enough,
                       const std::string& host) {
  const auto seen = fmt::format("(seen from {})", host);
  if (!worst) {
    return ways.size() == 1 ? fmt::format("{} is reachable {}", ways[0].item, seen)
                            : fmt::format("all {} endpoints are reachable {}", ways.size(), seen);
  }
  const bool answered = reason_of(*worst->broken()->fault).severity == Severity::warning;
  const auto what = fmt::format("{} {}", worst->item,
                                answered ? "does not answer as expected" : "cannot be reached");
  const auto& why = worst->broken()->text;
  if (ways.size() == 1) return fmt::format("{} {}: {}", what, seen, why);
  const auto reached = std::ranges::count_if(ways, [](const Path& way) { return !way.broken(); });
  return fmt::format("{} of {} endpoints are reachable{} {}; {}: {}", reached, ways.size(),
                     enough ? ", which is enough" : "", seen, what, why);
}

// An alert's title, cut to a length that can be shown.
std::string title_of(const inventory::HealthAlert& alert) { return alert.title.substr(0, 200); }

void add_open_alerts(const inventory::HealthAlerts& read, Outcome& outcome) {
  constexpr std::size_t max_shown = 20;
  std::vector<const inventory::HealthAlert*> open;
  for (const auto& alert : read.alerts) {
    if (alert.open) open.push_back(&alert);
  }
  outcome.samples.push_back({&families.back(), {}, static_cast<double>(open.size())});
  if (open.empty()) return;
  for (const auto* alert : std::span(open).first(std::min(open.size(), max_shown))) {
    outcome.evidence.push_back(
        {Verdict::present, "console alert",
         fmt::format("{}{}{}", title_of(*alert),
                     alert->severity.empty() ? "" : ", " + alert->severity.substr(0, 50),
                     alert->raised_at ? ", since " + utc_text(*alert->raised_at) : "")});
  }
  const auto sentence = fmt::format("the console reports {} open alert{} for Internet Services: {}",
                                    open.size(), open.size() == 1 ? "" : "s", title_of(*open[0]));
  // The alert was raised on the licensing network itself, wherever the agent runs.
  outcome.implications.push_back({Cause::internet_unreachable, Strength::strong, sentence});
  if (outcome.reason->verdict == Verdict::present) return;
  outcome.reason = &reason("health_alert_open");
  outcome.summary = fmt::format("{}; {}", sentence, outcome.summary);
}

// Adds the console's alerts to the outcome of the endpoints.
void add_alerts(const Facts& facts, const Settings& settings, Outcome& outcome) {
  if (!facts.alerts) return;
  const auto cannot_tell = [&](const Reason& why, const std::string& text) {
    outcome.evidence.push_back({Verdict::unknown, "console alerts", text});
    if (outcome.reason->verdict == Verdict::present) return;
    outcome.reason = &why;
    outcome.summary = fmt::format("{}; {}", text, outcome.summary);
  };
  if (const auto& alerts = *facts.alerts; !alerts) {
    const bool missing = alerts.error().kind == inventory::FileFaultKind::missing;
    return cannot_tell(
        missing ? reason("health_alerts_missing") : reason("health_alerts_unreadable"),
        alerts.error().message);
  }
  const auto& read = **facts.alerts;
  outcome.source_data_at = read.data_at;
  const auto stale =
      staleness(*settings.health_alerts_file, read.data_at, facts.now, settings.max_age);
  if (stale) return cannot_tell(reason("health_alerts_stale"), *stale);
  add_open_alerts(read, outcome);
}

std::string name_of_this_host() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

class InternetProbe : public Probe {
 public:
  InternetProbe(Settings settings, std::shared_ptr<net::TrustStores> trust_stores)
      : settings_(std::move(settings)), trust_stores_(std::move(trust_stores)) {}

  Outcome run(Deadline deadline) override {
    const auto trust = trust_stores_->get(settings_.ca_file);
    if (!trust) throw std::runtime_error(trust.error());
    auto facts = gather(settings_, **trust, deadline);
    auto outcome = judge(facts, settings_);
    outcome.phases = std::move(facts.found.phases);
    return outcome;
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
  settings.endpoints = read_endpoints(options, environment);
  // Endpoints that are listed must all be reached; of the usual ones, any may cease to exist.
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

}  // namespace

Facts gather(const Settings& settings, const net::TrustStore& trust, Deadline deadline) {
  Facts facts{
      name_of_this_host(),
      net::explore(settings.endpoints, net::Resolver(settings.name_servers), trust, deadline),
      std::chrono::system_clock::now()};
  if (settings.health_alerts_file) {
    facts.alerts = inventory::read_health_alerts(*settings.health_alerts_file);
  }
  return facts;
}

Outcome judge(const Facts& facts, const Settings& settings) {
  const auto ways = evaluate_all(facts);
  const auto* worst = worst_of(ways);
  const bool any_reached = std::ranges::any_of(ways, [](const Path& way) { return !way.broken(); });
  const bool clear = !worst || (settings.require == Require::any && any_reached);
  const bool same_egress = settings.vantage == Vantage::same_egress;

  Outcome outcome{clear ? &reason("reachable") : &reason_of(*worst->broken()->fault),
                  summary_of(ways, worst, clear, facts.host)};
  for (const auto& way : ways) {
    outcome.evidence.push_back({way.broken() ? Verdict::present : Verdict::clear, way.item,
                                way.ladder.text(), Evidence::Form::ladder});
    add_hosts_file_note(way, facts.host, outcome);
    add_samples(way, outcome);
  }
  if (!facts.found.kernel_fault.empty()) {
    outcome.evidence.push_back({std::nullopt, facts.host, facts.found.kernel_fault});
  }
  if (!clear) {
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
          "Can the Internet be reached, as the activation of a CAL pack requires?",
          reasons,
          families,
          [stores = std::make_shared<net::TrustStores>()](Options& options, const ProbeContext&) {
            return make(options, stores);
          },
          Cause::internet_unreachable};
}

}  // namespace cal::internet_connectivity
