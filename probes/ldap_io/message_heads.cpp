#include "probes/ldap_io/message_heads.h"

#include <algorithm>

namespace cal::ldap {

namespace {

constexpr std::uint8_t sequence = 0x30;
constexpr std::uint8_t integer = 0x02;
constexpr std::uint8_t more_tag_octets = 0x1F;  // X.690 8.1.2.4
constexpr std::size_t max_length_octets = 8;    // as liblber
constexpr std::size_t max_id_octets = 4;
constexpr std::uint64_t max_message = std::uint64_t{1} << 32U;  // liblber's limit is far below

std::uint8_t octet(const std::string& text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

// Big-endian.
std::uint64_t number_in(const std::string& text, std::size_t at, std::size_t octets) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < octets; ++i) number = number << 8U | octet(text, at + i);
  return number;
}

// A definite length (X.690 8.1.3) at this place: its value and where it ends.
struct Length {
  enum class State { incomplete, complete, malformed };
  State state = State::incomplete;
  std::uint64_t value = 0;
  std::size_t end = 0;
};

Length length_at(const std::string& text, std::size_t at) {
  if (text.size() <= at) return {};
  const std::size_t first = octet(text, at);
  if (first < 0x80) return {Length::State::complete, first, at + 1};
  const std::size_t octets = first & 0x7FU;
  if (octets == 0 || octets > max_length_octets) return {.state = Length::State::malformed};
  if (text.size() < at + 1 + octets) return {};
  return {Length::State::complete, number_in(text, at + 1, octets), at + 1 + octets};
}

struct Head {
  enum class State { incomplete, good, harmful };
  State state = State::incomplete;
  std::size_t left = 0;  // of the message after `text`
};

// SEQUENCE, length, INTEGER, length, the ID; then a tag and a length, of the operation.
Head parse(const std::string& text) {
  constexpr Head malformed{Head::State::harmful};
  if (octet(text, 0) != sequence) return malformed;
  const auto whole = length_at(text, 1);
  if (whole.state == Length::State::malformed) return malformed;
  if (whole.state == Length::State::incomplete || text.size() < whole.end + 2) return {};
  const std::size_t id_octets = octet(text, whole.end + 1);
  const auto id_at = whole.end + 2;
  if (octet(text, whole.end) != integer || id_octets == 0 || id_octets > max_id_octets ||
      whole.value < 2 + id_octets || whole.value > max_message) {
    return malformed;
  }
  if (text.size() < id_at + id_octets) return {};
  const auto end = whole.end + whole.value;
  const Head harmful{Head::State::harmful, end - text.size()};
  if (number_in(text, id_at, id_octets) == 0) return harmful;
  const auto operation_at = id_at + id_octets;
  if (end < operation_at + 2) return harmful;
  if (text.size() == operation_at) return {};
  // The tags of RFC 4511 are all of one octet.
  if ((octet(text, operation_at) & more_tag_octets) == more_tag_octets) return harmful;
  const auto operation = length_at(text, operation_at + 1);
  if (operation.state == Length::State::incomplete && text.size() < end) return {};
  const bool fits = operation.state == Length::State::complete && operation.end <= end &&
                    operation.value <= end - operation.end;
  return fits ? Head{Head::State::good, end - text.size()} : harmful;
}

}  // namespace

bool MessageHeads::add(std::span<const std::uint8_t> octets) {
  while (!octets.empty()) {
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
    left_ = head.left;
    if (head.state == Head::State::harmful) {
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
