#include "probes/net/resolver.h"

#include "probes/net/connect.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <tuple>

namespace cal::net {

namespace {

// How c-ares treats SERVFAIL, NOTIMP and REFUSED.
enum class RefusingServer {
  skip,   // ask the next one; when none is left the reason is gone: ARES_ECONNREFUSED
  report  // say it at once
};

struct ChannelDeleter {
  void operator()(ares_channel channel) const { ares_destroy(channel); }
};
using Channel = std::unique_ptr<ares_channeldata, ChannelDeleter>;

struct AddrInfoDeleter {
  void operator()(ares_addrinfo* info) const { ares_freeaddrinfo(info); }
};
using AddrInfo = std::unique_ptr<ares_addrinfo, AddrInfoDeleter>;

struct SrvDeleter {
  void operator()(ares_srv_reply* reply) const { ares_free_data(reply); }
};

ResolveError error_of(int status) {
  switch (status) {
    case ARES_ENOTFOUND:
    case ARES_ENODATA:
      return ResolveError::not_found;
    case ARES_EREFUSED:
      return ResolveError::refused;
    case ARES_ESERVFAIL:
    case ARES_ENOTIMP:
    case ARES_ECONNREFUSED:
      return ResolveError::server_failure;
    case ARES_ETIMEOUT:
    case ARES_ECANCELLED:  // by us, at the deadline
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
    case ARES_ESERVFAIL:
      return "the name server failed (SERVFAIL)";
    case ARES_ECONNREFUSED:
      return "no name server can be reached";
    case ARES_ETIMEOUT:
    case ARES_ECANCELLED:
      return "no name server answered in time";
    default:
      return ares_strerror(status);
  }
}

int open_channel(const std::vector<std::string>& name_servers, RefusingServer refusing,
                 Channel& channel) {
  // c-ares wants to be initialised once in a process, before any other call.
  static const int initialised = ares_library_init(ARES_LIB_INIT_ALL);
  if (initialised != ARES_SUCCESS) return initialised;

  ares_options options{};
  int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_FLAGS;
  options.timeout = 1000;  // of the first try, milliseconds; it doubles
  options.tries = 4;
  options.flags = refusing == RefusingServer::report ? ARES_FLAG_NOCHECKRESP : 0;
  std::array<char, 2> dns_only{"b"};
  if (!name_servers.empty()) {
    options.lookups = dns_only.data();  // no hosts file,
    options.ndomains = 0;               // no search list
    mask |= ARES_OPT_LOOKUPS | ARES_OPT_DOMAINS;
  }
  ares_channel raw = nullptr;
  const int status = ares_init_options(&raw, &options, mask);
  if (status != ARES_SUCCESS) return status;
  channel.reset(raw);
  if (name_servers.empty()) return ARES_SUCCESS;
  return ares_set_servers_ports_csv(raw, fmt::format("{}", fmt::join(name_servers, ",")).c_str());
}

// Runs what `channel` has under way; at the deadline it is cancelled, which calls it back too.
void run(ares_channel channel, Deadline deadline) {
  while (true) {
    std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
    const int mask = ares_getsock(channel, sockets.data(), static_cast<int>(sockets.size()));
    const auto bits = static_cast<unsigned>(mask);
    std::vector<pollfd> wanted;
    for (std::size_t i = 0; i < sockets.size(); ++i) {
      short events = 0;
      if ((bits >> i & 1U) != 0) events = POLLIN;
      if ((bits >> (i + ARES_GETSOCK_MAXNUM) & 1U) != 0) events |= POLLOUT;
      if (events != 0) wanted.push_back({sockets[i], events, 0});
    }
    if (wanted.empty()) return;
    if (deadline.passed()) return ares_cancel(channel);

    const auto left = std::min<Milliseconds::rep>(deadline.left().count() + 1, 60'000);
    timeval most{left / 1000, left % 1000 * 1000};
    timeval until{};
    const timeval* next = ares_timeout(channel, &most, &until);
    ::poll(wanted.data(), wanted.size(),
           static_cast<int>(next->tv_sec * 1000 + (next->tv_usec + 999) / 1000));
    for (const auto& socket : wanted) {
      const bool readable = (socket.revents & (POLLIN | POLLHUP | POLLERR)) != 0;
      const bool writable = (socket.revents & POLLOUT) != 0;
      ares_process_fd(channel, readable ? socket.fd : ARES_SOCKET_BAD,
                      writable ? socket.fd : ARES_SOCKET_BAD);
    }
  }
}

// Starts a query on a channel, which reports its status through the second argument.
using Query = std::function<void(ares_channel, int& status)>;

// The status of a query, with what servers say told apart from servers that are not there: c-ares
// either moves on to the next server or tells why it failed, so the question is asked twice.
int ask(const std::vector<std::string>& name_servers, const Query& query, Deadline deadline) {
  int status = ARES_ECONNREFUSED;
  for (const auto refusing : {RefusingServer::skip, RefusingServer::report}) {
    Channel channel;
    if (const int opened = open_channel(name_servers, refusing, channel); opened != ARES_SUCCESS) {
      return opened;
    }
    query(channel.get(), status);
    run(channel.get(), deadline);
    if (status != ARES_ECONNREFUSED) break;
  }
  return status;
}

ResolveFault fault_of(int status, std::string_view what, const std::string& name,
                      const std::vector<std::string>& name_servers) {
  const std::string servers = name_servers.empty()
                                  ? "the system's name servers"
                                  : fmt::format("{}", fmt::join(name_servers, ", "));
  return {error_of(status),
          fmt::format("look up {} of {} by {}: {}", what, name, servers, words_of(status))};
}

std::optional<Address> address_of(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    Address v4{Family::v4};
    std::memcpy(v4.octets.data(), &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, 4);
    return v4;
  }
  if (address->sa_family == AF_INET6) {
    Address v6{Family::v6};
    std::memcpy(v6.octets.data(), &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, 16);
    return v6;
  }
  return std::nullopt;
}

}  // namespace

Resolver::Resolver(std::vector<std::string> name_servers)
    : name_servers_(std::move(name_servers)) {}

Resolved<std::vector<Address>> Resolver::resolve(const std::string& host, Deadline deadline) const {
  if (const auto literal = Address::parse(host)) return std::vector{*literal};

  struct Answer {
    int* status;
    AddrInfo info;
  } answer{nullptr, nullptr};
  const auto query = [&](ares_channel channel, int& status) {
    answer.status = &status;
    ares_addrinfo_hints hints{};
    hints.ai_socktype = SOCK_STREAM;
    ares_getaddrinfo(
        channel, host.c_str(), nullptr, &hints,
        [](void* out, int result, int, ares_addrinfo* info) {
          auto& to = *static_cast<Answer*>(out);
          *to.status = result;
          to.info.reset(info);
        },
        &answer);
  };
  const int status = ask(name_servers_, query, deadline);
  std::vector<Address> addresses;
  if (status == ARES_SUCCESS) {
    for (const auto* node = answer.info->nodes; node != nullptr; node = node->ai_next) {
      const auto address = address_of(node->ai_addr);
      if (address && std::ranges::find(addresses, *address) == addresses.end()) {
        addresses.push_back(*address);
      }
    }
  }
  if (!addresses.empty()) return addresses;
  return tl::unexpected(
      fault_of(status == ARES_SUCCESS ? ARES_ENODATA : status, "the address", host, name_servers_));
}

Resolved<std::vector<Service>> Resolver::resolve_srv(const std::string& name,
                                                     Deadline deadline) const {
  struct Answer {
    int* status;
    std::vector<Service> services;
  } answer{nullptr, {}};
  const auto query = [&](ares_channel channel, int& status) {
    answer.status = &status;
    ares_query(
        channel, name.c_str(), ns_c_in, ns_t_srv,
        [](void* out, int result, int, unsigned char* bytes, int size) {
          auto& to = *static_cast<Answer*>(out);
          *to.status = result;
          if (result != ARES_SUCCESS) return;
          ares_srv_reply* rows = nullptr;
          *to.status = ares_parse_srv_reply(bytes, size, &rows);
          const std::unique_ptr<ares_srv_reply, SrvDeleter> owner(rows);
          for (const auto* row = rows; row != nullptr; row = row->next) {
            to.services.push_back({row->host, row->port, row->priority, row->weight});
          }
        },
        &answer);
  };
  int status = ask(name_servers_, query, deadline);
  // A target "." says that the service is decidedly not available (RFC 2782); c-ares returns it as
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
