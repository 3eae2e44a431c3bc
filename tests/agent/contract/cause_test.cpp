#include "agent/contract/cause.h"

#include "tests/catch.h"
#include "tests/fakes/mentions.h"

#include <set>

using namespace cal;
using fakes::check_mention;

// The steps are those of CONTRIBUTING.md, "Add a cause".
TEST_CASE("a cause has its words, and is in every list of causes", "[cause]") {
  std::set<std::string_view> names;
  for (const auto cause : all_causes) {
    const std::string name(name_of(cause));
    INFO(name);
    CHECK(names.insert(name_of(cause)).second);
    for (const auto profile : all_profiles) {
      CHECK_FALSE(meaning_of(cause, profile).empty());
      CHECK_FALSE(meaning_of(cause, profile).ends_with("."));
      CHECK(first_step_of(cause, profile).ends_with("."));
    }
    for (const auto text : {meaning_of(cause, Profile::rds), first_step_of(cause, Profile::rds)}) {
      CHECK_THAT(std::string(text), !Catch::Contains("pack") && !Catch::Contains("msWssg"));
    }
    check_mention("config/report.schema.json", "\"" + name + "\"", "add it to the causes");
    check_mention("agent/docs/metrics.md", "`" + name + "`", "add it under Diagnosis");
    check_mention("dashboards/source/words.py", "'" + name + "': ", "add its words to CAUSES");
    check_mention("tests/data/diagnosis/scenarios.yml", "primary: " + name + "\n",
                  "add a scenario in which it is the primary cause");
  }
}

TEST_CASE("a cause of the reference page has an alert", "[cause]") {
  for (const auto cause : page_causes) {
    check_mention("dashboards/rules/cal_exporter.yml", "cause=\"" + std::string(name_of(cause)),
                  "add an alert that fires when it is the primary cause");
  }
}
