#include "probes/net/dns_channel.h"

#include "agent/base/text.h"
#include "probes/net/descriptors.h"

#include <arpa/nameser.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <string_view>

namespace cal::net {

namespace {

// Queries in progress at a time: the answers to more would overflow the socket's buffer.
constexpr std::size_t max_open = 256;

void note_socket(void* sockets, ares_socket_t socket, int readable, int writable) {
  auto& wanted = static_cast<DnsSockets*>(sockets)->wanted;
  wanted.erase(socket);
  if (readable == 0 && writable == 0) return;
  wanted[socket] = static_cast<short>((readable != 0 ? POLLIN : 0) | (writable != 0 ? POLLOUT : 0));
}

// c-ares drops the reason why a datagram failed, so its system calls are made here.
void note_failure(void* sockets, ares_socket_t socket) {
  auto& all = *static_cast<DnsSockets*>(sockets);
  if (errno == ECONNREFUSED) all.closed.insert(all.peers[socket]);
}

// After a SERVFAIL, NOTIMP or REFUSED, c-ares asks the next server, and forgets that answer.
void note_refusal(void* sockets, const unsigned char* message, ssize_t size) {
  constexpr int header = 12;  // octets (RFC 1035, 4.1.1)
  if (size < header) return;
  const int code = message[3] & 0xF;
  const int status = code == ns_r_servfail  ? ARES_ESERVFAIL
                     : code == ns_r_notimpl ? ARES_ENOTIMP
                     : code == ns_r_refused ? ARES_EREFUSED
                     : code > ns_r_refused  ? status_error_code
                                            : ARES_SUCCESS;
  if (status == ARES_SUCCESS) return;
  char* name = nullptr;
  long octets = 0;
  if (ares_expand_name(message + header, message, static_cast<int>(size), &name, &octets) !=
      ARES_SUCCESS) {
    return;
  }
  const std::unique_ptr<char, decltype(&ares_free_string)> owner(name, ares_free_string);
  static_cast<DnsSockets*>(sockets)->refusals[folded(name)] = status;
}

constexpr ares_socket_functions system_calls{
    [](int domain, int type, int protocol, void*) {
      return ::socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    },
    [](ares_socket_t socket, void* sockets) {
      static_cast<DnsSockets*>(sockets)->peers.erase(socket);
      return ::close(socket);
    },
    [](ares_socket_t socket, const sockaddr* address, ares_socklen_t size, void* sockets) {
      static_cast<DnsSockets*>(sockets)->peers[socket] = {reinterpret_cast<const char*>(address),
                                                          size};
      return ::connect(socket, address, size);
    },
    [](ares_socket_t socket, void* into, std::size_t size, int flags, sockaddr* from,
       ares_socklen_t* from_size, void* sockets) {
      const auto received = ::recvfrom(socket, into, size, flags, from, from_size);
      if (received < 0) note_failure(sockets, socket);
      note_refusal(sockets, static_cast<const unsigned char*>(into), received);
      return received;
    },
    [](ares_socket_t socket, const iovec* parts, int count, void* sockets) {
      const auto sent = ::writev(socket, parts, count);
      if (sent < 0) note_failure(sockets, socket);
      return sent;
    },
};

int milliseconds_to_wait(ares_channel channel, Deadline deadline) {
  const auto left = std::min<Milliseconds::rep>(deadline.left().count() + 1, 60'000);
  timeval most{left / 1000, left % 1000 * 1000};
  timeval until{};
  const timeval* next = ares_timeout(channel, &most, &until);
  return static_cast<int>(next->tv_sec * 1000 + (next->tv_usec + 999) / 1000);
}

// Runs the queries on `channel` and those that `start_more` adds, until that returns false; at the
// deadline they are canceled, which also calls their callbacks.
void run(ares_channel channel, const DnsSockets& sockets, Deadline deadline,
         const std::function<bool()>& start_more) {
  while (start_more()) {
    if (deadline.passed()) return ares_cancel(channel);
    std::vector<pollfd> wanted;
    for (const auto& [socket, events] : sockets.wanted) wanted.push_back({socket, events, 0});
    ::poll(wanted.data(), wanted.size(), milliseconds_to_wait(channel, deadline));
    ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // what is due by the clock
    for (const auto& socket : wanted) {
      const bool readable = (socket.revents & (POLLIN | POLLHUP | POLLERR)) != 0;
      const bool writable = (socket.revents & POLLOUT) != 0;
      if (!readable && !writable) continue;
      ares_process_fd(channel, readable ? socket.fd : ARES_SOCKET_BAD,
                      writable ? socket.fd : ARES_SOCKET_BAD);
    }
  }
}

// Each one once, since a file may list a server twice.
std::size_t number_of_servers(ares_channel channel) {
  ares_addr_port_node* servers = nullptr;
  if (ares_get_servers_ports(channel, &servers) != ARES_SUCCESS) return 0;
  std::set<std::pair<std::string, int>> distinct;
  for (const auto* node = servers; node != nullptr; node = node->next) {
    const auto size = node->family == AF_INET ? sizeof node->addr.addr4 : sizeof node->addr.addr6;
    distinct.insert({{reinterpret_cast<const char*>(&node->addr), size}, node->udp_port});
  }
  ares_free_data(servers);
  return distinct.size();
}

// Of the name itself, or of one that the search list makes of it.
std::optional<int> refusal_of(std::string_view name, const DnsSockets& sockets) {
  const auto asked = folded(name);
  for (auto found = sockets.refusals.lower_bound(asked);
       found != sockets.refusals.end() && found->first.starts_with(asked); ++found) {
    if (found->first.size() == asked.size() || found->first[asked.size()] == '.') {
      return found->second;
    }
  }
  return std::nullopt;
}

// The reason that c-ares leaves out when it reports that no server answered, or no records.
int with_reason(int status, std::string_view name, const DnsSockets& sockets, bool all_closed) {
  if (status == ARES_ENODATA && refusal_of(name, sockets) == status_error_code) {
    return status_error_code;
  }
  const bool answered =
      status != ARES_ECONNREFUSED && status != ARES_ECANCELLED && status != ARES_ETIMEOUT;
  if (answered) return status;
  return all_closed ? status_port_closed : refusal_of(name, sockets).value_or(status);
}

}  // namespace

int open_channel(const std::vector<std::string>& name_servers, Sources sources, Channel& channel,
                 DnsSockets* sockets) {
  // c-ares must be initialized once in a process, before any other call.
  static const int initialized = ares_library_init(ARES_LIB_INIT_ALL);
  if (initialized != ARES_SUCCESS) return initialized;

  ares_options options{};
  int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES;
  options.timeout = 1000;  // of the first try, milliseconds; it doubles
  options.tries = 4;
  if (sockets != nullptr) {
    options.sock_state_cb = note_socket;
    options.sock_state_cb_data = sockets;
    mask |= ARES_OPT_SOCK_STATE_CB;
  }
  std::array<char, 2> dns_only{"b"};
  if (!name_servers.empty() || sources == Sources::dns) {
    options.lookups = dns_only.data();
    mask |= ARES_OPT_LOOKUPS;
  }
  if (!name_servers.empty()) {
    options.ndomains = 0;  // no search list
    mask |= ARES_OPT_DOMAINS;
  }
  ares_channel raw = nullptr;
  const int status = ares_init_options(&raw, &options, mask);
  if (status != ARES_SUCCESS) return status;
  channel.reset(raw);
  if (sockets != nullptr) ares_set_socket_functions(raw, &system_calls, sockets);
  if (name_servers.empty()) return ARES_SUCCESS;
  return ares_set_servers_ports_csv(raw, fmt::format("{}", fmt::join(name_servers, ",")).c_str());
}

std::vector<int> ask(const std::vector<std::string>& name_servers, Sources sources,
                     const std::vector<std::string>& names, const StartQuery& start,
                     Deadline deadline) {
  DnsSockets sockets;
  Channel channel;
  const int opened = open_channel(name_servers, sources, channel, &sockets);
  std::vector<int> statuses(names.size(), opened == ARES_SUCCESS ? ARES_ECANCELLED : opened);
  if (opened == ARES_SUCCESS) {
    const auto servers = number_of_servers(channel.get());
    const auto all_closed = [&] { return servers > 0 && sockets.closed.size() >= servers; };
    std::size_t next = 0;
    std::size_t under_way = 0;
    run(channel.get(), sockets, deadline, [&] {
      if (all_closed()) ares_cancel(channel.get());
      while (next < names.size() && under_way < max_open && !deadline.passed() && !all_closed()) {
        const auto number = next++;
        ++under_way;
        start(channel.get(), number, [&, number](int status) {
          statuses[number] = status;
          --under_way;
        });
      }
      return under_way > 0;
    });
    for (std::size_t number = 0; number < names.size(); ++number) {
      statuses[number] = with_reason(statuses[number], names[number], sockets, all_closed());
    }
  }
  // If c-ares cannot open a socket, it reports a refused connection.
  const auto failed = [](int status) { return status != ARES_SUCCESS; };
  if (std::ranges::any_of(statuses, failed)) require_free_descriptor();
  return statuses;
}

}  // namespace cal::net
