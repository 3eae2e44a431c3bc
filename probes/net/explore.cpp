#include "probes/net/explore.h"

#include "agent/contract/phase_timer.h"
#include "probes/net/descriptors.h"
#include "probes/net/kernel.h"

#include <algorithm>

namespace cal::net {

namespace {

// The kernel, or why it cannot be asked.
using KernelAnswer = tl::expected<Kernel, std::string>;

const std::string& next_host(const WayFacts& way) {
  return way.endpoint->proxy ? way.endpoint->proxy->host : way.endpoint->url.host;
}

// An answer for a name in the search list must not hide that an endpoint's name does not exist. A
// proxy's name, and a name of one label, are completed as other programs do it.
Question question_of(const WayFacts& way) {
  const auto& host = next_host(way);
  const bool exact = !way.endpoint->proxy && host.find('.') != std::string::npos;
  return {host, way.family, exact};
}

bool broken(const WayFacts& way) { return evaluate(way).broken() != nullptr; }

std::vector<Hop> hops_to(const std::vector<Address>& addresses, KernelAnswer& kernel) {
  std::vector<Hop> hops;
  if (!kernel) return hops;
  for (const auto& written : addresses) {
    const auto address = written.unmapped();
    hops.push_back(describe_hop(address, kernel->interfaces(), kernel->route_to(address)));
  }
  return hops;
}

void look_before_dns(std::vector<WayFacts>& ways, const Resolver& resolver, KernelAnswer& kernel) {
  const auto to_name_servers = hops_to(resolver.servers(), kernel);
  for (auto& way : ways) {
    const auto question = question_of(way);
    if (Address::parse(question.host)) continue;
    way.in_hosts_file = Resolver::in_hosts_file(question);
    way.by_hosts_file = resolver.uses_hosts_file() && !way.in_hosts_file.empty();
    if (!way.by_hosts_file) way.to_name_servers = to_name_servers;
  }
}

// Names in the hosts file are also looked up in DNS, to show a difference.
void ask_dns(std::vector<WayFacts>& ways, const Resolver& resolver, const KernelAnswer& kernel,
             Deadline deadline) {
  std::vector<Question> questions;
  for (const auto& way : ways) {
    if (!Address::parse(next_host(way)) && !broken(way)) questions.push_back(question_of(way));
  }
  std::ranges::sort(questions);
  questions.erase(std::unique(questions.begin(), questions.end()), questions.end());
  const auto lookups = resolver.ask_dns(questions, deadline);
  for (auto& way : ways) {
    const auto found = std::ranges::lower_bound(questions, question_of(way));
    if (found == questions.end() || *found != question_of(way) || broken(way)) continue;
    way.dns = lookups[static_cast<std::size_t>(found - questions.begin())];
    // A name server on this host answers even without a network, but can then only fail.
    const auto& servers = way.to_name_servers;
    if (way.dns->answer || servers.empty() || !std::ranges::all_of(servers, &Hop::loopback)) {
      continue;
    }
    if (const auto cut_off = why_cut_off(servers.front().to, kernel->interfaces())) {
      way.to_name_servers = {*cut_off};
    }
  }
}

std::vector<Address> addresses_of(const WayFacts& way) {
  if (const auto literal = Address::parse(next_host(way))) return {*literal};
  return way.by_hosts_file ? way.in_hosts_file : way.dns->answer.value();
}

void look_at_routes(std::vector<WayFacts>& ways, KernelAnswer& kernel) {
  for (auto& way : ways) {
    if (!broken(way)) way.to_addresses = hops_to(addresses_of(way), kernel);
  }
}

void transfer(std::vector<WayFacts>& ways, const TrustStore& trust, Deadline deadline) {
  std::vector<Request> requests;
  std::vector<WayFacts*> asked;
  for (auto& way : ways) {
    if (broken(way)) continue;
    auto addresses = addresses_of(way);
    std::erase_if(addresses, [&](const Address& address) {
      const auto hop = std::ranges::find(way.to_addresses, address.unmapped(), &Hop::to);
      return hop != way.to_addresses.end() && hop->state != HopState::open;
    });
    requests.push_back({way.endpoint, std::move(addresses)});
    asked.push_back(&way);
  }
  auto transfers = transfer_all(requests, trust, deadline);
  for (std::size_t i = 0; i < asked.size(); ++i) asked[i]->transfer = std::move(transfers[i]);
}

}  // namespace

Exploration explore(const std::vector<Endpoint>& endpoints, const Resolver& resolver,
                    const TrustStore& trust, Deadline deadline) {
  Exploration found;
  for (const auto& endpoint : endpoints) {
    for (const auto family : endpoint.families) found.ways.push_back({&endpoint, family});
  }
  require_free_descriptor();
  auto kernel = Kernel::open();
  if (!kernel) found.kernel_fault = kernel.error();
  {
    const PhaseTimer timer(found.phases, "route");
    look_before_dns(found.ways, resolver, kernel);
  }
  {
    const PhaseTimer timer(found.phases, "dns");
    // A silent name server must leave time for the endpoints that have an address.
    ask_dns(found.ways, resolver, kernel, deadline.share(2));
  }
  {
    const PhaseTimer timer(found.phases, transfer_phase);
    look_at_routes(found.ways, kernel);
    transfer(found.ways, trust, deadline);
  }
  return found;
}

}  // namespace cal::net
