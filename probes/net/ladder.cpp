#include "probes/net/ladder.h"

#include "agent/base/text.h"
#include "probes/net/portal.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace cal::net {

namespace {

constexpr int proxy_wants_password = 407;
constexpr int wants_login_to_network = 511;  // RFC 6585, 6

// Text from servers is shown, but only up to a limit.
std::string cut(const std::string& text) { return text.substr(0, 200); }

// Adds the stages up to `route` from the best of several hops. Returns whether to continue.
bool evaluate_hops(const std::vector<Hop>& hops, Ladder& ladder) {
  if (hops.empty()) return true;  // the kernel could not be asked
  const auto& best = *std::ranges::max_element(hops, {}, &Hop::state);
  const auto add = [&](Stage stage, HopState broken_state, Fault fault) {
    if (best.state == broken_state) {
      ladder.at(stage) = Step{fault, best.text};
      return false;
    }
    ladder.at(stage) = Step{std::nullopt, stage == Stage::route ? best.text : ""};
    return true;
  };
  return add(Stage::interface, HopState::no_interface_up, Fault::no_interface_up) &&
         add(Stage::address, HopState::no_address, Fault::no_address) &&
         add(Stage::route, HopState::no_route, Fault::no_route);
}

Fault fault_of(ResolveError error) {
  switch (error) {
    case ResolveError::not_found:
      return Fault::dns_not_found;
    case ResolveError::refused:
      return Fault::dns_refused;
    case ResolveError::timeout:
      return Fault::dns_timeout;
    case ResolveError::server_failure:
    case ResolveError::other:
      return Fault::dns_server_failure;
  }
  return Fault::dns_server_failure;
}

// Looking up a proxy's name belongs to the stage `proxy`: the proxy, not this host, then resolves
// the endpoint's name.
bool evaluate_dns(const WayFacts& facts, Ladder& ladder) {
  const bool proxied = facts.endpoint->proxy.has_value();
  if (facts.by_hosts_file) {
    if (!proxied) {
      ladder.at(Stage::dns) =
          Step{std::nullopt, list_of(facts.in_hosts_file) + " from the hosts file"};
    }
    return true;
  }
  if (!facts.dns) return true;
  const auto& answer = facts.dns->answer;
  if (proxied && !answer) {
    ladder.at(Stage::proxy) = Step{Fault::proxy_unreachable, answer.error().message};
  } else if (!proxied) {
    ladder.at(Stage::dns) =
        answer ? Step{std::nullopt, list_of(*answer), facts.dns->took}
               : Step{fault_of(answer.error().error), answer.error().message, facts.dns->took};
  }
  return answer.has_value();
}

// "192.0.2.1 port 443: connection refused"
std::string why_not_connected(const WayFacts& facts) {
  const auto& transfer = *facts.transfer;
  const auto port = facts.endpoint->proxy ? facts.endpoint->proxy->port : facts.endpoint->url.port;
  return fmt::format("{} port {}: {}", list_of(transfer.tried), port, transfer.message);
}

Step tunnel_fault(int status) {
  const auto text = fmt::format("the proxy did not connect: it answered HTTP {}", status);
  if (status == 504) return {Fault::tcp_timeout, text};
  return {status / 100 == 5 ? Fault::tcp_unreachable : Fault::tcp_refused, text};
}

// Through a proxy, `tcp` is the connection that the proxy makes to the endpoint.
Step tunnel_step(const Transfer& transfer) {
  const int status = transfer.tunnel_status;
  const bool complete = transfer.connecting || transfer.fault == TransferFault::none;
  if (status / 100 == 2 && !complete) {
    return {Fault::tcp_timeout, "the proxy's answer has no end: " + transfer.message};
  }
  if (status / 100 == 2) return {std::nullopt, "connected by the proxy", transfer.connecting};
  if (status == 0) return {Fault::tcp_timeout, "the proxy did not report a connection in time"};
  return tunnel_fault(status);
}

// Without a tunnel, a proxy's own answer looks like one of the endpoint, but for its headers.
Step proxied_step(const Transfer& transfer) {
  if (transfer.answered_by_proxy.empty()) return {};
  auto step = tunnel_fault(transfer.status);
  step.text += fmt::format(" ({})", cut(transfer.answered_by_proxy));
  return step;
}

bool evaluate_proxy(const WayFacts& facts, Ladder& ladder) {
  const auto& transfer = *facts.transfer;
  const bool tunnel = facts.endpoint->url.scheme != Scheme::http;
  const auto proxy = facts.endpoint->proxy->text();
  if (!transfer.connected()) {
    ladder.at(Stage::proxy) = Step{Fault::proxy_unreachable,
                                   fmt::format("proxy {} at {}", proxy, why_not_connected(facts))};
    return false;
  }
  if ((tunnel ? transfer.tunnel_status : transfer.status) == proxy_wants_password) {
    ladder.at(Stage::proxy) = Step{Fault::proxy_auth_required,
                                   fmt::format("proxy {} requires a user and a password", proxy)};
    return false;
  }
  if (tunnel && transfer.tunnel_status == 0 && transfer.fault == TransferFault::other) {
    ladder.at(Stage::proxy) =
        Step{Fault::proxy_unreachable,
             fmt::format("{} does not behave like an HTTP proxy: {}", proxy, transfer.message)};
    return false;
  }
  ladder.at(Stage::proxy) = Step{std::nullopt, proxy, tunnel ? std::nullopt : transfer.connecting};
  auto step = tunnel ? tunnel_step(transfer) : proxied_step(transfer);
  if (!tunnel && !step.fault) return true;  // the endpoint's connection is not seen
  return !(ladder.at(Stage::tcp) = std::move(step))->fault;
}

bool evaluate_tcp(const WayFacts& facts, Ladder& ladder) {
  const auto& transfer = *facts.transfer;
  auto& step = ladder.at(Stage::tcp);
  if (transfer.connected()) {
    step = Step{std::nullopt, transfer.peer, transfer.connecting};
    return true;
  }
  const auto fault = transfer.fault == TransferFault::refused   ? Fault::tcp_refused
                     : transfer.fault == TransferFault::timeout ? Fault::tcp_timeout
                                                                : Fault::tcp_unreachable;
  step = Step{fault, why_not_connected(facts)};
  return false;
}

Step no_handshake(const Transfer& transfer) {
  return {Fault::tls_failed,
          transfer.fault == TransferFault::timeout ? std::string(tls_silence) : transfer.message};
}

bool evaluate_tls(const WayFacts& facts, Ladder& ladder) {
  const auto& transfer = *facts.transfer;
  const auto trust = facts.endpoint->tls_trust;
  auto& step = ladder.at(Stage::tls);
  if (!transfer.certificate) {
    step =
        transfer.encrypting ? Step{std::nullopt, "", transfer.encrypting} : no_handshake(transfer);
    return !step->fault;
  }
  const auto& certificate = *transfer.certificate;
  // The text is about the fault that gives the reason, or that is only reported.
  const auto [fault, why] = [&]() -> std::pair<std::optional<Fault>, std::string> {
    if (!certificate.issuer_known && trust == TlsTrust::require) {
      return {Fault::tls_untrusted, certificate.issuer_fault};
    }
    if (!certificate.in_time) return {Fault::tls_expired, certificate.time_fault};
    if (!certificate.name_matches) return {Fault::tls_name_mismatch, certificate.name_fault};
    return {std::nullopt, certificate.issuer_fault};
  }();
  const auto until = fault ? "" : ", valid until " + day_text(certificate.not_after);
  const auto text = fmt::format("certificate {}, issued by \"{}\"{}{}", cut(certificate.subject),
                                cut(certificate.issuer), until, why.empty() ? "" : ": " + why);
  if (!fault && !transfer.encrypting) {
    step = no_handshake(transfer);
  } else {
    step = Step{fault, text, fault ? std::nullopt : transfer.encrypting};
  }
  return !step->fault;
}

// Whether anything on the path could have forged this answer.
bool could_be_forged(const WayFacts& facts) {
  return facts.endpoint->url.scheme == Scheme::http || !facts.transfer->certificate ||
         !facts.transfer->certificate->trusted();
}

// Whether this answer could as well be of the proxy, whose own answers need no mark. A status that
// an endpoint is expected to give is of the endpoint, but for those that proxies give most. Without
// an expectation, nothing tells them apart: proxies answer with pages (200) and redirects, too.
bool could_be_of_proxy(const WayFacts& facts) {
  const auto& endpoint = *facts.endpoint;
  if (!endpoint.proxy || endpoint.url.scheme != Scheme::http) return false;
  const int status = facts.transfer->status;
  const bool usual = status == 403 || status >= 500;
  const bool by_text_alone = !endpoint.expect_body.empty() && status < 400;
  return usual || (endpoint.expect_status.empty() && !by_text_alone);
}

bool evaluate_http(const WayFacts& facts, Ladder& ladder) {
  const auto& endpoint = *facts.endpoint;
  const auto& transfer = *facts.transfer;
  auto& step = ladder.at(Stage::http);
  const auto answer = fmt::format("HTTP {}{}", transfer.status,
                                  transfer.redirect.empty() ? "" : " to " + cut(transfer.redirect));
  const bool expected =
      endpoint.expect_status.empty() ||
      std::ranges::find(endpoint.expect_status, transfer.status) != endpoint.expect_status.end();
  const bool expects_text = !endpoint.expect_body.empty();
  const bool expects = expects_text || !endpoint.expect_status.empty();
  const auto& host = endpoint.url.host;
  const bool sent_elsewhere =
      could_be_forged(facts) &&
      (((!expected || expects_text) && leads_elsewhere(transfer.redirect, host)) ||
       (expects && refreshes_elsewhere(transfer.refresh, host)));
  if (transfer.status == 0) {
    step = Step{Fault::http_error, transfer.message};
  } else if (transfer.status == wants_login_to_network) {
    step = Step{Fault::captive_portal, answer};
  } else if (!transfer.answered_by_proxy.empty() && could_be_forged(facts)) {
    step = Step{Fault::captive_portal, fmt::format("a proxy on the path answered: {} ({})", answer,
                                                   cut(transfer.answered_by_proxy))};
  } else if (sent_elsewhere) {
    step = Step{Fault::captive_portal, transfer.redirect.empty()
                                           ? fmt::format("{}, which is to be refreshed by {}",
                                                         answer, cut(transfer.refresh))
                                           : answer};
  } else if (!expected || (could_be_of_proxy(facts) && !expects_text)) {
    const auto wanted =
        expected ? "" : fmt::format(", expected {}", fmt::join(endpoint.expect_status, " or "));
    const bool doubtful = could_be_of_proxy(facts);
    const auto doubt =
        doubtful ? "; whether the endpoint or the proxy answered cannot be told apart" : "";
    const bool is_error = !expected || transfer.status >= 400;
    step = Step{is_error ? Fault::http_error : Fault::answer_not_proven, answer + wanted + doubt};
  } else {
    step = Step{std::nullopt, answer, transfer.answering};
  }
  return !step->fault;
}

void evaluate_content(const WayFacts& facts, Ladder& ladder) {
  const auto& transfer = *facts.transfer;
  const auto& wanted = facts.endpoint->expect_body;
  auto& step = ladder.at(Stage::content);
  if (transfer.body.find(wanted) != std::string::npos) {
    step = Step{std::nullopt, "as expected", transfer.reading};
  } else if (transfer.fault != TransferFault::none) {
    step = Step{Fault::http_error, "the answer was cut off: " + transfer.message};
  } else {
    const auto missing = fmt::format("'{}' is not in the first {} bytes of the answer", cut(wanted),
                                     transfer.body.size());
    if (could_be_of_proxy(facts)) {
      step = Step{Fault::content_mismatch,
                  fmt::format("{}, an HTTP {} that may be of the proxy", missing, transfer.status)};
    } else if (could_be_forged(facts) && is_for_browsers(transfer.content_type, transfer.body)) {
      step = Step{Fault::captive_portal, missing + ", which is a web page"};
    } else {
      step = Step{Fault::content_mismatch, missing};
    }
  }
}

void evaluate_transfer(const WayFacts& facts, Ladder& ladder) {
  const auto& endpoint = *facts.endpoint;
  if (!(endpoint.proxy ? evaluate_proxy(facts, ladder) : evaluate_tcp(facts, ladder))) return;
  if (endpoint.url.scheme == Scheme::tcp) return;
  if (endpoint.url.scheme == Scheme::https && !evaluate_tls(facts, ladder)) return;
  if (!evaluate_http(facts, ladder) || endpoint.expect_body.empty()) return;
  evaluate_content(facts, ladder);
}

}  // namespace

std::string_view name_of(Stage stage) {
  constexpr std::array<std::string_view, all_stages.size()> names{
      "interface", "address", "route", "proxy", "dns", "tcp", "tls", "http", "content"};
  return names[static_cast<std::size_t>(stage)];
}

const Step* Ladder::broken() const {
  const auto stage = broken_stage();
  return stage ? &*at(*stage) : nullptr;
}

std::optional<Stage> Ladder::broken_stage() const {
  const auto found = std::ranges::find_if(
      all_stages, [this](Stage stage) { return at(stage) && at(stage)->fault; });
  return found == all_stages.end() ? std::nullopt : std::optional(*found);
}

std::string Ladder::text() const {
  std::vector<std::string> parts;
  for (const auto stage : all_stages) {
    const auto& step = at(stage);
    if (!step) continue;
    const auto* state = !step->fault                              ? "ok"
                        : step->fault == Fault::answer_not_proven ? "not proven"
                                                                  : "broken";
    parts.push_back(fmt::format("{} {}{}", name_of(stage), state,
                                step->text.empty() ? "" : fmt::format(" ({})", step->text)));
  }
  return linked(parts);
}

Ladder evaluate(const WayFacts& facts) {
  Ladder ladder;
  if (evaluate_hops(facts.to_name_servers, ladder) && evaluate_dns(facts, ladder) &&
      evaluate_hops(facts.to_addresses, ladder) && facts.transfer) {
    evaluate_transfer(facts, ladder);
  }
  return ladder;
}

}  // namespace cal::net
