// The commands by which a person finds out who made a change.
#include "probes/replication/who_query.h"

#include "tests/catch.h"

using namespace cal;
using namespace cal::replication;

namespace {

WhoQuery query_for(const std::string& attribute) {
  Write write{"CN=object", security::Guid::parse_text("01234567-89ab-cdef-0123-456789abcdef")};
  write.attribute = attribute;
  write.on = "DC1";
  const auto query = find_out_who(write, "dc1.ebs.example.com", "it decides");
  REQUIRE(query);
  return *query;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("one attribute is asked for, and its values only if it has many", "[replication]") {
  const auto permissions = query_for("nTSecurityDescriptor");
  CHECK(has(permissions.command, "-Properties nTSecurityDescriptor\n"));
  CHECK_FALSE(has(permissions.command, "-First"));
  const auto members = query_for("member");
  CHECK(has(members.command, "-Properties member -ShowAllLinkedValues |\n"));
  CHECK(has(members.command, "-First 10\n"));
}

TEST_CASE("of changes in the directory, those of the object are shown", "[replication]") {
  CHECK(has(query_for("nTSecurityDescriptor").command, "Where-Object { $_.ToXml() -like"));
  CHECK_FALSE(has(query_for("member").command, "ToXml"));  // these records have no GUID
}

TEST_CASE("what the query needs is shown beside it", "[replication]") {
  const auto query = query_for("pwdLastSet");
  for (const auto* need : {"module ActiveDirectory", "Event Log Readers", "Remote Event Log"}) {
    CHECK(has(query.beside.at(0), need));
  }
  CHECK(has(query.text, ": it decides. These commands only read."));
}
