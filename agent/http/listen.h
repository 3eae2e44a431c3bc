// Listening sockets, bound by ourselves so that a failure names the address and the reason.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cal {

// A socket that listens; closed with it unless released.
class Listener {
 public:
  Listener(int socket, std::string address) : socket_(socket), address_(std::move(address)) {}
  Listener(Listener&& other) noexcept;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  Listener& operator=(Listener&&) = delete;
  ~Listener();

  const std::string& address() const { return address_; }  // "127.0.0.1:10105", "[::1]:10105"
  int socket() const { return socket_; }
  int release();

 private:
  int socket_;
  std::string address_;
};

// Listens on every address that `address` stands for: "host:port", "[ipv6]:port", or ":port" for
// all addresses of both families. Port 0 takes a free one, the same for all. Throws
// std::runtime_error: `listen on 127.0.0.1:10105: address in use; ...`.
std::vector<Listener> listen_on(std::string_view address);

}  // namespace cal
