#include "probes/security/describe.h"

#include "probes/security/sddl.h"
#include "tests/catch.h"

using namespace cal::security;

TEST_CASE("an entry is described in words", "[describe]") {
  struct Row {
    std::string_view ace;
    std::string_view words;
  };
  const Row rows[] = {
      {"(A;ID;RPWP;;;SY)",
       "allow Read property, Write property to NT AUTHORITY\\SYSTEM (inherited)"},
      {"(D;;WP;;;BA)", "deny Write property to BUILTIN\\Administrators"},
      {"(A;CIIO;0xf01ff;;;DA)",
       "allow Full control to Domain Admins (S-1-5-21-1-2-3-512) (inherit-only, for "
       "descendant objects)"},
      {"(A;;GA;;;S-1-5-21-1-2-3-1102)", "allow Generic all to S-1-5-21-1-2-3-1102"},
      {"(OA;;RPWP;5805bc62-bdc9-4428-a5e2-856a0f4c185e;;S-1-5-32-561)",
       "allow Read property, Write property on Terminal Server License Server to BUILTIN\\Terminal "
       "Server License Servers"},
      {"(OD;ID;CR;00112233-4455-6677-8899-aabbccddeeff;4828cc14-1437-45bc-9b07-ad6f015e5f28;WD)",
       "deny Control access on 00112233-4455-6677-8899-aabbccddeeff to Everyone (inherited, for "
       "descendant inetOrgPerson objects)"},
      {"(OD;CIIO;WP;bf967950-0de6-11d0-a285-00aa003049e2;bf967aba-0de6-11d0-a285-00aa003049e2;SY)",
       "deny Write property on description to NT AUTHORITY\\SYSTEM (inherit-only, for descendant "
       "user objects)"},
      {"(XD;;RP;;;WD;(1==1))", "deny Read property to Everyone (under a condition)"},
      {"(A;;0x2000010;;;WD)", "allow Read property, 0x2000000 to Everyone"},
      {"(A;;;;;WD)", "allow nothing to Everyone"},
      {"(AU;FA;SD;;;WD)", "audit Delete to Everyone"},
      {"(0x15;;(#01020304))", "an entry of unknown type 0x15"},
  };
  for (const auto& row : rows) {
    const auto parsed = parse_sddl("D:" + std::string(row.ace), Sid::parse_text("S-1-5-21-1-2-3"));
    REQUIRE(parsed);
    CHECK(describe(parsed->dacl->aces.at(0)) == row.words);
  }
}
