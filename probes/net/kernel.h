// The kernel's view of the network, by rtnetlink: the interfaces with their state and addresses,
// and the route that a packet to an address would take (RTM_GETROUTE). The interfaces are a
// snapshot taken by `open`. One thread at a time.
#pragma once

#include "probes/net/hop.h"

#include <tl/expected.hpp>

#include <memory>
#include <string>
#include <vector>

struct mnl_socket;

namespace cal::net {

class Kernel {
 public:
  // The error says what could not be asked; it occurs in a sandbox without AF_NETLINK.
  static tl::expected<Kernel, std::string> open();

  const std::vector<Interface>& interfaces() const { return interfaces_; }
  RouteAnswer route_to(const Address& address);

 private:
  struct Closer {
    void operator()(mnl_socket* socket) const;
  };
  using Socket = std::unique_ptr<mnl_socket, Closer>;

  explicit Kernel(Socket socket) : socket_(std::move(socket)) {}

  Socket socket_;
  unsigned sequence_ = 0;
  std::vector<Interface> interfaces_;
};

}  // namespace cal::net
