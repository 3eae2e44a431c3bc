#include "probes/ldap/entry.h"

#include "tests/catch.h"

using cal::ldap::Entry;
using cal::ldap::find_range;
using cal::ldap::NoRange;

TEST_CASE("attribute names are case-insensitive", "[entry]") {
  const Entry entry("CN=x", {{"objectSid", {"a"}}, {"memberOf", {"b", "c"}}});
  CHECK(entry.values("MEMBEROF") == std::vector<std::string>{"b", "c"});
  CHECK(entry.first("ObjectSID") == "a");
  CHECK(entry.has("objectsid"));
  CHECK_FALSE(entry.has("objectsi"));
  CHECK(entry.values("mail").empty());
  CHECK_FALSE(entry.first("mail"));
}

TEST_CASE("the size of an entry includes empty values", "[entry]") {
  const auto one = Entry("CN=x", {{"cn", {"xyz"}}}).size();
  CHECK(one >= 4 + 2 + 3);
  CHECK(Entry("CN=x", {{"cn", {"xyz", ""}}}).size() > one);
}

TEST_CASE("a range of values is found under the name that the server gives it", "[entry]") {
  // MS-ADTS 3.1.1.3.1.3.3
  const Entry first("CN=g", {{"member", {}}, {"member;range=0-1", {"a", "b"}}});
  const auto range = find_range(first, "Member");
  REQUIRE(range);
  CHECK(range->first == 0);
  CHECK_FALSE(range->last);
  CHECK(range->values->size() == 2);

  const Entry last("CN=g", {{"member;Range=2-*", {"c"}}});
  const auto rest = find_range(last, "member");
  REQUIRE(rest);
  CHECK(rest->first == 2);
  CHECK(rest->last);
}

TEST_CASE("an attribute without ranges is one whole range", "[entry]") {
  const Entry entry("CN=g", {{"member", {"a"}}, {"memberOf;range=0-1", {"x", "y"}}});
  const auto range = find_range(entry, "member");
  REQUIRE(range);
  CHECK(range->last);
  CHECK(range->values->size() == 1);
}

TEST_CASE("values under a name that is not a range are not absent", "[entry]") {
  const std::string name =
      GENERATE("member;range=", "member;range=x-*", "member;range=1", "member;range=0-",
               "member;range=-*", "member;range=0-x", "member;range=2-1", "member;range=0-1;x",
               "member;range", "Member;RANGE=x", "member;binary");
  const auto found = find_range(Entry("CN=g", {{"member", {}}, {name, {"a"}}}), "member");
  REQUIRE_FALSE(found);
  CHECK(found.error() == NoRange::malformed);
}

TEST_CASE("another attribute is not a range of this one", "[entry]") {
  const std::string name = GENERATE("members", "membe", "memberOf;range=x");
  const auto found = find_range(Entry("CN=g", {{name, {"a"}}}), "member");
  REQUIRE_FALSE(found);
  CHECK(found.error() == NoRange::absent);
}
