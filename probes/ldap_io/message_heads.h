// Finds in a stream of LDAP messages (RFC 4511 4.1.1) those that libldap must not get: with ID 0,
// which the server sends unasked, or with an operation that does not fit in its message. libldap
// never frees some of the former, nor the request that the latter answers. What is not a message at
// all is left to libldap. Pure.
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
  bool lost_ = false;  // no message begins where one should
};

}  // namespace cal::ldap
