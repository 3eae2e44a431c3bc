// Finds the message IDs in a stream of LDAP messages (RFC 4511 4.1.1) without decoding the rest.
// What is not an LDAP message is left to whoever decodes it. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace cal::ldap {

class MessageHeads {
 public:
  // Takes the next octets. True once a message with ID 0 has begun, which the server sends unasked;
  // no more octets are taken then.
  bool add(std::span<const std::uint8_t> octets);

  // Of the message that began last: its first octets, up to the ID, or up to what was last added if
  // its ID is 0; and how many follow.
  const std::string& begun() const { return begun_; }
  std::size_t left() const { return left_; }

 private:
  std::string begun_;
  std::size_t left_ = 0;
  bool lost_ = false;  // no message begins where one should
};

}  // namespace cal::ldap
