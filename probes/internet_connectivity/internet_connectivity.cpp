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
    "Check the DNS servers of the host (/etc/resolv.conf, or `name_servers`) and the forwarders "
    "behind them.";
constexpr std::string_view check_firewall =
    "Check the firewalls on the way: the host's own, and those at the edge of the network; "
    "activation needs TCP 443 and 80 outward.";
constexpr std::string_view check_proxy =
    "Check the proxy that the summary names, and that it is the one to use (`proxy`, https_proxy).";

// First one row for each Fault, in its order, which is that from the worst to the best.
constexpr std::array reasons{
    Reason{"no_interface_up", Verdict::present, Severity::critical,
           "The network interface on the way has no carrier or is switched off.",
           "Check the cable, the lights at both its ends, the adapter and its driver."},
    Reason{"no_address", Verdict::present, Severity::critical,
           "The host has no address of that family to send from.",
           "Check the address in the network settings, and the DHCP server."},
    Reason{"no_route", Verdict::present, Severity::critical,
           "The host knows no way to the address, though it may know ways to others.",
           "Check the default gateway and the routes (`ip route get ADDRESS`)."},
    Reason{"dns_not_found", Verdict::present, Severity::critical,
           "DNS says that there is no such name, or no address of that family.",
           check_name_servers},
    Reason{"dns_refused", Verdict::present, Severity::critical,
           "The DNS server refuses to answer this host.", check_name_servers},
    Reason{"dns_server_failure", Verdict::present, Severity::critical,
           "The DNS server failed, or none can be reached.", check_name_servers},
    Reason{"dns_timeout", Verdict::present, Severity::critical, "No DNS server answered in time.",
           check_name_servers},
    Reason{"proxy_unreachable", Verdict::present, Severity::critical,
           "The HTTP proxy cannot be reached.", check_proxy},
    Reason{"proxy_auth_required", Verdict::present, Severity::critical,
           "The HTTP proxy wants a user and a password.",
           "Let the licensing server through the proxy without one, or give it one."},
    Reason{"tcp_refused", Verdict::present, Severity::critical,
           "The connection was refused: nothing listens there, or a firewall rejects it.",
           check_firewall},
    Reason{"tcp_timeout", Verdict::present, Severity::critical,
           "Nothing answered the connection: a firewall drops it, or the host is gone.",
           check_firewall},
    Reason{"tcp_unreachable", Verdict::present, Severity::critical,
           "The network said that the host cannot be reached.",
           "Check the gateway and the routers behind it; on the same link, that the host is on."},
    Reason{"tls_failed", Verdict::present, Severity::critical,
           "The connection is made, but its encryption is not.",
           "Look for a firewall or proxy that inspects TLS, and at the versions that both sides "
           "speak."},
    Reason{
        "tls_untrusted", Verdict::present, Severity::critical,
        "The certificate was not issued by a CA that this host trusts.",
        "If a proxy inspects TLS, exempt the activation hosts, or put its CA into `ca_file`; for "
        "a root that only Windows knows set `tls_trust: report`."},
    Reason{"tls_expired", Verdict::present, Severity::critical,
           "The certificate has expired or is not yet valid.",
           "Check the clock of this host; else the certificate has to be renewed."},
    Reason{"tls_name_mismatch", Verdict::present, Severity::critical,
           "The certificate is made out to another name: somebody else answers.",
           "Look for a captive portal, a proxy that inspects TLS, or a wrong DNS answer."},
    Reason{"http_error", Verdict::present, Severity::warning,
           "The server was reached, but its HTTP answer is not as expected.",
           "Compare the status with `expect_status`; ask the endpoint by hand."},
    Reason{
        "captive_portal", Verdict::present, Severity::critical,
        "Somebody on the way answers in place of the endpoint, as networks do that want a login.",
        "Log in to that network, or exempt the server from its portal."},
    Reason{"content_mismatch", Verdict::present, Severity::warning,
           "The answer does not hold the expected text.",
           "Compare it with `expect_body`; ask the endpoint by hand."},
    Reason{"health_alert_open", Verdict::present, Severity::critical,
           "The administration console reports an alert for Internet Services.",
           "Perform the action that the console recommends for it (System Health tab)."},
    Reason{"health_alerts_missing", Verdict::unknown, Severity::warning,
           "There is no file with the console's alerts.",
           "Export the alerts, or correct `health_alerts_file`."},
    Reason{"health_alerts_unreadable", Verdict::unknown, Severity::warning,
           "The file with the console's alerts cannot be used.",
           "Correct what the summary names, or export the alerts again."},
    Reason{"health_alerts_stale", Verdict::unknown, Severity::warning,
           "The export of the console's alerts is older than `max_age`, or from the future.",
           "Export the alerts again, and let it be repeated."},
    Reason{"reachable", Verdict::clear, Severity::ok, "The endpoints are reachable.", "Nothing."},
};

const Reason& reason_of(Fault fault) { return reasons[static_cast<std::size_t>(fault)]; }

constexpr ReasonTable reason{reasons};

constexpr std::array<std::string_view, 2> by_way{"endpoint", "ip_family"};
constexpr std::array<std::string_view, 3> by_stage{"endpoint", "ip_family", "stage"};

constexpr std::array families{
    MetricFamily{"cal_endpoint_reachable",
                 "1 if the endpoint was reached and answered as expected, 0 if not; seen from the "
                 "agent's host. Cached between runs.",
                 MetricType::gauge, by_way},
    MetricFamily{"cal_endpoint_stage_success",
                 "1 if the stage on the way to the endpoint was passed, 0 if it is the one that is "
                 "broken; no sample for a stage that was not tried. Cached between runs.",
                 MetricType::gauge, by_stage},
    MetricFamily{"cal_endpoint_stage_duration_seconds",
                 "How long the stage took in the last run; no sample for one that was not passed.",
                 MetricType::gauge, by_stage},
    MetricFamily{"cal_endpoint_certificate_not_after_timestamp_seconds",
                 "When the endpoint's certificate expires, also when that has passed; no sample if "
                 "none was shown. Cached between runs.",
                 MetricType::gauge, by_way},
    MetricFamily{"cal_endpoint_certificate_trusted",
                 "1 if the endpoint's certificate is of a known CA, in time and of the right name, "
                 "0 if not; no sample if none was shown. Cached between runs.",
                 MetricType::gauge, by_way},
    MetricFamily{"cal_health_alerts_open",
                 "Alerts for Internet Services that the administration console reports as open; no "
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

// Null when none is broken.
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

// Programs of this host that ask the system for the name go elsewhere than DNS says.
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
  const auto seen = [&](const std::string& what) {
    return fmt::format("seen from {}, {}", host, what);
  };
  if (!worst) {
    return seen(ways.size() == 1 ? ways[0].item + " is reachable"
                                 : fmt::format("all {} endpoints are reachable", ways.size()));
  }
  const bool answered = reason_of(*worst->broken()->fault).severity == Severity::warning;
  const auto what = fmt::format("{} {}: {}", worst->item,
                                answered ? "does not answer as expected" : "cannot be reached",
                                worst->broken()->text);
  if (ways.size() == 1) return seen(what);
  const auto reached = std::ranges::count_if(ways, [](const Path& way) { return !way.broken(); });
  return seen(fmt::format("{} of {} endpoints are reachable{}; {}", reached, ways.size(),
                          enough ? ", which is enough" : "", what));
}

// An alert's title, not at any length.
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
        {Verdict::present, "alert of the console",
         fmt::format("{}{}{}", title_of(*alert),
                     alert->severity.empty() ? "" : ", " + alert->severity.substr(0, 50),
                     alert->raised_at ? ", since " + utc_text(*alert->raised_at) : "")});
  }
  const auto sentence = fmt::format("the console reports {} open alert{} for Internet Services: {}",
                                    open.size(), open.size() == 1 ? "" : "s", title_of(*open[0]));
  // It was raised on the licensing network itself, wherever the agent runs.
  outcome.implications.push_back({Cause::internet_unreachable, Strength::strong, sentence});
  if (outcome.reason->verdict == Verdict::present) return;
  outcome.reason = &reason("health_alert_open");
  outcome.summary = fmt::format("{}; {}", sentence, outcome.summary);
}

// What the console's export adds to an outcome of the endpoints.
void add_alerts(const Facts& facts, const Settings& settings, Outcome& outcome) {
  if (!facts.alerts) return;
  const auto cannot_tell = [&](const Reason& why, const std::string& text) {
    outcome.evidence.push_back({Verdict::unknown, "alerts of the console", text});
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
  // Whoever lists endpoints wants them; of the usual ones nobody knows which will go on to exist.
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
          "Can the Internet be reached, as the activation of a CAL pack needs it?",
          reasons,
          families,
          [stores = std::make_shared<net::TrustStores>()](Options& options, const ProbeContext&) {
            return make(options, stores);
          },
          Cause::internet_unreachable};
}

}  // namespace cal::internet_connectivity
