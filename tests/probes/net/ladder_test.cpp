#include "probes/net/ladder.h"

#include "tests/catch.h"

#include <algorithm>

using namespace cal::net;
using namespace std::chrono_literals;

namespace {

Address ip(const char* text) { return *Address::parse(text); }

Hop open(const char* to = "198.51.100.1") {
  return {ip(to), HopState::open, false, "from 192.0.2.10 through eth0"};
}

Hop broken(HopState state) { return {ip("198.51.100.1"), state, false, "broken here"}; }

Lookup found() { return {std::vector{ip("198.51.100.1")}, 2ms}; }

Lookup failed(ResolveError error) {
  return {tl::unexpected(ResolveFault{error, "look up: no"}), 2ms};
}

Certificate certificate() {
  return {.subject = "CN=x",
          .issuer = "CN=root",
          .not_after = std::chrono::sys_days(std::chrono::year{2030} / 1 / 1)};
}

// A transfer that succeeded.
Transfer answered(int status = 200) {
  Transfer transfer;
  transfer.peer = "198.51.100.1:443";
  transfer.connecting = 1ms;
  transfer.encrypting = 2ms;
  transfer.certificate = certificate();
  transfer.status = status;
  transfer.answering = 3ms;
  transfer.reading = 4ms;
  return transfer;
}

Transfer not_connected(TransferFault fault) {
  Transfer transfer;
  transfer.fault = fault;
  transfer.message = "no";
  transfer.tried = {ip("198.51.100.1")};
  return transfer;
}

Transfer not_encrypted(std::optional<Certificate> seen = std::nullopt) {
  auto transfer = answered(0);
  transfer.encrypting.reset();
  transfer.certificate = std::move(seen);
  transfer.fault = TransferFault::other;
  transfer.message = "handshake failure";
  return transfer;
}

Transfer not_answered(TransferFault fault = TransferFault::timeout) {
  auto transfer = answered(0);
  transfer.fault = fault;
  transfer.message = "no answer in time";
  return transfer;
}

Transfer with_body(std::string body, std::string type = "text/plain") {
  auto transfer = answered();
  transfer.body = std::move(body);
  transfer.content_type = std::move(type);
  return transfer;
}

Transfer redirected(std::string to) {
  auto transfer = answered(302);
  transfer.redirect = std::move(to);
  return transfer;
}

Transfer refreshed(std::string by) {
  auto transfer = answered();
  transfer.refresh = std::move(by);
  return transfer;
}

Transfer by_proxy_itself(int status, std::string mark = "X-Squid-Error: ERR_X 0") {
  auto transfer = answered(status);
  transfer.answered_by_proxy = std::move(mark);
  return transfer;
}

Transfer tunnel(int status, TransferFault fault = TransferFault::other) {
  auto transfer = not_encrypted();
  transfer.fault = fault;
  transfer.tunnel_status = status;
  return transfer;
}

Certificate of_unknown_issuer() {
  auto seen = certificate();
  seen.issuer_known = false;
  return seen;
}

Certificate out_of_time() {
  auto seen = certificate();
  seen.in_time = false;
  return seen;
}

Certificate of_another_name() {
  auto seen = certificate();
  seen.name_matches = false;
  return seen;
}

Endpoint endpoint(const char* url) { return {*parse_url(url)}; }

Endpoint with_proxy(const char* url) {
  auto made = endpoint(url);
  made.proxy = Proxy{"proxy", 3128};
  return made;
}

Endpoint expecting(const char* url, std::vector<int> status, std::string body = "") {
  auto made = endpoint(url);
  made.expect_status = std::move(status);
  made.expect_body = std::move(body);
  return made;
}

Endpoint reporting(Endpoint made) {
  made.tls_trust = TlsTrust::report;
  return made;
}

// Rows that GENERATE keeps point to these, so they outlive every test.
const auto https = endpoint("https://x.example.com/");
const auto http = endpoint("http://x.example.com/");
const auto tcp = endpoint("tcp://x.example.com:25");
const auto https_by_proxy = with_proxy("https://x.example.com/");
const auto http_by_proxy = with_proxy("http://x.example.com/");
const auto tcp_by_proxy = with_proxy("tcp://x.example.com:25");
const auto http_200_by_proxy = [] {
  auto made = with_proxy("http://x.example.com/");
  made.expect_status = {200};
  return made;
}();
const auto http_403_by_proxy = [] {
  auto made = with_proxy("http://x.example.com/");
  made.expect_status = {403};
  return made;
}();
const auto http_404_by_proxy = [] {
  auto made = with_proxy("http://x.example.com/");
  made.expect_status = {404};
  return made;
}();
const auto ncsi_by_proxy = [] {
  auto made = with_proxy("http://x.example.com/");
  made.expect_body = "Connect Test";
  return made;
}();
const auto https_reported = reporting(endpoint("https://x.example.com/"));
const auto ncsi = expecting("http://x.example.com/", {200}, "Connect Test");
const auto http_200 = expecting("http://x.example.com/", {200});
const auto https_200 = expecting("https://x.example.com/", {200});
const auto https_200_reported = reporting(https_200);
const auto https_text = expecting("https://x.example.com/", {}, "Connect Test");

WayFacts way(const Endpoint& to, Transfer transfer) {
  return {.endpoint = &to,
          .family = std::nullopt,
          .to_name_servers = {open()},
          .dns = found(),
          .to_addresses = {open()},
          .transfer = std::move(transfer)};
}

// The names of the passed stages, and of the broken one with a "!".
std::string stages_of(const Ladder& ladder) {
  std::string text;
  for (const auto stage : all_stages) {
    if (!ladder.at(stage)) continue;
    text += (text.empty() ? "" : " ") + std::string(name_of(stage));
    if (ladder.at(stage)->fault) text += "!";
  }
  return text;
}

struct Row {
  const char* what;
  WayFacts facts;
  std::optional<Fault> fault;
  std::string stages;
};

void check(const Row& row) {
  INFO(row.what);
  const auto ladder = evaluate(row.facts);
  CHECK(stages_of(ladder) == row.stages);
  const auto* step = ladder.broken();
  CHECK((step ? step->fault : std::nullopt) == row.fault);
  if (step) CHECK_FALSE(step->text.empty());
}

}  // namespace

TEST_CASE("the stages up to the route are judged one by one", "[ladder]") {
  const std::string routed = "interface address route";
  const WayFacts no_link{.endpoint = &https,
                         .family = std::nullopt,
                         .to_name_servers = {broken(HopState::no_interface_up)}};
  const WayFacts no_address{.endpoint = &https,
                            .family = std::nullopt,
                            .to_name_servers = {broken(HopState::no_address)}};
  const WayFacts no_route{
      .endpoint = &https, .family = std::nullopt, .to_name_servers = {broken(HopState::no_route)}};
  WayFacts second_server = way(https, answered());
  second_server.to_name_servers = {broken(HopState::no_route), open()};
  WayFacts no_route_further = way(https, answered());
  no_route_further.to_addresses = {broken(HopState::no_route)};
  no_route_further.transfer.reset();
  WayFacts one_family_open = way(https, answered());
  one_family_open.to_addresses = {broken(HopState::no_address), open()};
  WayFacts kernel_silent = way(https, answered());
  kernel_silent.to_name_servers.clear();
  kernel_silent.to_addresses.clear();
  check(GENERATE_COPY(values<Row>({
      {"no link", no_link, Fault::no_interface_up, "interface!"},
      {"no address", no_address, Fault::no_address, "interface address!"},
      {"no route", no_route, Fault::no_route, "interface address route!"},
      {"a second name server has a route", second_server, std::nullopt,
       routed + " dns tcp tls http"},
      {"no route after DNS", no_route_further, Fault::no_route, "interface address route! dns"},
      {"one of two addresses has a route", one_family_open, std::nullopt,
       routed + " dns tcp tls http"},
      {"the kernel cannot be asked", kernel_silent, std::nullopt, "dns tcp tls http"},
  })));
}

TEST_CASE("names come from DNS, or from the hosts file instead", "[ladder]") {
  const auto dns = [](ResolveError error) {
    return WayFacts{.endpoint = &https,
                    .family = std::nullopt,
                    .to_name_servers = {open()},
                    .dns = failed(error)};
  };
  auto by_file = way(https, answered());
  by_file.dns = failed(ResolveError::timeout);
  by_file.in_hosts_file = {ip("198.51.100.1")};
  by_file.by_hosts_file = true;
  auto proxy_unknown = dns(ResolveError::not_found);
  proxy_unknown.endpoint = &https_by_proxy;
  const std::string broken_dns = "interface address route dns!";
  check(GENERATE_COPY(values<Row>({
      {"no such name", dns(ResolveError::not_found), Fault::dns_not_found, broken_dns},
      {"refused", dns(ResolveError::refused), Fault::dns_refused, broken_dns},
      {"failed", dns(ResolveError::server_failure), Fault::dns_server_failure, broken_dns},
      {"garbage", dns(ResolveError::other), Fault::dns_server_failure, broken_dns},
      {"silent", dns(ResolveError::timeout), Fault::dns_timeout, broken_dns},
      {"in the hosts file", by_file, std::nullopt, "interface address route dns tcp tls http"},
      {"the proxy's name", proxy_unknown, Fault::proxy_unreachable,
       "interface address route proxy!"},
  })));
}

TEST_CASE("the connection and its TLS handshake are judged separately", "[ladder]") {
  const std::string routed = "interface address route dns ";
  auto refused_issuer_and_time = out_of_time();
  refused_issuer_and_time.issuer_known = false;
  auto reported = answered();
  reported.certificate = of_unknown_issuer();
  check(GENERATE_COPY(values<Row>({
      {"refused", way(https, not_connected(TransferFault::refused)), Fault::tcp_refused,
       routed + "tcp!"},
      {"dropped", way(https, not_connected(TransferFault::timeout)), Fault::tcp_timeout,
       routed + "tcp!"},
      {"unreachable", way(https, not_connected(TransferFault::unreachable)), Fault::tcp_unreachable,
       routed + "tcp!"},
      {"tcp only", way(tcp, answered(0)), std::nullopt, routed + "tcp"},
      {"no handshake", way(https, not_encrypted()), Fault::tls_failed, routed + "tcp tls!"},
      {"a good certificate and no handshake", way(https, not_encrypted(certificate())),
       Fault::tls_failed, routed + "tcp tls!"},
      {"unknown issuer", way(https, not_encrypted(of_unknown_issuer())), Fault::tls_untrusted,
       routed + "tcp tls!"},
      {"expired", way(https, not_encrypted(out_of_time())), Fault::tls_expired,
       routed + "tcp tls!"},
      {"another name", way(https, not_encrypted(of_another_name())), Fault::tls_name_mismatch,
       routed + "tcp tls!"},
      {"unknown issuer and expired", way(https, not_encrypted(refused_issuer_and_time)),
       Fault::tls_untrusted, routed + "tcp tls!"},
      {"unknown issuer, only reported", way(https_reported, reported), std::nullopt,
       routed + "tcp tls http"},
      {"both, only the issuer reported",
       way(https_reported, not_encrypted(refused_issuer_and_time)), Fault::tls_expired,
       routed + "tcp tls!"},
  })));
}

TEST_CASE("the text about a certificate is about the fault that gives the reason", "[ladder]") {
  auto all = certificate();
  all.issuer_known = all.in_time = all.name_matches = false;
  all.issuer_fault = "issuer";
  all.time_fault = "time";
  all.name_fault = "name";
  const auto text_of = [](const Endpoint& to, const Certificate& seen) {
    const auto ladder = evaluate(way(to, not_encrypted(seen)));
    return ladder.broken()->text.substr(ladder.broken()->text.rfind(": ") + 2);
  };
  CHECK(text_of(https, all) == "issuer");
  CHECK(text_of(https_reported, all) == "time");
  all.in_time = true;
  CHECK(text_of(https_reported, all) == "name");
  auto reported = answered();
  reported.certificate = of_unknown_issuer();
  reported.certificate->issuer_fault = "issuer";
  CHECK_THAT(evaluate(way(https_reported, reported)).text(),
             Catch::Contains("valid until 2030-01-01: issuer)"));
}

TEST_CASE("the date of a certificate is shown where it is accepted", "[ladder]") {
  CHECK_THAT(evaluate(way(https, answered())).text(),
             Catch::Contains("tls ok (certificate CN=x, issued by \"CN=root\", valid until "
                             "2030-01-01)"));
  auto foreign = of_unknown_issuer();
  foreign.issuer_fault = "the issuer is not trusted here";
  CHECK(evaluate(way(https, not_encrypted(foreign))).broken()->text ==
        "certificate CN=x, issued by \"CN=root\": the issuer is not trusted here");
}

TEST_CASE("a handshake that gets no answer is said to get none", "[ladder]") {
  auto silent = not_encrypted();
  silent.fault = TransferFault::timeout;
  CHECK(evaluate(way(https, silent)).broken()->text == tls_silence);
  CHECK(evaluate(way(https, not_encrypted())).broken()->text == "handshake failure");
}

TEST_CASE("a proxy and the tunnel through it are judged separately", "[ladder]") {
  const std::string routed = "interface address route ";
  auto tunnelled = answered();
  tunnelled.tunnel_status = 200;
  check(GENERATE_COPY(values<Row>({
      {"healthy", way(https_by_proxy, tunnelled), std::nullopt, routed + "proxy tcp tls http"},
      {"healthy without a tunnel", way(http_200_by_proxy, answered()), std::nullopt,
       routed + "proxy http"},
      {"down", way(https_by_proxy, not_connected(TransferFault::refused)), Fault::proxy_unreachable,
       routed + "proxy!"},
      {"requires a password for a tunnel", way(https_by_proxy, tunnel(407)),
       Fault::proxy_auth_required, routed + "proxy!"},
      {"requires a password", way(http_by_proxy, answered(407)), Fault::proxy_auth_required,
       routed + "proxy!"},
      {"a server's own 407", way(http, answered(407)), std::nullopt,
       "interface address route dns tcp http"},
      {"is none", way(https_by_proxy, tunnel(0)), Fault::proxy_unreachable, routed + "proxy!"},
      {"forbids", way(https_by_proxy, tunnel(403)), Fault::tcp_refused, routed + "proxy tcp!"},
      {"cannot connect", way(https_by_proxy, tunnel(502)), Fault::tcp_unreachable,
       routed + "proxy tcp!"},
      {"waited in vain", way(https_by_proxy, tunnel(504)), Fault::tcp_timeout,
       routed + "proxy tcp!"},
      {"is silent", way(https_by_proxy, tunnel(0, TransferFault::timeout)), Fault::tcp_timeout,
       routed + "proxy tcp!"},
  })));
}

TEST_CASE("a proxy's own answer without a tunnel is not one of the endpoint", "[ladder]") {
  const std::string proxied = "interface address route proxy ";
  auto page_of_proxy = with_body("<html>cannot connect");
  page_of_proxy.status = 503;
  auto endless = tunnel(200, TransferFault::timeout);
  endless.connecting.reset();
  auto blocked = by_proxy_itself(403);
  blocked.redirect = "http://block.example.org/";
  check(GENERATE_COPY(values<Row>({
      {"denied", way(http_by_proxy, by_proxy_itself(403)), Fault::tcp_refused, proxied + "tcp!"},
      {"denied, and sent elsewhere", way(http_by_proxy, blocked), Fault::tcp_refused,
       proxied + "tcp!"},
      {"cannot resolve", way(http_by_proxy, by_proxy_itself(503)), Fault::tcp_unreachable,
       proxied + "tcp!"},
      {"gateway timeout", way(http_by_proxy, by_proxy_itself(504, "Proxy-Status: p; error=x")),
       Fault::tcp_timeout, proxied + "tcp!"},
      {"marked although the text is there", way(ncsi_by_proxy, by_proxy_itself(502)),
       Fault::tcp_unreachable, proxied + "tcp!"},
      {"not marked: 403", way(http_by_proxy, answered(403)), Fault::http_error, proxied + "http!"},
      {"not marked: 502", way(http_by_proxy, answered(502)), Fault::http_error, proxied + "http!"},
      {"not marked: 404", way(http_by_proxy, answered(404)), Fault::http_error, proxied + "http!"},
      {"an expected 404", way(http_404_by_proxy, answered(404)), std::nullopt, proxied + "http"},
      {"an expected 403", way(http_403_by_proxy, answered(403)), Fault::http_error,
       proxied + "http!"},
      {"with the endpoint's text", way(ncsi_by_proxy, with_body("Connect Test")), std::nullopt,
       proxied + "http content"},
      {"a page without it", way(ncsi_by_proxy, page_of_proxy), Fault::content_mismatch,
       proxied + "http content!"},
      {"a page, nothing expected", way(http_by_proxy, answered(200)), Fault::answer_not_proven,
       proxied + "http!"},
      {"a redirect, nothing expected", way(http_by_proxy, redirected("https://y.example.com/")),
       Fault::answer_not_proven, proxied + "http!"},
      {"an expected status", way(http_200_by_proxy, answered(200)), std::nullopt, proxied + "http"},
      {"another status", way(http_200_by_proxy, answered(302)), Fault::http_error,
       proxied + "http!"},
      {"a marked answer without a configured proxy", way(http, by_proxy_itself(503)),
       Fault::captive_portal, "interface address route dns tcp http!"},
      {"a tunnel without end", way(tcp_by_proxy, endless), Fault::tcp_timeout, proxied + "tcp!"},
  })));
  const auto doubtful = evaluate(way(http_by_proxy, answered(502)));
  CHECK(doubtful.broken()->text ==
        "HTTP 502; whether the endpoint or the proxy answered cannot be told apart");
  CHECK(evaluate(way(http_by_proxy, answered(200))).broken()->text ==
        "HTTP 200; whether the endpoint or the proxy answered cannot be told apart");
  CHECK(evaluate(way(http_by_proxy, by_proxy_itself(503))).broken()->text ==
        "the proxy did not connect: it answered HTTP 503 (X-Squid-Error: ERR_X 0)");
}

TEST_CASE("an unexpected answer is attributed to a portal only if it could be forged", "[ladder]") {
  const std::string plain = "interface address route dns tcp http";
  const std::string encrypted = "interface address route dns tcp tls http";
  const std::string portal = "http://portal.example.org/login";
  auto broke_off = with_body("Connect");
  broke_off.fault = TransferFault::timeout;
  auto untrusted_portal = redirected(portal);
  untrusted_portal.certificate = of_unknown_issuer();
  check(GENERATE_COPY(values<Row>({
      {"any status", way(https, answered(503)), std::nullopt, encrypted},
      {"any redirect", way(http, redirected(portal)), std::nullopt, plain},
      {"no answer", way(https, not_answered()), Fault::http_error, encrypted + "!"},
      {"another status", way(http_200, answered(404)), Fault::http_error, plain + "!"},
      {"redirected elsewhere", way(http_200, redirected(portal)), Fault::captive_portal,
       plain + "!"},
      {"redirected to nonsense", way(http_200, redirected("login:")), Fault::captive_portal,
       plain + "!"},
      {"redirected on the same host", way(http_200, redirected("https://X.example.com/")),
       Fault::http_error, plain + "!"},
      {"redirected by a trusted server", way(https_200, redirected(portal)), Fault::http_error,
       encrypted + "!"},
      {"redirected by an untrusted one", way(https_200_reported, untrusted_portal),
       Fault::captive_portal, encrypted + "!"},
      {"redirected in place of the text", way(ncsi, redirected(portal)), Fault::captive_portal,
       plain + "!"},
      {"asks for a login to the network", way(http, answered(511)), Fault::captive_portal,
       plain + "!"},
      {"the text", way(ncsi, with_body("Microsoft Connect Test")), std::nullopt,
       plain + " content"},
      {"another text", way(ncsi, with_body("Microsoft NCSI")), Fault::content_mismatch,
       plain + " content!"},
      {"a web page", way(ncsi, with_body("please log in", "text/html; charset=utf-8")),
       Fault::captive_portal, plain + " content!"},
      {"a web page that does not say so", way(ncsi, with_body("\r\n <html>")),
       Fault::captive_portal, plain + " content!"},
      {"a web page of a trusted server", way(https_text, with_body("<html>")),
       Fault::content_mismatch, encrypted + " content!"},
      {"a web page of another media type", way(ncsi, with_body("log in", "Application/XHTML+xml")),
       Fault::captive_portal, plain + " content!"},
      {"a script", way(ncsi, with_body("window.location='http://portal'")), Fault::captive_portal,
       plain + " content!"},
      {"refreshed elsewhere", way(http_200, refreshed("0; URL=http://portal.example.org/")),
       Fault::captive_portal, plain + "!"},
      {"refreshed elsewhere in place of the text",
       way(ncsi, refreshed("0;//portal.example.org/login")), Fault::captive_portal, plain + "!"},
      {"refreshed on the same host", way(http_200, refreshed("5; url=/again")), std::nullopt,
       plain},
      {"refreshed elsewhere without an expectation", way(http, refreshed("0; url=http://portal/")),
       std::nullopt, plain},
      {"a text that was cut off", way(ncsi, broke_off), Fault::http_error, plain + " content!"},
  })));
}

TEST_CASE("a ladder's text is one line, and text from a server is cut", "[ladder]") {
  CHECK(evaluate(way(http_200, answered(404))).text() ==
        "interface ok → address ok → route ok (from 192.0.2.10 through eth0) → dns ok "
        "(198.51.100.1) → tcp ok (198.51.100.1:443) → http broken (HTTP 404, expected 200)");
  auto hostile = not_encrypted(of_another_name());
  hostile.certificate->subject = std::string(100'000, 'x');
  CHECK(evaluate(way(https, hostile)).text().size() < 1'000);
  CHECK(evaluate(way(http_200, redirected("http://x/" + std::string(100'000, 'x')))).text().size() <
        1'000);
}
