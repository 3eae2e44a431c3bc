// Resolves names to addresses and services to servers, by c-ares, so that every wait ends at a
// deadline and the faults of DNS are distinguished. Thread-safe: each call has its own channel, so
// the next call sees a changed resolv.conf.
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
  not_found,       // no such name, or the name has no record of the type asked for
  refused,         // the name servers refuse to answer this host, or their port is closed
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

// A question to DNS about one name.
struct Question {
  std::string host;
  std::optional<Family> family;  // empty: both
  bool exact = false;            // never completed by the system's search list

  auto operator<=>(const Question&) const = default;
};

struct Lookup {
  Resolved<std::vector<Address>> answer;
  std::chrono::nanoseconds took;
};

class Resolver {
 public:
  // `name_servers`: "ip" or "ip:port" ("[ip]:port"). Empty: the system's, with its hosts file and
  // search list. Otherwise names are looked up exactly as written, on these servers only.
  explicit Resolver(std::vector<std::string> name_servers = {});

  // Addresses of both families, each once, in the resolver's order; never empty. An IP literal
  // resolves to itself.
  Resolved<std::vector<Address>> resolve(const std::string& host, Deadline deadline) const;

  // Many names in parallel, each like `resolve`, but only by DNS, without the hosts file.
  std::vector<Lookup> ask_dns(const std::vector<Question>& questions, Deadline deadline) const;

  // The addresses in this host's hosts file, whether or not this resolver uses it. No query is
  // sent.
  static std::vector<Address> in_hosts_file(const Question& question);

  // Whether names are looked up in the hosts file first.
  bool uses_hosts_file() const { return name_servers_.empty(); }

  // The name servers that are asked. Empty if the system has none that can be used.
  std::vector<Address> servers() const;

  // The servers of e.g. "_ldap._tcp.ebs.example.com", in the order to try them: by priority, then
  // the highest weight first. Never empty.
  Resolved<std::vector<Service>> resolve_srv(const std::string& name, Deadline deadline) const;

 private:
  std::vector<std::string> name_servers_;
};

}  // namespace cal::net
