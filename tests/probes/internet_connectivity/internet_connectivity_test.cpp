#include "probes/internet_connectivity/internet_connectivity.h"

#include "probes/internet_connectivity/internet_action.h"
#include "tests/catch.h"

#include <algorithm>

using namespace cal;
using namespace cal::internet_connectivity;
using namespace std::chrono_literals;
using net::Endpoint;
using net::Family;
using net::WayFacts;

namespace {

Endpoint endpoint(const char* url) { return {*net::parse_url(url)}; }

const auto one = endpoint("https://one.example.com");
const auto two = endpoint("http://two.example.com");

Endpoint for_purpose(const char* url, const char* purpose) {
  auto made = endpoint(url);
  made.purpose = purpose;
  return made;
}

const auto plain = for_purpose("http://plain.example.com", "HTTP");
const auto first = for_purpose("https://first.example.com", "HTTPS");
const auto second = for_purpose("https://second.example.com", "HTTPS");

net::Address ip(const char* text) { return *net::Address::parse(text); }

net::Lookup found() { return {std::vector{ip("198.51.100.1")}, 2ms}; }

net::Transfer answered() {
  net::Transfer transfer;
  transfer.peer = "198.51.100.1:443";
  transfer.connecting = 1ms;
  transfer.encrypting = 2ms;
  transfer.certificate =
      net::Certificate{.subject = "CN=x",
                       .issuer = "CN=root",
                       .not_after = SystemTime(std::chrono::seconds(1'900'000'000))};
  transfer.status = 200;
  transfer.answering = 3ms;
  transfer.reading = 4ms;
  return transfer;
}

net::Transfer refused() {
  net::Transfer transfer;
  transfer.fault = net::TransferFault::refused;
  transfer.message = "Connection refused";
  transfer.tried = {ip("198.51.100.1")};
  return transfer;
}

WayFacts reached(const Endpoint& to, net::FamilyChoice family = std::nullopt) {
  return {.endpoint = &to, .family = family, .dns = found(), .transfer = answered()};
}

WayFacts refused(const Endpoint& to, net::FamilyChoice family = std::nullopt) {
  return {.endpoint = &to, .family = family, .dns = found(), .transfer = refused()};
}

WayFacts unknown_name(const Endpoint& to) {
  return {.endpoint = &to,
          .family = std::nullopt,
          .dns = net::Lookup{tl::unexpected(net::ResolveFault{net::ResolveError::not_found,
                                                              "look up x: NXDOMAIN"}),
                             2ms}};
}

Outcome judge_ways(std::vector<WayFacts> ways, const Settings& settings = {}) {
  return judge({"web1", {std::move(ways), {}, ""}, {}}, settings);
}

// The value of the one sample with these labels; empty when there is none.
std::optional<double> sample(const Outcome& outcome, std::string_view family,
                             const std::vector<std::string>& labels) {
  const auto is_it = [&](const Sample& each) {
    return each.family->name == family && each.label_values == labels;
  };
  const auto found = std::ranges::find_if(outcome.samples, is_it);
  return found == outcome.samples.end() ? std::nullopt : std::optional(found->value);
}

}  // namespace

TEST_CASE("each fault of the ladder has the reason of its name", "[internet]") {
  // The enumeration and the table have the same order.
  const std::vector<std::string_view> words{
      "no_interface_up",     "no_address",         "no_route",         "dns_not_found",
      "dns_refused",         "dns_server_failure", "dns_timeout",      "proxy_unreachable",
      "proxy_auth_required", "tcp_refused",        "tcp_timeout",      "tcp_unreachable",
      "tls_failed",          "tls_untrusted",      "tls_expired",      "tls_name_mismatch",
      "http_error",          "captive_portal",     "content_mismatch", "answer_not_proven"};
  const auto reasons = kind().reasons;
  REQUIRE(words.size() == static_cast<std::size_t>(net::Fault::answer_not_proven) + 1);
  for (std::size_t i = 0; i < words.size(); ++i) {
    CHECK(reasons[i].word == words[i]);
    const bool is_fault = words[i] != "answer_not_proven";
    CHECK(reasons[i].verdict == (is_fault ? Verdict::present : Verdict::unknown));
  }
}

TEST_CASE("all endpoints, or any one of them, must be reached", "[internet]") {
  const Settings any{.endpoints = {}, .require = Require::any};
  struct Row {
    std::vector<WayFacts> ways;
    Settings settings;
    std::string_view reason;
    std::string summary;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {{reached(one)}, {}, "reachable", "https://one.example.com is reachable (seen from web1)"},
      {{reached(one), reached(two)},
       {},
       "reachable",
       "all 2 endpoints are reachable (seen from web1)"},
      {{refused(one)},
       {},
       "tcp_refused",
       "https://one.example.com cannot be reached (seen from web1): 198.51.100.1 port 443: "
       "Connection refused"},
      {{reached(one), refused(two)},
       {},
       "tcp_refused",
       "1 of 2 endpoints failed (seen from web1): http://two.example.com cannot be "
       "reached: 198.51.100.1 port 80: Connection refused"},
      {{reached(one), refused(two)},
       any,
       "reachable",
       "1 of 2 endpoints failed, and the others are enough (seen from web1): "
       "http://two.example.com cannot be "
       "reached: 198.51.100.1 port 80: Connection refused"},
      {{refused(one), unknown_name(two)},
       any,
       "dns_not_found",
       "2 of 2 endpoints failed (seen from web1): http://two.example.com cannot be "
       "reached: look up x: NXDOMAIN"},
  }));
  const auto outcome = judge_ways(row.ways, row.settings);
  CHECK(outcome.reason->word == row.reason);
  CHECK(outcome.summary == row.summary);
  CHECK(outcome.evidence.size() == row.ways.size());
}

TEST_CASE("an endpoint that answers does not stand for another purpose", "[internet]") {
  const Settings any{.endpoints = {}, .require = Require::any};
  struct Row {
    std::vector<WayFacts> ways;
    std::string_view reason;
    std::string summary;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {{reached(plain), reached(first), unknown_name(second)},
       "reachable",
       "and the others are enough"},
      {{reached(plain), refused(first), refused(second)},
       "tcp_refused",
       "2 of 3 endpoints failed, and none over HTTPS is left (seen from web1): "
       "https://first.example.com cannot"},
      {{refused(plain), unknown_name(first), reached(second)},
       "tcp_refused",
       "and none over HTTP is left (seen from web1): http://plain.example.com cannot"},
      {{refused(plain), refused(first), unknown_name(second)}, "dns_not_found", "3 of 3"},
  }));
  const auto outcome = judge_ways(row.ways, any);
  CHECK(outcome.reason->word == row.reason);
  CHECK_THAT(outcome.summary, Catch::Contains(row.summary));
}

TEST_CASE("an endpoint that takes the connection is not called unreachable", "[internet]") {
  struct Row {
    std::string_view says;
    void (*breaks)(net::Certificate&);
  };
  for (const auto& [says, breaks] :
       {Row{"answers, but its certificate is not accepted",
            [](net::Certificate& seen) { seen.issuer_known = false; }},
        Row{"answers, but its certificate is not accepted",
            [](net::Certificate& seen) { seen.in_time = false; }},
        Row{"answers, but its certificate is not accepted",
            [](net::Certificate& seen) { seen.name_matches = false; }},
        Row{"accepts the TCP connection, but the TLS handshake fails", [](net::Certificate&) {}}}) {
    auto way = reached(one);
    way.transfer->encrypting.reset();
    breaks(*way.transfer->certificate);
    const auto outcome = judge_ways({way});
    CHECK_THAT(outcome.summary, Catch::Contains(std::string(says)) && !Catch::Contains("reach"));
    CHECK(outcome.implications.at(0).first_step.empty());
    CHECK(outcome.implications.at(0).sentence == outcome.summary);
  }
}

TEST_CASE("the time of a transfer that got no answer is shown as that of its stage", "[internet]") {
  auto silent = reached(one);
  silent.transfer->encrypting.reset();
  silent.transfer->certificate.reset();
  silent.transfer->fault = net::TransferFault::timeout;
  const auto shown = [](const WayFacts& way) {
    return judge({"web1", {{way}, {{"dns", 1ms}, {net::transfer_phase, 3s}}, ""}, {}}, {})
        .phases.at(1);
  };
  CHECK(shown(silent).name == "transfer");
  CHECK(shown(silent).shown == "tls");
  CHECK(shown(reached(one)).shown.empty());
}

TEST_CASE("only from the server's own vantage point is a fault critical", "[internet]") {
  const Settings same{.endpoints = {}, .vantage = Vantage::same_egress};
  for (const auto& each : kind().reasons) {
    if (each.word == "tcp_refused") CHECK(each.severity == Severity::critical);
  }
  const auto elsewhere = judge_ways({refused(one)});
  CHECK(elsewhere.reason->word == "tcp_refused");
  CHECK(elsewhere.reason->verdict == Verdict::present);
  CHECK(elsewhere.reason->severity == Severity::warning);
  CHECK(judge_ways({refused(one)}, same).reason->severity == Severity::critical);
}

TEST_CASE("notes about the choice of proxies are evidence without a verdict", "[internet]") {
  const auto outcome = judge_ways({reached(one)}, {.endpoints = {}, .notes = {"a PAC file"}});
  CHECK(outcome.evidence.back().text == "a PAC file");
  CHECK_FALSE(outcome.evidence.back().verdict);
  CHECK(outcome.reason->word == "reachable");
}

TEST_CASE("an endpoint that is our own is marked, wherever its certificate stands", "[internet]") {
  auto own = one;
  own.owned = true;
  const auto outcome = judge_ways({reached(own), refused(two)});
  CHECK(sample(outcome, "cal_endpoint_owned", {"https://one.example.com", "any"}) == 1);
  CHECK(sample(outcome, "cal_endpoint_owned", {"http://two.example.com", "any"}) == 0);
}

TEST_CASE("the first expiry of a chain and of its intermediates are exported", "[internet]") {
  const std::vector<std::string> labels{"https://one.example.com", "any"};
  const auto at = [](int seconds) { return SystemTime(std::chrono::seconds(seconds)); };
  const auto chain = "cal_endpoint_certificate_chain_not_after_timestamp_seconds";
  const auto intermediate = "cal_endpoint_certificate_intermediate_not_after_timestamp_seconds";
  auto way = reached(one);
  CHECK(sample(judge_ways({way}), chain, labels) == 1'900'000'000);
  CHECK_FALSE(sample(judge_ways({way}), intermediate, labels));
  way.transfer->certificate->intermediate_not_after = at(1'800'000'000);
  CHECK(sample(judge_ways({way}), chain, labels) == 1'800'000'000);
  CHECK(sample(judge_ways({way}), intermediate, labels) == 1'800'000'000);
  way.transfer->certificate->root_not_after = at(1'700'000'000);
  CHECK(sample(judge_ways({way}), chain, labels) == 1'700'000'000);
  CHECK(sample(judge_ways({way}), intermediate, labels) == 1'800'000'000);
}

TEST_CASE("the object of a fault is the host to repair, and not this one", "[internet]") {
  CHECK(judge_ways({reached(one), refused(two)}).object == "two.example.com");
  CHECK(judge_ways({reached(one)}).object.empty());
  CHECK(judge_ways({reached(one), refused(two)}, {.endpoints = {}, .require = Require::any})
            .object.empty());
  auto proxied = one;
  proxied.proxy = net::Proxy{"proxy.example.com", 3128};
  CHECK(judge_ways({refused(proxied)}).object == "proxy.example.com");
  const WayFacts cut_off{
      .endpoint = &one,
      .family = std::nullopt,
      .to_name_servers = {{ip("192.0.2.1"), net::HopState::no_route, false, "no route"}}};
  CHECK(judge_ways({cut_off}).object.empty());
}

TEST_CASE("from another vantage point a fault is weak evidence, and its absence is none",
          "[internet]") {
  const Settings elsewhere;
  const Settings same{.endpoints = {}, .vantage = Vantage::same_egress};
  const auto fault = judge_ways({refused(one)}, elsewhere);
  REQUIRE(fault.implications.size() == 1);
  CHECK(fault.implications[0].cause == Cause::internet_unreachable);
  CHECK(fault.implications[0].strength == Strength::weak);
  CHECK(fault.implications[0].sentence == fault.summary);
  CHECK(judge_ways({refused(one)}, same).implications.at(0).strength == Strength::strong);
  CHECK(judge_ways({reached(one)}, elsewhere).implications.empty());
  CHECK_FALSE(judge_ways({reached(one)}, elsewhere).contradicts);
  CHECK(judge_ways({reached(one)}, same).contradicts);
}

TEST_CASE("each family of an endpoint is judged separately", "[internet]") {
  const auto outcome = judge_ways({refused(one, Family::v4), reached(one, Family::v6)});
  CHECK(outcome.reason->word == "tcp_refused");
  CHECK(outcome.evidence.at(0).item == "https://one.example.com (ipv4)");
  CHECK(outcome.evidence.at(0).verdict == Verdict::present);
  CHECK(outcome.evidence.at(1).verdict == Verdict::clear);
  CHECK(sample(outcome, "cal_endpoint_reachable", {"https://one.example.com", "ipv4"}) == 0);
  CHECK(sample(outcome, "cal_endpoint_reachable", {"https://one.example.com", "ipv6"}) == 1);
}

TEST_CASE("a stage that was not tested has no sample, a passed one has its duration",
          "[internet]") {
  const std::string url = "https://one.example.com";
  const auto stage = [&](const Outcome& outcome, std::string_view family, const char* name) {
    return sample(outcome, family, {url, "any", name});
  };
  const auto good = judge_ways({reached(one)});
  CHECK(stage(good, "cal_endpoint_stage_success", "http") == 1);
  CHECK(stage(good, "cal_endpoint_stage_duration_seconds", "tcp") == 0.001);
  CHECK(stage(good, "cal_endpoint_stage_duration_seconds", "http") == 0.003);
  CHECK_FALSE(stage(good, "cal_endpoint_stage_success", "content"));
  CHECK_FALSE(stage(good, "cal_endpoint_stage_success", "interface"));  // the kernel was not asked
  const auto bad = judge_ways({refused(one)});
  CHECK(stage(bad, "cal_endpoint_stage_success", "dns") == 1);
  CHECK(stage(bad, "cal_endpoint_stage_success", "tcp") == 0);
  CHECK_FALSE(stage(bad, "cal_endpoint_stage_duration_seconds", "tcp"));
  CHECK_FALSE(stage(bad, "cal_endpoint_stage_success", "tls"));
}

TEST_CASE("a certificate's facts are reported even if it was refused", "[internet]") {
  auto way = reached(one);
  way.transfer->certificate->in_time = false;
  way.transfer->encrypting.reset();
  const auto outcome = judge_ways({way});
  const std::vector<std::string> labels{"https://one.example.com", "any"};
  CHECK(outcome.reason->word == "tls_expired");
  CHECK(sample(outcome, "cal_endpoint_certificate_not_after_timestamp_seconds", labels) ==
        1'900'000'000);
  CHECK(sample(outcome, "cal_endpoint_certificate_trusted", labels) == 0);
  CHECK_FALSE(sample(judge_ways({refused(one)}), "cal_endpoint_certificate_trusted", labels));
}

TEST_CASE("what to do names the certificate, the endpoint and the host", "[internet]") {
  auto way = reached(one);
  way.transfer->encrypting.reset();
  auto& certificate = *way.transfer->certificate;
  const auto action = [&] {
    const auto ladder = net::evaluate(way);
    return action_for(way, *ladder.broken()->fault, "web1", certificate.not_after + 25h);
  };
  certificate.in_time = false;
  CHECK(action() ==
        "Renew the certificate CN=x of one.example.com:443, or restore the one before: it, or an "
        "issuer of it, expired on 2030-03-17 17:46:40 UTC by the clock of web1. If that clock is "
        "wrong, set it right.");
  certificate.issuer_known = false;
  certificate.in_time = true;
  CHECK_THAT(
      action(),
      Catch::StartsWith("Find out who \"CN=root\" is") &&
          Catch::EndsWith(
              "the operator of one.example.com:443 has to restore the previous certificate."));
  certificate.issuer_known = true;
  certificate.name_matches = false;
  CHECK_THAT(action(), Catch::Contains("answers with the certificate CN=x, which is not valid for "
                                       "one.example.com"));
  way.transfer->certificate.reset();
  CHECK_THAT(action(), Catch::StartsWith("Request https://one.example.com from the licensing"));
  way.transfer->fault = net::TransferFault::timeout;
  CHECK_THAT(action(), Catch::StartsWith("The TCP connection is accepted, but nothing answers the "
                                         "TLS handshake. Request https://one.example.com from"));
  CHECK(judge_ways({refused(one)}).action.find("TCP 443 from web1 to one.example.com") !=
        std::string::npos);
  CHECK(judge_ways({reached(one)}).action.empty());
}

TEST_CASE("the plan has the commands that show the fault, with the real endpoint", "[internet]") {
  auto way = reached(one);
  way.transfer->encrypting.reset();
  way.transfer->certificate->in_time = false;
  const auto expired = judge_ways({way});
  REQUIRE(expired.repair.size() == 1);
  CHECK(expired.repair[0].text == expired.action);
  CHECK(expired.repair[0].command.empty());
  CHECK(expired.repair[0].beside.at(0) ==
        "To see the certificate from web1: `openssl s_client -connect one.example.com:443 "
        "-servername one.example.com`.");
  CHECK(expired.repair[0].beside.at(1).find("`Invoke-WebRequest 'https://one.example.com' ") !=
        std::string::npos);
  CHECK(judge_ways({refused(one)})
            .repair.at(0)
            .beside.at(0)
            .find("`Test-NetConnection one.example.com -Port 443`") != std::string::npos);
  CHECK(judge_ways({unknown_name(one)})
            .repair.at(0)
            .beside.at(0)
            .find("`Resolve-DnsName one.example.com`") != std::string::npos);
  CHECK(judge_ways({reached(one)}).repair.empty());
  auto odd = one;
  odd.url.host = "one.example.com;x";  // another command in a shell
  CHECK(judge_ways({refused(odd)}).repair.empty());
}

TEST_CASE("an unexpected answer is a warning and is not called unreachable", "[internet]") {
  auto strict = one;
  strict.expect_status = {204};
  const auto outcome = judge_ways({reached(strict)});
  CHECK(outcome.reason->word == "http_error");
  CHECK(outcome.reason->severity == Severity::warning);
  CHECK(outcome.summary ==
        "https://one.example.com does not answer as expected (seen from web1): HTTP 200, expected "
        "204");
}

TEST_CASE("a difference between the hosts file and DNS is a note", "[internet]") {
  auto way = reached(one);
  way.in_hosts_file = {ip("203.0.113.9")};
  const auto outcome = judge_ways({way});
  REQUIRE(outcome.evidence.size() == 2);
  CHECK_FALSE(outcome.evidence[1].verdict);
  CHECK(outcome.evidence[1].text ==
        "the hosts file of web1 says 203.0.113.9; DNS says: 198.51.100.1");
  way.in_hosts_file = {ip("198.51.100.1")};
  CHECK(judge_ways({way}).evidence.size() == 1);
}

TEST_CASE("a kernel that cannot be asked is reported and is not a network fault", "[internet]") {
  const auto outcome = judge({"web1", {{reached(one)}, {}, "rtnetlink: not permitted"}, {}}, {});
  CHECK(outcome.reason->word == "reachable");
  CHECK(outcome.evidence.back().text == "rtnetlink: not permitted");
}

namespace {

const SystemTime now = std::chrono::sys_days(std::chrono::year{2026} / 11 / 24);

inventory::HealthAlerts alerts(std::vector<inventory::HealthAlert> list, SystemTime data_at = now) {
  return {std::move(list), data_at};
}

const inventory::HealthAlert gateway_down{"Gateway unreachable", "Critical", true,
                                          now - std::chrono::hours(1)};
const inventory::HealthAlert over{"Proxy slow", "", false, std::nullopt};

using ReadAlerts = tl::expected<inventory::HealthAlerts, inventory::FileFault>;

Outcome judge_alerts(ReadAlerts read, WayFacts way = reached(one)) {
  return judge({"web1", {{std::move(way)}, {}, ""}, now, std::move(read)},
               {.endpoints = {}, .health_alerts_file = "alerts.csv"});
}

ReadAlerts fault(inventory::FileFaultKind kind) {
  return tl::unexpected(inventory::FileFault{kind, "read alerts.csv: no"});
}

}  // namespace

TEST_CASE("the console's alerts add to the findings of the endpoints", "[internet]") {
  const auto long_ago = now - std::chrono::days(2);
  struct Row {
    ReadAlerts read;
    WayFacts way;
    std::string_view reason;
    std::optional<double> open;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {alerts({}), reached(one), "reachable", 0},
      {alerts({over}), reached(one), "reachable", 0},
      {alerts({over, gateway_down}), reached(one), "health_alert_open", 1},
      {alerts({gateway_down}), refused(one), "tcp_refused", 1},
      {alerts({gateway_down}, long_ago), reached(one), "health_alerts_stale", std::nullopt},
      {alerts({gateway_down}, long_ago), refused(one), "tcp_refused", std::nullopt},
      {fault(inventory::FileFaultKind::missing), reached(one), "health_alerts_missing",
       std::nullopt},
      {fault(inventory::FileFaultKind::unreadable), reached(one), "health_alerts_unreadable",
       std::nullopt},
      {fault(inventory::FileFaultKind::missing), refused(one), "tcp_refused", std::nullopt},
  }));
  const auto outcome = judge_alerts(row.read, row.way);
  INFO(outcome.summary);
  CHECK(outcome.reason->word == row.reason);
  CHECK(sample(outcome, "cal_health_alerts_open", {}) == row.open);
  CHECK_THAT(outcome.summary, Catch::Contains("(seen from web1)"));
  CHECK(outcome.source_data_at.has_value() == row.read.has_value());
}

TEST_CASE("an open alert is strong evidence wherever the agent runs", "[internet]") {
  const auto outcome = judge_alerts(alerts({gateway_down, over}));
  CHECK(outcome.summary ==
        "the console reports 1 open alert for Internet Services: Gateway unreachable; "
        "https://one.example.com is reachable (seen from web1)");
  REQUIRE(outcome.implications.size() == 1);
  CHECK(outcome.implications[0].strength == Strength::strong);
  CHECK(outcome.evidence.back().text ==
        "Gateway unreachable, Critical, since 2026-11-23 23:00:00 UTC");
  const auto both = judge_alerts(alerts({gateway_down}), refused(one)).implications;
  REQUIRE(both.size() == 2);
  CHECK(both[0].strength == Strength::weak);
  CHECK(both[1].strength == Strength::strong);
}

TEST_CASE("at most twenty alerts are shown, and long titles are cut", "[internet]") {
  const inventory::HealthAlert endless{std::string(100'000, 'x'), "", true, std::nullopt};
  const auto outcome = judge_alerts(alerts(std::vector(1000, endless)));
  CHECK(outcome.evidence.size() == 1 + 20);
  CHECK(outcome.summary.size() < 500);
  CHECK(sample(outcome, "cal_health_alerts_open", {}) == 1000);
}

TEST_CASE("an answer that may be the proxy's own proves nothing", "[internet]") {
  auto proxied = one;
  proxied.url = *net::parse_url("http://one.example.com/");
  proxied.proxy = net::Proxy{"proxy", 3128};
  const auto outcome = judge_ways({reached(proxied)});
  CHECK(outcome.reason->word == "answer_not_proven");
  CHECK(outcome.summary ==
        "http://one.example.com/ may not have answered (seen from web1): HTTP 200; whether the "
        "endpoint or the proxy answered cannot be told apart");
  CHECK(outcome.evidence.at(0).verdict == Verdict::unknown);
  CHECK(outcome.implications.empty());
  CHECK(outcome.object.empty());
  const std::vector<std::string> labels{"http://one.example.com/", "any"};
  CHECK_FALSE(sample(outcome, "cal_endpoint_reachable", labels));
  CHECK_FALSE(sample(outcome, "cal_endpoint_stage_success", {labels[0], labels[1], "http"}));
  CHECK(sample(outcome, "cal_endpoint_stage_success", {labels[0], labels[1], "proxy"}) == 1);
}
