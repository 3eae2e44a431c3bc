#include "agent/http/own_names.h"
#include "tests/catch.h"

#include <unistd.h>

#include <algorithm>
#include <array>

TEST_CASE("localhost and the name of the system are names of this host", "[own_names]") {
  std::array<char, 256> name{};
  REQUIRE(gethostname(name.data(), name.size() - 1) == 0);
  const auto names = cal::own_names();
  for (const auto& wanted : {std::string("localhost"), std::string(name.data())}) {
    CAPTURE(wanted);
    CHECK(std::ranges::find(names, wanted) != names.end());
  }
}
