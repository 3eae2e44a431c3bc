#include "agent/contract/options.h"

#include "tests/allocations.h"
#include "tests/catch.h"

#include <yaml-cpp/yaml.h>

using namespace cal;

namespace {

Options options_from(const std::string& text, ConfigErrors& errors) {
  return {std::make_shared<const YAML::Node>(YAML::Load(text)), "test.yml", errors};
}

}  // namespace

TEST_CASE("an option that is a number is a whole number within its bounds", "[options]") {
  struct Row {
    std::string_view text;
    int value;
    std::string_view error;  // empty: none
  };
  const auto row = GENERATE(values<Row>({
      {"{}", 10, ""},
      {"{share: 1}", 1, ""},
      {"{share: 42}", 42, ""},
      {"{share: 99}", 99, ""},
      {"{share: 0}", 10, "'share' must be a whole number from 1 to 99, not 0"},
      {"{share: 100}", 10, "'share' must be a whole number from 1 to 99, not 100"},
      {"{share: 4294967306}", 10, "'share' must be a whole number from 1 to 99, not 4294967306"},
      {"{share: -5}", 10, "'share' must be a whole number from 1 to 99, not -5"},
      {"{share: 1.5}", 10, "'share' must be a whole number from 1 to 99, not 1.5"},
      {"{share: 5%}", 10, "'share' must be a whole number from 1 to 99, not 5%"},
      {"{share: ten}", 10, "'share' must be a whole number from 1 to 99, not ten"},
      {"{share: [5]}", 10, "'share' must be a whole number"},
  }));
  INFO(row.text);
  ConfigErrors errors;
  auto options = options_from(std::string(row.text), errors);
  CHECK(options.number_or("share", 10, 1, 99) == row.value);
  CHECK(errors.without_places() == row.error);
  options.reject_unknown_keys();
  CHECK(errors.without_places() == row.error);
}

TEST_CASE("a list of numbers keeps those within the bounds and reports the others", "[options]") {
  ConfigErrors errors;
  auto options =
      options_from("{statuses: [200, 99, OK, 404, 4294967496, -5, 100.5], one: 301}", errors);
  CHECK(options.numbers("statuses", 100, 599) == std::vector{200, 404});
  CHECK(errors.without_places() ==
        "'statuses' must contain only whole numbers from 100 to 599, not 99; "
        "'statuses' must contain only whole numbers from 100 to 599, not OK; "
        "'statuses' must contain only whole numbers from 100 to 599, not 4294967496; "
        "'statuses' must contain only whole numbers from 100 to 599, not -5; "
        "'statuses' must contain only whole numbers from 100 to 599, not 100.5");
  CHECK(options.numbers("one", 100, 599) == std::vector{301});
  CHECK(options.numbers("absent", 100, 599).empty());
}

TEST_CASE("a mapping of very many keys is read in linear time", "[options]") {
  const auto growth = cal::test::growth_of(
      [](std::size_t keys) {
        std::string text;
        for (std::size_t i = 0; i < keys; ++i)
          text += "a name of more than 15 characters " + std::to_string(i) + ": x\n";
        auto root = std::make_shared<const YAML::Node>(YAML::Load(text));
        return [root] {
          ConfigErrors errors;
          Options options(root, "test.yml", errors);
          for (const auto& key : options.keys()) CHECK(options.text(key) == "x");
          CHECK(errors.empty());
        };
      },
      300);
  CAPTURE(growth.first, growth.second, growth.third);
  CHECK(growth.is_linear());
}
