#include "agent/http/own_names.h"

#include "tests/catch.h"

using cal::names_beside;
using Names = std::vector<std::string>;

TEST_CASE("the names beside a host's in a hosts file are its names", "[own_names]") {
  const auto* const file =
      "127.0.0.1 localhost\n"
      "127.0.1.1\tcal1.example.com Cal1 # set by the installer, not cal2\n"
      "192.0.2.7 cal1 cal1-admin\n"
      "192.0.2.8 cal10\n"
      "# 192.0.2.9 cal1 old\n";
  CHECK(names_beside(file, "CAL1") == Names{"cal1.example.com", "cal1", "cal1", "cal1-admin"});
  CHECK(names_beside(file, "cal2").empty());
  CHECK(names_beside(file, "127.0.1.1").empty());
  CHECK(names_beside("", "cal1").empty());
}
