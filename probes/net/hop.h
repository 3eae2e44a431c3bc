// Whether this host can send to an address at all: the first three stages of the ladder, made of
// what the kernel says. Pure; kernel.h asks it.
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
  std::vector<Address> addresses;  // those that can be sent from
};

// What the kernel says about the way to an address.
struct RouteAnswer {
  int error = 0;  // an errno, and then nothing else is set
  int interface_index = 0;
  std::optional<Address> source = std::nullopt;   // the address it would send from
  std::optional<Address> gateway = std::nullopt;  // empty: the address is on the link
};

// From the most fundamental fault on.
enum class HopState { no_interface_up, no_address, no_route, open };

struct Hop {
  Address to;
  HopState state;
  bool loopback = false;  // it does not leave this host
  std::string text;       // what was found, for people
};

Hop describe_hop(const Address& to, const std::vector<Interface>& interfaces,
                 const RouteAnswer& answer);

// Whether anything could leave this host, wherever to: for a name server of its own, which answers
// also without a network. Empty when it could.
std::optional<Hop> why_cut_off(const Address& name_server,
                               const std::vector<Interface>& interfaces);

}  // namespace cal::net
