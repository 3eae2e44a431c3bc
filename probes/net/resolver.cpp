#include "probes/net/resolver.h"

#include "agent/base/text.h"
#include "probes/net/dns_channel.h"

#include <arpa/nameser.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netdb.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <tuple>

namespace cal::net {

namespace {

struct AddrInfoDeleter {
  void operator()(ares_addrinfo* info) const { ares_freeaddrinfo(info); }
};
using AddrInfo = std::unique_ptr<ares_addrinfo, AddrInfoDeleter>;

struct SrvDeleter {
  void operator()(ares_srv_reply* reply) const { ares_free_data(reply); }
};

struct HostDeleter {
  void operator()(hostent* host) const { ares_free_hostent(host); }
};

struct ServersDeleter {
  void operator()(ares_addr_port_node* servers) const { ares_free_data(servers); }
};

ResolveError error_of(int status) {
  switch (status) {
    case ARES_ENOTFOUND:
    case ARES_ENODATA:
      return ResolveError::not_found;
    case ARES_EREFUSED:
    case status_port_closed:
      return ResolveError::refused;
    case ARES_ESERVFAIL:
    case ARES_ENOTIMP:
    case ARES_ECONNREFUSED:
    case status_error_code:
      return ResolveError::server_failure;
    case ARES_ETIMEOUT:
    case ARES_ECANCELLED:  // canceled at the deadline
      return ResolveError::timeout;
    default:
      return ResolveError::other;
  }
}

std::string_view words_of(int status) {
  switch (status) {
    case ARES_ENOTFOUND:
      return "no such name (NXDOMAIN)";
    case ARES_ENODATA:
      return "the name has no such record";
    case ARES_EREFUSED:
      return "the name server refuses to answer (REFUSED)";
    case status_port_closed:
      return "connection refused: nothing listens on the port, or a firewall rejects it";
    case ARES_ESERVFAIL:
      return "the name server failed (SERVFAIL)";
    case status_error_code:
      return "the name server answered with an error code (above 5, such as NOTAUTH)";
    case ARES_ECONNREFUSED:
      return "no name server can be reached";
    case ARES_ETIMEOUT:
    case ARES_ECANCELLED:
      return "no name server answered in time";
    default:
      return ares_strerror(status);
  }
}

ResolveFault fault_of(int status, std::string_view what, const std::string& name,
                      const std::vector<std::string>& name_servers) {
  const std::string servers = name_servers.empty()
                                  ? "the system's name servers"
                                  : fmt::format("{}", fmt::join(name_servers, ", "));
  return {error_of(status),
          fmt::format("look up {} of {} by {}: {}", what, name, servers, words_of(status))};
}

int domain_of(Family family) { return family == Family::v4 ? AF_INET : AF_INET6; }

// One query in progress, and its result.
struct NameQuery {
  Report report;
  AddrInfo info = nullptr;
  SteadyTime begun = {};
  std::chrono::nanoseconds took{0};
};

void start_name_query(ares_channel channel, const Question& question, NameQuery& query) {
  query.begun = std::chrono::steady_clock::now();
  ares_addrinfo_hints hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_family = question.family ? domain_of(*question.family) : AF_UNSPEC;
  const auto name = question.host + (question.exact ? "." : "");
  ares_getaddrinfo(
      channel, name.c_str(), nullptr, &hints,
      [](void* out, int status, int, ares_addrinfo* info) {
        auto& done = *static_cast<NameQuery*>(out);
        done.info.reset(info);
        done.took = std::chrono::steady_clock::now() - done.begun;
        done.report(status);
      },
      &query);
}

// The same address may be in a file or an answer twice.
void add_once(std::vector<Address>& addresses, const Address& address) {
  if (std::ranges::find(addresses, address) == addresses.end()) addresses.push_back(address);
}

std::vector<Address> addresses_of(const AddrInfo& info) {
  std::vector<Address> addresses;
  for (const auto* node = info ? info->nodes : nullptr; node != nullptr; node = node->ai_next) {
    if (const auto address = address_of(*node->ai_addr)) add_once(addresses, *address);
  }
  return addresses;
}

// What is known without a query: an address, and localhost, for which c-ares asks no server (RFC
// 6761, 6.3).
std::vector<Address> known_addresses(const Question& question) {
  if (const auto literal = Address::parse(question.host)) return {*literal};
  if (folded(question.host) != "localhost") return {};
  auto addresses = Resolver::in_hosts_file(question);
  if (!addresses.empty()) return addresses;
  for (const auto* loopback : {"127.0.0.1", "::1"}) {
    const auto address = *Address::parse(loopback);
    if (question.family.value_or(address.family) == address.family) addresses.push_back(address);
  }
  return addresses;
}

std::vector<Lookup> look_up_all(const std::vector<Question>& questions, Sources sources,
                                const std::vector<std::string>& name_servers, Deadline deadline) {
  std::vector<NameQuery> queries(questions.size());
  const auto start = [&](ares_channel channel, std::size_t number, Report report) {
    queries[number].report = std::move(report);
    if (!known_addresses(questions[number]).empty()) return queries[number].report(ARES_SUCCESS);
    start_name_query(channel, questions[number], queries[number]);
  };
  std::vector<std::string> names;
  names.reserve(questions.size());
  for (const auto& question : questions) names.push_back(question.host);
  const auto statuses = ask(name_servers, sources, names, start, deadline);
  std::vector<Lookup> lookups;
  for (std::size_t number = 0; number < questions.size(); ++number) {
    const auto& [host, family, exact] = questions[number];
    const auto took = queries[number].took;
    auto addresses = known_addresses(questions[number]);
    if (addresses.empty()) addresses = addresses_of(queries[number].info);
    if (statuses[number] == ARES_SUCCESS && !addresses.empty()) {
      lookups.push_back({std::move(addresses), took});
      continue;
    }
    const int status = statuses[number] == ARES_SUCCESS ? ARES_ENODATA : statuses[number];
    const auto what = !family                 ? "the address"
                      : *family == Family::v4 ? "the IPv4 address"
                                              : "the IPv6 address";
    lookups.push_back({tl::unexpected(fault_of(status, what, host, name_servers)), took});
  }
  return lookups;
}

}  // namespace

Resolver::Resolver(std::vector<std::string> name_servers)
    : name_servers_(std::move(name_servers)) {}

Resolved<std::vector<Address>> Resolver::resolve(const std::string& host, Deadline deadline) const {
  return look_up_all({{host, std::nullopt}}, Sources::hosts_file_and_dns, name_servers_, deadline)
      .front()
      .answer;
}

std::vector<Lookup> Resolver::ask_dns(const std::vector<Question>& questions,
                                      Deadline deadline) const {
  return look_up_all(questions, Sources::dns, name_servers_, deadline);
}

std::vector<Address> Resolver::in_hosts_file(const Question& question) {
  Channel channel;
  std::vector<Address> addresses;
  if (open_channel({}, Sources::hosts_file_and_dns, channel) != ARES_SUCCESS) {
    return addresses;
  }
  for (const auto family : {Family::v4, Family::v6}) {
    if (question.family.value_or(family) != family) continue;
    hostent* raw = nullptr;
    ares_gethostbyname_file(channel.get(), question.host.c_str(), domain_of(family), &raw);
    const std::unique_ptr<hostent, HostDeleter> host(raw);
    if (!host) continue;
    for (char** bytes = host->h_addr_list; *bytes != nullptr; ++bytes) {
      Address address{family};
      std::memcpy(address.octets.data(), *bytes, static_cast<std::size_t>(host->h_length));
      add_once(addresses, address);
    }
  }
  return addresses;
}

std::vector<Address> Resolver::servers() const {
  Channel channel;
  ares_addr_port_node* raw = nullptr;
  std::vector<Address> addresses;
  if (open_channel(name_servers_, Sources::dns, channel) != ARES_SUCCESS ||
      ares_get_servers_ports(channel.get(), &raw) != ARES_SUCCESS) {
    return addresses;
  }
  const std::unique_ptr<ares_addr_port_node, ServersDeleter> owner(raw);
  for (const auto* node = raw; node != nullptr; node = node->next) {
    Address address{node->family == AF_INET ? Family::v4 : Family::v6};
    if (node->family == AF_INET) {
      std::memcpy(address.octets.data(), &node->addr.addr4, 4);
    } else {
      std::memcpy(address.octets.data(), &node->addr.addr6, 16);
    }
    addresses.push_back(address);
  }
  return addresses;
}

Resolved<std::vector<Service>> Resolver::resolve_srv(const std::string& name,
                                                     Deadline deadline) const {
  struct Answer {
    Report report;
    std::vector<Service> services;
  } answer{nullptr, {}};
  const auto start = [&](ares_channel channel, std::size_t, Report report) {
    answer.report = std::move(report);
    ares_query(
        channel, name.c_str(), ns_c_in, ns_t_srv,
        [](void* out, int result, int, unsigned char* bytes, int size) {
          auto& to = *static_cast<Answer*>(out);
          if (result == ARES_SUCCESS) {
            ares_srv_reply* rows = nullptr;
            result = ares_parse_srv_reply(bytes, size, &rows);
            const std::unique_ptr<ares_srv_reply, SrvDeleter> owner(rows);
            for (const auto* row = rows; row != nullptr; row = row->next) {
              to.services.push_back({row->host, row->port, row->priority, row->weight});
            }
          }
          to.report(result);
        },
        &answer);
  };
  int status = ask(name_servers_, Sources::hosts_file_and_dns, {name}, start, deadline).front();
  // A target "." means that the service is decidedly not available (RFC 2782); c-ares returns it as
  // an empty host.
  std::erase_if(answer.services,
                [](const Service& service) { return service.host.empty() || service.host == "."; });
  if (status == ARES_SUCCESS && answer.services.empty()) status = ARES_ENODATA;
  if (status != ARES_SUCCESS) {
    return tl::unexpected(fault_of(status, "the SRV records", name, name_servers_));
  }
  std::ranges::stable_sort(answer.services, {}, [](const Service& service) {
    return std::tuple(service.priority, -static_cast<int>(service.weight));
  });
  return answer.services;
}

}  // namespace cal::net
