// Whether a host refuses users now has a number only where that is known: a 0 is a claim, too.
#include "tests/catch.h"
#include "tests/probes/session_host_licensing/sample_farm.h"

#include <functional>

using namespace cal;
using namespace cal::session_host_licensing;
using namespace std::chrono_literals;

namespace {

using Break = std::function<void(SampleFarm&)>;

std::optional<double> refusing(const Outcome& outcome) {
  for (const auto& each : outcome.samples) {
    if (each.family->name == "cal_session_host_refusing") return each.value;
  }
  return std::nullopt;
}

void without_days(SampleFarm& farm) { farm.host().days_left.reset(); }

void without_activation(SampleFarm& farm) {
  both_servers(farm, [](auto& server) { server.activation_status = 1; });
}

}  // namespace

TEST_CASE("a host has a number of refusals only where it is known", "[session_host_licensing]") {
  struct Case {
    std::string what;
    Break broken;
    std::optional<double> value;
  };
  for (const auto& [what, broken, value] : std::vector<Case>{
           {"licensed", [](auto&) {}, 0},
           {"licensed, by its certificate", without_days, 0},
           {"no mode, past grace", [](auto& farm) { farm.host().licensing_type = 5; }, 1},
           {"no mode, in grace, events not read",
            [](auto& farm) {
              farm.host().licensing_type = 5;
              farm.host().days_left = 9;
              farm.host().events.reset();
            },
            0},
           {"no mode, days not read",
            [](auto& farm) {
              without_days(farm);
              farm.host().licensing_type = 5;
            },
            std::nullopt},
           {"no mode, days not read, and a user was refused",
            [](auto& farm) {
              without_days(farm);
              farm.host().licensing_type = 5;
              farm.host().events = {{1011, now - 30min}};
            },
            1},
           {"in a workgroup, and a user was refused",
            [](auto& farm) {
              farm.host().domain = "";
              farm.host().events = {{1011, now - 30min}};
            },
            1},
           {"no list, days not read",
            [](auto& farm) {
              without_days(farm);
              farm.host().specified_servers->clear();
            },
            std::nullopt},
           {"no server reached, days not read",
            [](auto& farm) {
              without_days(farm);
              farm.lose(0);
              farm.lose(1);
            },
            std::nullopt},
           {"servers not activated", without_activation, 0},
           {"servers not activated, events not read",
            [](auto& farm) {
              without_activation(farm);
              farm.host().events.reset();
            },
            std::nullopt},
           {"servers not activated, an event not understood",
            [](auto& farm) {
              without_activation(farm);
              farm.host().events_not_understood = 1;
            },
            std::nullopt},
           {"could not be checked", [](auto& farm) { both_statuses(farm, 7); }, std::nullopt},
       }) {
    SampleFarm farm;
    broken(farm);
    const auto outcome = farm.judged();
    INFO(what << ": " << outcome.summary);
    CHECK(refusing(outcome) == value);
  }
}

TEST_CASE("the summary says why it is not known whether users are refused",
          "[session_host_licensing]") {
  SampleFarm farm(2);
  for (auto& host : farm.hosts) {
    host.days_left.reset();
    host.specified_servers->clear();
  }
  const std::string start =
      "2 of 2 session hosts (RDSH1, RDSH2) need attention (data from 07:55 UTC). ";
  const std::string not_known =
      "t is not known whether users are refused: the days left of the grace period were not read. ";
  const std::string no_server = "No license server is specified. ";
  CHECK_THAT(farm.judged().summary, Catch::StartsWith(start + "I" + not_known + no_server));
  // The date of one host does not speak for the other.
  farm.hosts[1].days_left = 9;
  CHECK_THAT(farm.judged().summary,
             Catch::StartsWith(start + "1 of them: i" + not_known +
                               "1 of them: nobody is refused yet; users are refused from "
                               "2026-12-05 on. " +
                               no_server));
}
