// The ladder: derives the first broken stage from the facts about the path to an endpoint. Pure.
// Stages after it are not tested, which is not the same as broken.
#pragma once

#include "probes/net/endpoint.h"
#include "probes/net/hop.h"
#include "probes/net/resolver.h"
#include "probes/net/transfers.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cal::net {

enum class Stage { interface, address, route, proxy, dns, tcp, tls, http, content };
inline constexpr std::array all_stages{Stage::interface, Stage::address, Stage::route,
                                       Stage::proxy,     Stage::dns,     Stage::tcp,
                                       Stage::tls,       Stage::http,    Stage::content};
std::string_view name_of(Stage stage);  // the value of a label

// From the most fundamental fault to the least.
enum class Fault {
  no_interface_up,
  no_address,
  no_route,
  dns_not_found,
  dns_refused,
  dns_server_failure,
  dns_timeout,
  proxy_unreachable,
  proxy_auth_required,
  tcp_refused,
  tcp_timeout,
  tcp_unreachable,
  tls_failed,
  tls_untrusted,
  tls_expired,
  tls_name_mismatch,
  http_error,
  captive_portal,
  content_mismatch,
  answer_not_proven,  // it may be of the proxy
};

// The text of `tls_failed` if the peer takes the connection and then says nothing.
inline constexpr std::string_view tls_silence = "nothing answers the TLS handshake";

// The facts about the path to one endpoint, for one choice of family. Empty fields were not asked
// for, or not needed.
struct WayFacts {
  const Endpoint* endpoint;
  FamilyChoice family;
  std::vector<Hop> to_name_servers = {};
  std::optional<Lookup> dns = std::nullopt;  // of the endpoint's name, or of its proxy's
  std::vector<Address> in_hosts_file = {};   // addresses of that name in this host's hosts file
  bool by_hosts_file = false;                // whether these are used instead of DNS
  std::vector<Hop> to_addresses = {};        // of the endpoint, or of its proxy
  std::optional<Transfer> transfer = std::nullopt;
};

struct Step {
  std::optional<Fault> fault;
  std::string text;  // the finding, for people
  Transfer::Time took = std::nullopt;
};

struct Ladder {
  std::array<std::optional<Step>, all_stages.size()> steps;  // empty: not tested, or not needed

  const std::optional<Step>& at(Stage stage) const {
    return steps[static_cast<std::size_t>(stage)];
  }
  std::optional<Step>& at(Stage stage) { return steps[static_cast<std::size_t>(stage)]; }

  // The broken step; null if none is broken.
  const Step* broken() const;
  std::optional<Stage> broken_stage() const;

  // The steps in a line: "interface ok (eth0) → … → tcp broken (…)".
  std::string text() const;
};

// Evaluates the stages up to the first broken one, as far as there are facts.
Ladder evaluate(const WayFacts& facts);

}  // namespace cal::net
