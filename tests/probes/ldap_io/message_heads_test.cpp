#include "probes/ldap_io/message_heads.h"

#include "tests/catch.h"

#include <string_view>

using namespace std::string_view_literals;
using cal::ldap::MessageHeads;

namespace {

bool add(MessageHeads& heads, std::string_view octets) {
  return heads.add({reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()});
}

// Two answers, the second with its length in a long form, and a notice.
constexpr auto first = "\x30\x07\x02\x01\x01\x65\x02\x0a\x00"sv;
constexpr auto second = "\x30\x82\x00\x08\x02\x02\x01\x00\x65\x02\x0a\x00"sv;
constexpr auto notice = "\x30\x08\x02\x01\x00\x78\x03\x0a\x01\x34"sv;

}  // namespace

TEST_CASE("a message with ID 0 is found wherever the octets are split", "[ldap]") {
  const std::string all = std::string(first) + std::string(second) + std::string(notice);
  const auto answers = first.size() + second.size();
  for (std::size_t step = 1; step <= all.size(); ++step) {
    MessageHeads heads;
    std::size_t at = 0;
    bool found = false;
    for (; at < all.size() && !found; at += step) {
      found = add(heads, std::string_view(all).substr(at, step));
    }
    INFO(step);
    REQUIRE(found);
    CHECK(at >= answers + 5);
    CHECK(notice.starts_with(heads.begun()));
    CHECK(heads.begun().size() + heads.left() == notice.size());
  }
}

TEST_CASE("answers are not taken for a message with ID 0", "[ldap]") {
  MessageHeads heads;
  CHECK_FALSE(add(heads, first));
  CHECK_FALSE(add(heads, second));
  // A zero inside an answer is not the ID of one.
  CHECK_FALSE(add(heads, "\x30\x09\x02\x01\x07\x04\x04\x30\x02\x02\x00"sv));
  CHECK(add(heads, notice));
}

TEST_CASE("what is not a whole LDAP message is found", "[ldap]") {
  const auto octets = GENERATE(
      "HTTP/1.1 400 Bad Request\r\n"sv, "\x30\x80\x02\x01\x01"sv,
      "\x30\x89\x01\x02\x03\x04\x05\x06\x07\x08\x09\x02\x01\x00"sv,
      "\x30\x88\xff\xff\xff\xff\xff\xff\xff\xff\x02\x01\x01\x65"sv,
      // The ID
      "\x30\x09\x02\x05\x00\x00\x00\x00\x01"sv, "\x30\x02\x02\x01\x01"sv,
      "\x30\x07\x07\x01\x01\x65\x02\x0a\x00"sv, "\x30\x05\x02\x00\x01\x00\x00"sv,
      // The operation
      "\x30\x0c\x02\x01\x01\x78\x0f\x0a\x01\x00\x04\x00\x2e\x00"sv, "\x30\x03\x02\x01\x01"sv,
      "\x30\x05\x02\x01\x01\x65\x84"sv, "\x30\x07\x02\x01\x01\x5f\x0a\x02\x00"sv,
      "\x30\x04\x02\x01\x01\x65"sv, "\x30\x05\x02\x01\x01\x65\x80"sv);
  MessageHeads heads;
  CHECK(add(heads, octets));
}
