// A server on a free port of loopback that takes one connection, waits for its first bytes and
// resets it: the peer of a client whose TLS, proxy or HTTP fails after TCP was well.
#pragma once

#include "agent/base/file.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <thread>

namespace cal::fakes {

class ResettingServer {
 public:
  ResettingServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.fd(), any, size) != 0 || ::listen(listener_.fd(), 1) != 0 ||
        ::getsockname(listener_.fd(), any, &size) != 0) {
      throw std::runtime_error("no port of loopback for the server");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { reset_one(); });
  }
  ~ResettingServer() {
    ::shutdown(listener_.fd(), SHUT_RDWR);  // ends accept() where nobody came
    thread_.join();
  }
  ResettingServer(const ResettingServer&) = delete;
  ResettingServer& operator=(const ResettingServer&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  void reset_one() const {
    const UniqueFd client(::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    std::array<char, 1> byte{};
    ::recv(client.fd(), byte.data(), byte.size(), 0);
    const linger reset{1, 0};
    ::setsockopt(client.fd(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  }

  UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace cal::fakes
