#include "agent/contract/options.h"

#include "tests/catch.h"

#include <yaml-cpp/yaml.h>

using namespace cal;

namespace {

Options options_from(const std::string& text, ConfigErrors& errors) {
  return {std::make_shared<const YAML::Node>(YAML::Load(text)), "test.yml", errors};
}

}  // namespace

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
