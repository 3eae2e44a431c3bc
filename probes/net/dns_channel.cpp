#include "probes/net/dns_channel.h"

#include "probes/net/descriptors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>

#include <algorithm>
#include <array>

namespace cal::net {

namespace {

// Queries in progress at a time: the answers to more would overflow the socket's buffer.
constexpr std::size_t max_open = 256;

void note_socket(void* sockets, ares_socket_t socket, int readable, int writable) {
  auto& waited_for = *static_cast<Sockets*>(sockets);
  waited_for.erase(socket);
  if (readable == 0 && writable == 0) return;
  waited_for[socket] =
      static_cast<short>((readable != 0 ? POLLIN : 0) | (writable != 0 ? POLLOUT : 0));
}

int milliseconds_to_wait(ares_channel channel, Deadline deadline) {
  const auto left = std::min<Milliseconds::rep>(deadline.left().count() + 1, 60'000);
  timeval most{left / 1000, left % 1000 * 1000};
  timeval until{};
  const timeval* next = ares_timeout(channel, &most, &until);
  return static_cast<int>(next->tv_sec * 1000 + (next->tv_usec + 999) / 1000);
}

// Runs the queries on `channel` and those that `start_more` adds, until that returns false; at the
// deadline they are canceled, which also calls their callbacks.
void run(ares_channel channel, const Sockets& sockets, Deadline deadline,
         const std::function<bool()>& start_more) {
  while (start_more()) {
    if (deadline.passed()) return ares_cancel(channel);
    std::vector<pollfd> wanted;
    for (const auto& [socket, events] : sockets) wanted.push_back({socket, events, 0});
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

}  // namespace

int open_channel(const std::vector<std::string>& name_servers, Sources sources,
                 RefusingServer refusing, Channel& channel, Sockets* sockets) {
  // c-ares must be initialized once in a process, before any other call.
  static const int initialized = ares_library_init(ARES_LIB_INIT_ALL);
  if (initialized != ARES_SUCCESS) return initialized;

  ares_options options{};
  int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_FLAGS;
  options.timeout = 1000;  // of the first try, milliseconds; it doubles
  options.tries = 4;
  options.flags = refusing == RefusingServer::report ? ARES_FLAG_NOCHECKRESP : 0;
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
  if (name_servers.empty()) return ARES_SUCCESS;
  return ares_set_servers_ports_csv(raw, fmt::format("{}", fmt::join(name_servers, ",")).c_str());
}

std::vector<int> ask(const std::vector<std::string>& name_servers, Sources sources,
                     std::size_t count, const StartQuery& start, Deadline deadline) {
  std::vector<int> statuses(count, ARES_ECONNREFUSED);
  for (const auto refusing : {RefusingServer::skip, RefusingServer::report}) {
    std::vector<std::size_t> open;
    for (std::size_t number = 0; number < count; ++number) {
      if (statuses[number] == ARES_ECONNREFUSED) open.push_back(number);
    }
    if (open.empty()) break;
    std::size_t next = 0;
    std::size_t under_way = 0;
    Sockets sockets;
    Channel channel;
    const int opened = open_channel(name_servers, sources, refusing, channel, &sockets);
    for (const auto number : open) {
      statuses[number] = opened == ARES_SUCCESS ? ARES_ECANCELLED : opened;
    }
    if (opened != ARES_SUCCESS) break;
    run(channel.get(), sockets, deadline, [&] {
      while (next < open.size() && under_way < max_open && !deadline.passed()) {
        const auto number = open[next++];
        ++under_way;
        start(channel.get(), number, [&, number](int status) {
          statuses[number] = status;
          --under_way;
        });
      }
      return under_way > 0;
    });
  }
  // If c-ares cannot open a socket, it reports a refused connection.
  const auto failed = [](int status) { return status != ARES_SUCCESS; };
  if (std::ranges::any_of(statuses, failed)) require_free_descriptor();
  return statuses;
}

}  // namespace cal::net
