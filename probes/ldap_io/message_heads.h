// Finds in a stream of LDAP messages (RFC 4511 4.1.1) those that libldap must not get: with ID 0,
// which the server sends unasked, or without a proper ID and operation. libldap never frees some of
// the former, nor the request that the latter answer. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace cal::ldap {

class MessageHeads {
 public:
  // Takes the next octets. True once such a message has begun; no more octets are taken then.
  bool add(std::span<const std::uint8_t> octets);

  // Of that message: the octets that came, and how many follow.
  const std::string& begun() const { return begun_; }
  std::size_t left() const { return left_; }

 private:
  std::string begun_;  // up to the operation's length
  std::size_t left_ = 0;
};

}  // namespace cal::ldap
