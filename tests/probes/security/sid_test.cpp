#include "probes/security/sid.h"

#include "tests/catch.h"

using cal::security::Sid;

TEST_CASE("a SID keeps its text form through the binary form", "[sid]") {
  const auto* text =
      GENERATE("S-1-1-0", "S-1-5-18", "S-1-5-32-544",
               "S-1-5-21-1111111111-2222222222-3333333333-1102", "S-1-0x123456789ABC-1", "S-1-5");
  const auto sid = Sid::parse_text(text);
  REQUIRE(sid);
  CHECK(sid->text() == text);
  const auto again = Sid::parse_octets(sid->octets());
  REQUIRE(again);
  CHECK(*again == *sid);
}

TEST_CASE("the authority is big-endian and the sub-authorities little-endian", "[sid]") {
  // MS-DTYP 2.4.2.2
  const std::string bytes("\x01\x02\x00\x00\x00\x00\x00\x05\x20\x00\x00\x00\x20\x02\x00\x00", 16);
  const auto sid = Sid::parse_octets(bytes);
  REQUIRE(sid);
  CHECK(sid->text() == "S-1-5-32-544");
  CHECK(sid->octets() == bytes);
}

TEST_CASE("text that is not a SID is refused", "[sid]") {
  const auto* text = GENERATE("", "S", "S-1", "S-1-", "S-2-5-18", "S-1-5-", "S-1-5-x", "S-1-5-18 ",
                              "S-1-5-4294967296", "S-1-281474976710656", "X-1-5-18",
                              "S-1-1-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16");
  CHECK_FALSE(Sid::parse_text(text));
}

TEST_CASE("a truncated or malformed binary SID is refused", "[sid]") {
  const std::string good = Sid::parse_text("S-1-5-32-544")->octets();
  for (std::size_t length = 0; length < good.size(); ++length) {
    CHECK_FALSE(Sid::parse_octets(good.substr(0, length)));
  }
  std::string other_revision = good;
  other_revision[0] = 2;
  CHECK_FALSE(Sid::parse_octets(other_revision));
  CHECK_FALSE(Sid::parse_octets(std::string("\x01\x10", 2) + std::string(80, '\0')));
}

TEST_CASE("a domain and its accounts", "[sid]") {
  const auto account = *Sid::parse_text("S-1-5-21-1-2-3-512");
  CHECK(account.is_domain_account());
  CHECK(account.rid() == 512U);
  CHECK(account.domain().text() == "S-1-5-21-1-2-3");
  CHECK(account.domain().with_rid(512) == account);
  CHECK_FALSE(cal::security::well_known::administrators.is_domain_account());
  CHECK(cal::security::well_known::administrators.is_builtin());
  CHECK_FALSE(account.is_builtin());
}

TEST_CASE("a SID is recognized in place", "[sid]") {
  const auto account = *Sid::parse_text("S-1-5-21-1-2-3-512");
  const auto is = [&](const char* text) {
    const std::string other = Sid::parse_text(text)->octets();
    const auto bytes = std::as_bytes(std::span(other));
    REQUIRE(Sid::at_front_of(bytes));
    return account.is(bytes);
  };
  CHECK(is("S-1-5-21-1-2-3-512"));
  CHECK_FALSE(is("S-1-5-21-1-2-3-513"));
  CHECK_FALSE(is("S-1-5-21-1-2-4-512"));
  CHECK_FALSE(is("S-1-4-21-1-2-3-512"));
  CHECK_FALSE(is("S-1-5-21-1-2-3"));
  CHECK_FALSE(is("S-1-5"));
}
