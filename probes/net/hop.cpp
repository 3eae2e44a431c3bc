#include "probes/net/hop.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <system_error>

namespace cal::net {

namespace {

std::string_view words_of(LinkState state) {
  switch (state) {
    case LinkState::up:
      return "is up";
    case LinkState::no_carrier:
      return "has no carrier";
    case LinkState::switched_off:
      return "is switched off";
  }
  return "";
}

// A link-local address cannot reach beyond its link (RFC 3927, RFC 4291).
bool is_link_local(const Address& address) {
  if (address.family == Family::v4) return address.octets[0] == 169 && address.octets[1] == 254;
  return address.octets[0] == 0xfe && (address.octets[1] & 0xc0) == 0x80;
}

bool is_loopback(const Address& address) {
  static const auto v6 = *Address::parse("::1");
  return address.family == Family::v4 ? address.octets[0] == 127 : address == v6;
}

// The kernel prefers any source address to none, even a loopback address.
bool can_be_answered(const Address& source, const Address& to, bool on_loopback) {
  if (on_loopback) return true;
  return !is_loopback(source) && (!is_link_local(source) || is_link_local(to));
}

bool has_address(const Interface& interface, std::optional<Family> family) {
  return std::ranges::any_of(interface.addresses, [&](const Address& address) {
    return (!family || address.family == *family) && !is_link_local(address);
  });
}

std::string states_of(const std::vector<Interface>& interfaces) {
  std::vector<std::string> states;
  for (const auto& interface : interfaces) {
    if (interface.loopback) continue;
    states.push_back(fmt::format("{} {}", interface.name, words_of(interface.state)));
  }
  return states.empty() ? "only loopback exists" : fmt::format("{}", fmt::join(states, ", "));
}

// What keeps packets on this host; `open` when nothing does.
Hop beyond_loopback(const Address& to, std::optional<Family> family,
                    const std::vector<Interface>& interfaces) {
  std::vector<Interface> up;
  std::ranges::copy_if(interfaces, std::back_inserter(up), [](const Interface& interface) {
    return !interface.loopback && interface.state == LinkState::up;
  });
  if (up.empty()) {
    return {to, HopState::no_interface_up, false,
            fmt::format("no interface is up: {}", states_of(interfaces))};
  }
  if (std::ranges::none_of(up, [&](const auto& each) { return has_address(each, family); })) {
    return {to, HopState::no_address, false,
            fmt::format("no interface has {} address (link-local ones do not count): {}",
                        !family                 ? "an"
                        : *family == Family::v4 ? "an IPv4"
                                                : "an IPv6",
                        states_of(interfaces))};
  }
  return {to, HopState::open, false, ""};
}

}  // namespace

Hop describe_hop(const Address& to, const std::vector<Interface>& interfaces,
                 const RouteAnswer& answer) {
  if (answer.error != 0) {
    auto hop = beyond_loopback(to, to.family, interfaces);
    if (hop.state != HopState::open) return hop;
    return {to, HopState::no_route, false,
            fmt::format("no route to {}: {}", to.text(),
                        std::generic_category().message(answer.error))};
  }
  const auto interface = std::ranges::find(interfaces, answer.interface_index, &Interface::index);
  const bool known = interface != interfaces.end();
  const bool on_loopback = known && interface->loopback;
  const auto name = known ? interface->name : fmt::format("interface {}", answer.interface_index);
  if (known && interface->state != LinkState::up) {
    return {to, HopState::no_interface_up, false,
            fmt::format("the route to {} goes through {}, which {}", to.text(), name,
                        words_of(interface->state))};
  }
  if (!answer.source || !can_be_answered(*answer.source, to, on_loopback)) {
    return {to, HopState::no_address, false,
            fmt::format("the route to {} goes through {}, which has no {} source address",
                        to.text(), name, to.family == Family::v4 ? "IPv4" : "IPv6")};
  }
  return {to, HopState::open, on_loopback,
          fmt::format("from {} through {}{}", answer.source->text(), name,
                      answer.gateway ? ", gateway " + answer.gateway->text() : "")};
}

std::optional<Hop> why_cut_off(const Address& name_server,
                               const std::vector<Interface>& interfaces) {
  auto hop = beyond_loopback(name_server, std::nullopt, interfaces);
  if (hop.state == HopState::open) return std::nullopt;
  return hop;
}

}  // namespace cal::net
