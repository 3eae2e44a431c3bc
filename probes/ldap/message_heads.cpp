#include "probes/ldap/message_heads.h"

#include <algorithm>
#include <optional>

namespace cal::ldap {

namespace {

constexpr std::uint8_t sequence = 0x30;
constexpr std::uint8_t integer = 0x02;
constexpr std::size_t max_length_octets = 8;  // as liblber
constexpr std::size_t max_id_octets = 4;

std::uint8_t octet(const std::string& text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

// Big-endian.
std::uint64_t number_in(const std::string& text, std::size_t at, std::size_t octets) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < octets; ++i) number = number << 8U | octet(text, at + i);
  return number;
}

struct Head {
  enum class State { incomplete, complete, malformed };
  State state = State::incomplete;
  std::size_t left = 0;  // of the message after the head
  bool unasked = false;
};

// SEQUENCE, its length, INTEGER, its length, the ID.
Head parse(const std::string& text) {
  constexpr Head malformed{Head::State::malformed};
  if (text.size() < 2) return {};
  if (octet(text, 0) != sequence) return malformed;
  std::size_t at = 2;
  std::uint64_t length = octet(text, 1);
  if (length >= 0x80) {
    const std::size_t octets = length & 0x7FU;
    if (octets == 0 || octets > max_length_octets) return malformed;
    if (text.size() < at + octets) return {};
    length = number_in(text, at, octets);
    at += octets;
  }
  if (text.size() < at + 2) return {};
  const std::size_t id_octets = octet(text, at + 1);
  if (octet(text, at) != integer || id_octets == 0 || id_octets > max_id_octets ||
      length < 2 + id_octets) {
    return malformed;
  }
  at += 2;
  if (text.size() < at + id_octets) return {};
  return {Head::State::complete, length - 2 - id_octets, number_in(text, at, id_octets) == 0};
}

}  // namespace

bool MessageHeads::add(std::span<const std::uint8_t> octets) {
  while (!octets.empty() && !lost_) {
    if (left_ > 0) {
      const auto skipped = std::min(left_, octets.size());
      left_ -= skipped;
      octets = octets.subspan(skipped);
      if (left_ == 0) begun_.clear();
      continue;
    }
    begun_.push_back(static_cast<char>(octets.front()));
    octets = octets.subspan(1);
    const auto head = parse(begun_);
    if (head.state == Head::State::incomplete) continue;
    lost_ = head.state == Head::State::malformed;
    left_ = head.left;
    if (head.unasked) {
      const auto rest = octets.first(std::min(left_, octets.size()));
      begun_.append(rest.begin(), rest.end());
      left_ -= rest.size();
      return true;
    }
    if (left_ == 0) begun_.clear();
  }
  return false;
}

}  // namespace cal::ldap
