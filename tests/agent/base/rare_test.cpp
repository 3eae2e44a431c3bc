#include "agent/base/rare.h"

#include "tests/catch.h"

#include <string>

using cal::Rare;

TEST_CASE("a rare value is copied, moved and reset like an optional one", "[rare]") {
  Rare<std::string> value;
  CHECK_FALSE(value);
  CHECK(value.value_or("none") == "none");
  value = "one";
  auto copy = value;
  *copy += " more";
  CHECK(*value == "one");
  CHECK(copy.value_or("none") == "one more");
  const auto moved = std::move(copy);
  CHECK(moved->size() == 8);
  auto& same = value;
  value = same;
  CHECK(*value == "one");
  value.reset();
  CHECK_FALSE(value.has_value());
  CHECK_FALSE(Rare<std::string>(value).has_value());
  CHECK(sizeof value == sizeof(void*));
}
