// A TCP connection with a deadline. The socket stays non-blocking, and small requests are sent
// immediately (TCP_NODELAY).
#pragma once

#include "agent/base/clock.h"
#include "agent/base/file.h"
#include "probes/net/address.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>

namespace cal::net {

enum class ConnectError { refused, timeout, unreachable, other };

// `message` names address and port: "192.0.2.1:389: connection refused".
struct ConnectFault {
  ConnectError error;
  std::string message;
};

tl::expected<UniqueFd, ConnectFault> connect_tcp(const Address& address, std::uint16_t port,
                                                 Deadline deadline);

enum class Readiness { readable, writable };

// Waits until `fd` is ready or hung up; false if the deadline came first.
bool wait_until(int fd, Readiness readiness, Deadline deadline);

}  // namespace cal::net
