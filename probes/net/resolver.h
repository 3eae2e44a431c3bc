// Names to addresses and services to servers, by c-ares, so that every wait ends at a deadline and
// the faults of DNS are told apart. Thread-safe: each call has a channel of its own, and so a
// changed resolv.conf is seen by the next call.
#pragma once

#include "agent/clock.h"
#include "probes/net/address.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace cal::net {

enum class ResolveError {
  not_found,       // no such name, or the name has no record of the kind asked for
  refused,         // the name server refuses to answer us
  server_failure,  // SERVFAIL, or no name server can be reached
  timeout,         // no name server answered in time
  other,           // a malformed name or answer
};

// `message`: what was asked, of whom, and what came back.
struct ResolveFault {
  ResolveError error;
  std::string message;
};

template <class T>
using Resolved = tl::expected<T, ResolveFault>;

// A row of an SRV answer (RFC 2782).
struct Service {
  std::string host;
  std::uint16_t port;
  std::uint16_t priority;
  std::uint16_t weight;
};

class Resolver {
 public:
  // `name_servers`: "ip" or "ip:port" ("[ip]:port"). Empty: the system's, with its hosts file and
  // search list; otherwise names are asked as they are written, of these servers only.
  explicit Resolver(std::vector<std::string> name_servers = {});

  // Addresses of both families, each once, in the resolver's order; never empty. An IP literal is
  // its own address.
  Resolved<std::vector<Address>> resolve(const std::string& host, Deadline deadline) const;

  // The servers of e.g. "_ldap._tcp.ebs.example.com", to be tried in this order: by priority, then
  // the heaviest first. Never empty.
  Resolved<std::vector<Service>> resolve_srv(const std::string& name, Deadline deadline) const;

 private:
  std::vector<std::string> name_servers_;
};

}  // namespace cal::net
