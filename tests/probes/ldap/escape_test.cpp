#include "probes/ldap/escape.h"

#include "probes/security/sid.h"
#include "tests/catch.h"

using cal::ldap::escape_dn_value;
using cal::ldap::escape_filter;

TEST_CASE("special characters of a filter are escaped (RFC 4515 3)", "[escape]") {
  CHECK(escape_filter("licadmin") == "licadmin");
  CHECK(escape_filter("a*(b)\\") == "a\\2a\\28b\\29\\5c");
  CHECK(escape_filter(std::string("\0\xff", 2)) == "\\00\\ff");
  CHECK(escape_filter("Zoë") == "Zo\\c3\\ab");
}

TEST_CASE("a binary SID becomes an assertion value", "[escape]") {
  CHECK(escape_filter(cal::security::well_known::local_system.octets()) ==
        "\\01\\01\\00\\00\\00\\00\\00\\05\\12\\00\\00\\00");
}

TEST_CASE("special characters of a DN are escaped (RFC 4514 2.4)", "[escape]") {
  CHECK(escape_dn_value("O, Brien + Zoë") == "O\\, Brien \\+ Zoë");
  CHECK(escape_dn_value("\"x\";<y>=\\") == "\\\"x\\\"\\;\\<y\\>\\=\\\\");
  CHECK(escape_dn_value(" # ") == "\\ #\\ ");
  CHECK(escape_dn_value("#1") == "\\#1");
  CHECK(escape_dn_value("1#") == "1#");
  CHECK(escape_dn_value(" ") == "\\ ");
  CHECK(escape_dn_value(std::string("a\0\n", 3)) == "a\\00\\0a");
  CHECK(escape_dn_value("").empty());
}
