#include "agent/http/listen.h"

#include "agent/base/host_port.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>

namespace cal {

namespace {

struct Wanted {
  std::string host;  // empty: every address
  std::uint16_t port;
};

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

[[noreturn]] void fail(std::string_view address, std::string_view reason) {
  throw std::runtime_error(fmt::format("listen on {}: {}", address, reason));
}

std::string reason_of(int error) {
  switch (error) {
    case EADDRINUSE:
      return "address already in use, perhaps by another cal_exporter; choose another with "
             "--web.listen-address";
    case EACCES:
      return "permission denied; ports below 1024 need CAP_NET_BIND_SERVICE";
    case EADDRNOTAVAIL:
      return "this host has no such address";
    case EAFNOSUPPORT:
      return "this host has no such address family";
    default:
      return std::strerror(error);
  }
}

Wanted read_address(std::string_view address) {
  const auto parts = parse_host_port(address);
  if (!parts) fail(address, "the port must be a number from 0 to 65535");
  if (!parts->port) fail(address, "the port is missing; use HOST:PORT or :PORT");
  if (!parts->bracketed && parts->host.find(':') != std::string_view::npos) {
    fail(address, "put the IPv6 address in brackets");
  }
  return {std::string(parts->host), *parts->port};
}

Addresses resolve(std::string_view address, const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), "0", &hints, &found);
  if (error != 0) fail(address, fmt::format("look up {}: {}", host, gai_strerror(error)));
  return Addresses(found);
}

// The place of the port in either kind of address.
in_port_t& port_of(sockaddr_storage& at) {
  auto* any = static_cast<void*>(&at);
  return at.ss_family == AF_INET6 ? static_cast<sockaddr_in6*>(any)->sin6_port
                                  : static_cast<sockaddr_in*>(any)->sin_port;
}

const sockaddr* as_sockaddr(const sockaddr_storage& at) {
  return static_cast<const sockaddr*>(static_cast<const void*>(&at));
}

std::string text_of(sockaddr_storage& at) {
  std::array<char, INET6_ADDRSTRLEN> host{};
  const auto* any = static_cast<const void*>(&at);
  const bool is_v6 = at.ss_family == AF_INET6;
  const void* bytes =
      is_v6 ? static_cast<const void*>(&static_cast<const sockaddr_in6*>(any)->sin6_addr)
            : static_cast<const void*>(&static_cast<const sockaddr_in*>(any)->sin_addr);
  inet_ntop(at.ss_family, bytes, host.data(), host.size());
  return fmt::format("{}:{}", is_v6 ? fmt::format("[{}]", host.data()) : host.data(),
                     ntohs(port_of(at)));
}

enum class Families { own, both };

struct Opened {
  std::optional<Listener> listener;
  int error = 0;
};

// A listener on `at`, which may have port 0.
Opened open_socket(sockaddr_storage at, socklen_t size, Families families) {
  UniqueFd made(socket(at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!made.valid()) return {{}, errno};
  const int on = 1;
  const int v6_only = families == Families::own ? 1 : 0;
  // A restarted agent gets its port back while old connections are still in TIME_WAIT.
  setsockopt(made.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (at.ss_family == AF_INET6) {
    setsockopt(made.fd(), IPPROTO_IPV6, IPV6_V6ONLY, &v6_only, sizeof v6_only);
  }
  if (bind(made.fd(), as_sockaddr(at), size) != 0) return {{}, errno};
  if (::listen(made.fd(), SOMAXCONN) != 0) return {{}, errno};

  auto* bound = static_cast<sockaddr*>(static_cast<void*>(&at));
  if (getsockname(made.fd(), bound, &size) != 0) return {{}, errno};
  return {Listener(std::move(made), text_of(at)), 0};
}

// One socket for both families; on a host without IPv6, one for IPv4.
std::vector<Listener> listen_everywhere(std::string_view address, std::uint16_t port) {
  std::vector<Listener> listeners;
  int error = 0;
  for (const auto family : {sa_family_t{AF_INET6}, sa_family_t{AF_INET}}) {
    sockaddr_storage at{};
    at.ss_family = family;  // all zeros: the unspecified address
    port_of(at) = htons(port);
    auto opened = open_socket(at, family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in),
                              Families::both);
    if (opened.listener) {
      listeners.push_back(std::move(*opened.listener));
      return listeners;
    }
    error = opened.error;
    if (error != EAFNOSUPPORT && error != EADDRNOTAVAIL) break;
  }
  fail(address, reason_of(error));
}

}  // namespace

std::vector<Listener> listen_on(std::string_view address) {
  auto [host, port] = read_address(address);
  if (host.empty()) return listen_everywhere(address, port);

  std::vector<Listener> listeners;
  const auto found = resolve(address, host);
  std::string missing;
  for (const auto* info = found.get(); info != nullptr; info = info->ai_next) {
    sockaddr_storage at{};
    std::memcpy(&at, info->ai_addr, info->ai_addrlen);
    port_of(at) = htons(port);
    const auto text = text_of(at);
    // A hosts file may give the same address twice.
    const auto same = [&](const Listener& other) { return other.address() == text; };
    if (std::any_of(listeners.begin(), listeners.end(), same)) continue;

    auto opened = open_socket(at, info->ai_addrlen, Families::own);
    if (opened.listener) {
      if (port == 0) {
        const auto& chosen = opened.listener->address();
        port = static_cast<std::uint16_t>(std::stoul(chosen.substr(chosen.rfind(':') + 1)));
      }
      listeners.push_back(std::move(*opened.listener));
    } else if (opened.error == EADDRNOTAVAIL || opened.error == EAFNOSUPPORT) {
      // "localhost" resolves to ::1 even where IPv6 is disabled.
      missing = reason_of(opened.error);
    } else {
      fail(text, reason_of(opened.error));
    }
  }
  if (listeners.empty()) fail(address, missing);
  return listeners;
}

}  // namespace cal
