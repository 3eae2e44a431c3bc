// Many endpoints asked at once: each over a fresh connection, without anything remembered from an
// earlier one, by the addresses it is given. By libcurl.
#pragma once

#include "agent/base/clock.h"
#include "probes/net/certificate.h"
#include "probes/net/endpoint.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace cal::net {

struct Request {
  const Endpoint* endpoint;
  std::vector<Address> addresses;  // of the endpoint, or of its proxy; at least one
};

enum class TransferFault { none, refused, unreachable, timeout, other };

// What was found out on the way, in its order. The times are of each part, and empty where it was
// not passed.
struct Transfer {
  using Time = std::optional<std::chrono::nanoseconds>;

  TransferFault fault = TransferFault::none;  // what ended it
  std::string message;                        // the fault in words
  std::vector<Address> tried;
  std::string peer;       // "192.0.2.1:443": the endpoint or its proxy; empty: not connected
  int tunnel_status = 0;  // what a proxy answered to CONNECT; 0: nothing
  Time connecting;        // also through a proxy's tunnel
  Time encrypting;
  std::optional<Certificate> certificate;
  int status = 0;  // of the HTTP answer; 0: there was none
  Time answering;
  std::string redirect;  // where it sends us, an absolute URL; it is not followed
  std::string content_type;
  std::string body;  // its beginning, when the endpoint expects one
  Time reading;

  bool connected() const { return !peer.empty(); }
};

inline constexpr std::size_t max_at_once = 256;
inline constexpr std::size_t most_of_a_body = 16 * 1024;

// One transfer for each request, in their order. All end by the deadline; where there are more than
// `max_at_once`, they share the time.
std::vector<Transfer> transfer_all(const std::vector<Request>& requests, const TrustStore& trust,
                                   Deadline deadline);

}  // namespace cal::net
