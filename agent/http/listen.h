// Listening sockets. We bind them ourselves, so that an error names the address and the reason.
#pragma once

#include "agent/base/file.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cal {

// A listening socket; closed by the destructor unless released.
class Listener {
 public:
  Listener(UniqueFd socket, std::string address)
      : socket_(std::move(socket)), address_(std::move(address)) {}

  const std::string& address() const { return address_; }  // "127.0.0.1:10105", "[::1]:10105"
  int socket() const { return socket_.fd(); }
  int release() { return socket_.release(); }

 private:
  UniqueFd socket_;
  std::string address_;
};

// Listens on every address that `address` stands for: "host:port", "[ipv6]:port", or ":port" for
// all addresses of both families. Port 0 takes a free port, the same for all. Throws
// std::runtime_error: `listen on 127.0.0.1:10105: address already in use, ...`.
std::vector<Listener> listen_on(std::string_view address);

}  // namespace cal
