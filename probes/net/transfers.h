// Requests to many endpoints in parallel, by libcurl: each over a new connection to the given
// addresses, without any state from earlier ones.
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

// The result, in the order of the steps. Each time is the duration of one step, and empty if the
// step was not completed.
struct Transfer {
  using Time = std::optional<std::chrono::nanoseconds>;

  TransferFault fault = TransferFault::none;  // why it ended
  std::string message;                        // the fault as text
  std::vector<Address> tried;
  std::string peer;       // "192.0.2.1:443": the endpoint or its proxy; empty: not connected
  int tunnel_status = 0;  // a proxy's answer to CONNECT; 0: none
  Time connecting;        // including a proxy's tunnel
  Time encrypting;
  std::optional<Certificate> certificate;
  int status = 0;  // of the final HTTP answer whose head has ended; 0: none
  Time answering;
  std::string redirect;           // the target, an absolute URL if it is one; it is not followed
  std::string refresh;            // the header Refresh
  std::string answered_by_proxy;  // the header by which a proxy says that it answered itself
  std::string content_type;
  std::string body;  // its beginning, if the endpoint has an expect_body
  Time reading;

  bool connected() const { return !peer.empty(); }
};

inline constexpr std::size_t max_at_once = 256;
inline constexpr std::size_t most_of_a_body = 16 * 1024;

// One transfer for each request, in their order. All end by the deadline; if there are more than
// `max_at_once`, they share the time.
std::vector<Transfer> transfer_all(const std::vector<Request>& requests, const TrustStore& trust,
                                   Deadline deadline);

}  // namespace cal::net
