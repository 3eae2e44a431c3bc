#include "agent/contract/label_values.h"

#include "tests/catch.h"

#include <set>

using cal::LabelValues;
using namespace std::string_literals;

namespace {

std::vector<std::string> copies(const LabelValues& values) {
  return {values.begin(), values.end()};
}

}  // namespace

TEST_CASE("label values are the texts that were given", "[label_values]") {
  const std::vector<std::vector<std::string>> lists{{},
                                                    {""},
                                                    {"", ""},
                                                    {"ebs", "a b", ""},
                                                    {std::string("a\0b", 3), "\xff"},
                                                    {std::string(70000, 'x')}};
  for (const auto& list : lists) {
    CHECK(copies(LabelValues(list)) == list);
    const LabelValues copy = LabelValues(list);
    CHECK(copies(copy) == list);
  }
  CHECK(copies(LabelValues{"x", "y"s}) == std::vector{"x"s, "y"s});
}

TEST_CASE("label values are equal and ordered as their texts", "[label_values]") {
  // In order: where one text ends counts, and not only what all of them are together.
  const std::vector<LabelValues> ordered{{},        {""},        {"", "b"},   {"a"},
                                         {"a", ""}, {"a", "bc"}, {"ab", "c"}, {"b"}};
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    for (std::size_t j = 0; j < ordered.size(); ++j) {
      CHECK((ordered[i] == ordered[j]) == (i == j));
      CHECK((ordered[i] < ordered[j]) == (i < j));
    }
  }
}

TEST_CASE("copies of label values share one block", "[label_values]") {
  const LabelValues one{"x"};
  const LabelValues other{"x"};
  const auto copy = one;
  CHECK(copy.shares_with(one));
  CHECK_FALSE(other.shares_with(one));
  CHECK(one.users() == 2);
  CHECK(other.users() == 1);
  CHECK(LabelValues().users() == 0);
  CHECK(LabelValues().bytes() == 0);
}
