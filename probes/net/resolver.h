// Names to addresses and services to servers, by c-ares, so that every wait ends at a deadline and
// the faults of DNS are told apart. Thread-safe: each call has a channel of its own, and so a
// changed resolv.conf is seen by the next call.
#pragma once

#include "agent/base/clock.h"
#include "probes/net/address.h"

#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
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

// What DNS is asked about one name.
struct Question {
  std::string host;
  std::optional<Family> family;  // empty: both

  auto operator<=>(const Question&) const = default;
};

struct Lookup {
  Resolved<std::vector<Address>> answer;
  std::chrono::nanoseconds took;
};

class Resolver {
 public:
  // `name_servers`: "ip" or "ip:port" ("[ip]:port"). Empty: the system's, with its hosts file and
  // search list; otherwise names are asked as they are written, of these servers only.
  explicit Resolver(std::vector<std::string> name_servers = {});

  // Addresses of both families, each once, in the resolver's order; never empty. An IP literal is
  // its own address.
  Resolved<std::vector<Address>> resolve(const std::string& host, Deadline deadline) const;

  // Many names at once, each as `resolve` does, but by DNS alone: without the hosts file.
  std::vector<Lookup> ask_dns(const std::vector<Question>& questions, Deadline deadline) const;

  // What the hosts file of this host says, whether or not this resolver uses it. Asks nobody.
  static std::vector<Address> in_hosts_file(const Question& question);

  // Whether names are first looked up in the hosts file.
  bool uses_hosts_file() const { return name_servers_.empty(); }

  // The name servers that are asked. Empty when the system names none that can be used.
  std::vector<Address> servers() const;

  // The servers of e.g. "_ldap._tcp.ebs.example.com", to be tried in this order: by priority, then
  // the heaviest first. Never empty.
  Resolved<std::vector<Service>> resolve_srv(const std::string& name, Deadline deadline) const;

 private:
  std::vector<std::string> name_servers_;
};

}  // namespace cal::net
