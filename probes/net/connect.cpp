#include "probes/net/connect.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace cal::net {

namespace {

ConnectFault fault_of(int error, const std::string& peer) {
  const auto kind = [&] {
    switch (error) {
      case ECONNREFUSED:
        return ConnectError::refused;
      case ETIMEDOUT:
        return ConnectError::timeout;
      case ENETUNREACH:
      case EHOSTUNREACH:
      case EADDRNOTAVAIL:  // this host has no address in that family
        return ConnectError::unreachable;
      default:
        return ConnectError::other;
    }
  }();
  std::string text = std::generic_category().message(error);
  text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return {kind, fmt::format("{}: {}", peer, text)};
}

int connect_to(int fd, const Address& address, std::uint16_t port) {
  if (address.family == Family::v4) {
    sockaddr_in peer{};
    peer.sin_family = AF_INET;
    peer.sin_port = htons(port);
    std::memcpy(&peer.sin_addr, address.octets.data(), sizeof peer.sin_addr);
    return ::connect(fd, reinterpret_cast<const sockaddr*>(&peer), sizeof peer);
  }
  sockaddr_in6 peer{};
  peer.sin6_family = AF_INET6;
  peer.sin6_port = htons(port);
  std::memcpy(&peer.sin6_addr, address.octets.data(), sizeof peer.sin6_addr);
  return ::connect(fd, reinterpret_cast<const sockaddr*>(&peer), sizeof peer);
}

}  // namespace

bool wait_until(int fd, Readiness readiness, Deadline deadline) {
  pollfd wanted{fd, static_cast<short>(readiness == Readiness::readable ? POLLIN : POLLOUT), 0};
  while (true) {
    // Plus one, since left() is rounded down to a millisecond.
    const auto left = std::min<Milliseconds::rep>(deadline.left().count() + 1, 60'000);
    const int ready = ::poll(&wanted, 1, static_cast<int>(left));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return true;  // the next call on `fd` reports it
    if (deadline.passed()) return false;
  }
}

tl::expected<UniqueFd, ConnectFault> connect_tcp(const Address& address, std::uint16_t port,
                                                 Deadline deadline) {
  const std::string peer = with_port(address, port);
  const int domain = address.family == Family::v4 ? AF_INET : AF_INET6;
  UniqueFd socket(::socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return tl::unexpected(fault_of(errno, peer));
  const int at_once = 1;
  ::setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
  if (connect_to(socket.fd(), address, port) == 0) return socket;
  if (errno != EINPROGRESS) return tl::unexpected(fault_of(errno, peer));
  if (!wait_until(socket.fd(), Readiness::writable, deadline)) {
    return tl::unexpected(ConnectFault{ConnectError::timeout, peer + ": no answer in time"});
  }
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return tl::unexpected(fault_of(error, peer));
  return socket;
}

}  // namespace cal::net
