// An IP address of either family: a value type with its text form. Pure.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

struct sockaddr;

namespace cal::net {

enum class Family { v4, v6 };

struct Address {
  Family family;
  std::array<std::uint8_t, 16> octets{};  // network order; a v4 address fills the first four

  // "192.0.2.1" or "2001:db8::1", without brackets or scope.
  static std::optional<Address> parse(const std::string& text);
  std::string text() const;

  // The IPv4 address in an address such as ::ffff:192.0.2.1 (RFC 4291, 2.5.5.2), which is reached
  // over IPv4; else the same address.
  Address unmapped() const;

  auto operator<=>(const Address&) const = default;
};

// Nothing of another family.
std::optional<Address> address_of(const sockaddr& address);

// "192.0.2.1:389", "[2001:db8::1]:389".
std::string with_port(const Address& address, std::uint16_t port);

// "192.0.2.1, 2001:db8::1"
std::string list_of(const std::vector<Address>& addresses);

}  // namespace cal::net
