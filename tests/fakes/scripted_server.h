// A server on a free port of loopback, of either family, that sends the same bytes to each
// connection after the first bytes of its request, and then closes it, holds it, or goes on sending
// a last part.
#pragma once

#include "agent/base/file.h"
#include "probes/net/address.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <list>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace cal::fakes {

class ScriptedServer {
 public:
  enum class Then { close, hold, repeat };

  ScriptedServer(std::string bytes, Then then, std::string repeated = "",
                 net::Family family = net::Family::v4)
      : bytes_(std::move(bytes)), then_(then), repeated_(std::move(repeated)) {
    const bool v4 = family == net::Family::v4;
    listener_ = UniqueFd(::socket(v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in6 address{};
    socklen_t size = v4 ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    auto* any = reinterpret_cast<sockaddr*>(&address);
    any->sa_family = v4 ? AF_INET : AF_INET6;
    if (v4) {
      reinterpret_cast<sockaddr_in*>(&address)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    } else {
      address.sin6_addr = in6addr_loopback;
    }
    if (::bind(listener_.fd(), any, size) != 0 || ::listen(listener_.fd(), 8) != 0 ||
        ::getsockname(listener_.fd(), any, &size) != 0) {
      throw std::runtime_error("no port of loopback for the server");
    }
    port_ = ntohs(address.sin6_port);  // at the same place in both families
    thread_ = std::thread([this] { serve(); });
  }
  ~ScriptedServer() {
    stopping_ = true;
    thread_.join();
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  void serve() {
    std::list<UniqueFd> open;  // held, or to be sent more
    while (!stopping_) {
      pollfd wanted{listener_.fd(), POLLIN, 0};
      if (::poll(&wanted, 1, open.empty() || then_ == Then::hold ? 20 : 1) > 0) {
        UniqueFd client(::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC));
        std::array<char, 4096> request{};
        ::recv(client.fd(), request.data(), request.size(), 0);
        ::send(client.fd(), bytes_.data(), bytes_.size(), MSG_NOSIGNAL);
        if (then_ != Then::close) open.push_back(std::move(client));
      }
      if (then_ != Then::repeat) continue;
      for (const auto& client : open) {
        ::send(client.fd(), repeated_.data(), repeated_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      }
    }
  }

  std::string bytes_;
  Then then_;
  std::string repeated_;
  UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace cal::fakes
