#include "probes/net/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>

namespace cal::net {

std::optional<Address> Address::parse(const std::string& text) {
  Address address{Family::v4};
  if (inet_pton(AF_INET, text.c_str(), address.octets.data()) == 1) return address;
  address.family = Family::v6;
  if (inet_pton(AF_INET6, text.c_str(), address.octets.data()) == 1) return address;
  return std::nullopt;
}

std::string Address::text() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  const int domain = family == Family::v4 ? AF_INET : AF_INET6;
  return inet_ntop(domain, octets.data(), buffer.data(), buffer.size());
}

Address Address::unmapped() const {
  constexpr std::array<std::uint8_t, 12> prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (family == Family::v4 || std::memcmp(octets.data(), prefix.data(), prefix.size()) != 0) {
    return *this;
  }
  Address v4{Family::v4};
  std::memcpy(v4.octets.data(), octets.data() + prefix.size(), 4);
  return v4;
}

std::optional<Address> address_of(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    Address v4{Family::v4};
    std::memcpy(v4.octets.data(), &reinterpret_cast<const sockaddr_in*>(&address)->sin_addr, 4);
    return v4;
  }
  if (address.sa_family == AF_INET6) {
    Address v6{Family::v6};
    std::memcpy(v6.octets.data(), &reinterpret_cast<const sockaddr_in6*>(&address)->sin6_addr, 16);
    return v6;
  }
  return std::nullopt;
}

std::string with_port(const Address& address, std::uint16_t port) {
  return address.family == Family::v4 ? fmt::format("{}:{}", address.text(), port)
                                      : fmt::format("[{}]:{}", address.text(), port);
}

std::string list_of(const std::vector<Address>& addresses) {
  std::vector<std::string> texts;
  texts.reserve(addresses.size());
  for (const auto& address : addresses) texts.push_back(address.text());
  return fmt::format("{}", fmt::join(texts, ", "));
}

}  // namespace cal::net
