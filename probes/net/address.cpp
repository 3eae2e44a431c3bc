#include "probes/net/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

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
