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

// Runs the queries on `channel` and those that `start_more` adds; at the deadline they are
// canceled, which also calls their callbacks.
void run(ares_channel channel, Deadline deadline, const std::function<void()>& start_more) {
  while (true) {
    start_more();
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

}  // namespace

int open_channel(const std::vector<std::string>& name_servers, Sources sources,
                 RefusingServer refusing, Channel& channel) {
  // c-ares must be initialized once in a process, before any other call.
  static const int initialized = ares_library_init(ARES_LIB_INIT_ALL);
  if (initialized != ARES_SUCCESS) return initialized;

  ares_options options{};
  int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_FLAGS;
  options.timeout = 1000;  // of the first try, milliseconds; it doubles
  options.tries = 4;
  options.flags = refusing == RefusingServer::report ? ARES_FLAG_NOCHECKRESP : 0;
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
    Channel channel;
    const int opened = open_channel(name_servers, sources, refusing, channel);
    for (const auto number : open) {
      statuses[number] = opened == ARES_SUCCESS ? ARES_ECANCELLED : opened;
    }
    if (opened != ARES_SUCCESS) break;
    run(channel.get(), deadline, [&] {
      while (next < open.size() && under_way < max_open && !deadline.passed()) {
        const auto number = open[next++];
        ++under_way;
        start(channel.get(), number, [&, number](int status) {
          statuses[number] = status;
          --under_way;
        });
      }
    });
  }
  // If c-ares cannot open a socket, it reports a refused connection.
  const auto failed = [](int status) { return status != ARES_SUCCESS; };
  if (std::ranges::any_of(statuses, failed)) require_free_descriptor();
  return statuses;
}

}  // namespace cal::net
