// Whether this host can send to an address at all: the first three stages of the ladder, derived
// from the kernel's answers. Pure; kernel.h asks the kernel.
#pragma once

#include "probes/net/address.h"

#include <optional>
#include <string>
#include <vector>

namespace cal::net {

enum class LinkState { up, no_carrier, switched_off };

struct Interface {
  int index;
  std::string name;
  bool loopback;
  LinkState state;
  std::vector<Address> addresses;  // usable as source addresses
};

// The kernel's answer about the route to an address.
struct RouteAnswer {
  int error = 0;  // an errno; if it is set, nothing else is
  int interface_index = 0;
  std::optional<Address> source = std::nullopt;   // the source address it would use
  std::optional<Address> gateway = std::nullopt;  // empty: the address is on the link
};

// Ordered from the most fundamental fault.
enum class HopState { no_interface_up, no_address, no_route, open };

struct Hop {
  Address to;
  HopState state;
  bool loopback = false;  // packets do not leave this host
  std::string text;       // the finding, for people
};

Hop describe_hop(const Address& to, const std::vector<Interface>& interfaces,
                 const RouteAnswer& answer);

// Why packets cannot leave this host at all; empty if they can. For a name server on this host,
// which answers even without a network.
std::optional<Hop> why_cut_off(const Address& name_server,
                               const std::vector<Interface>& interfaces);

}  // namespace cal::net
