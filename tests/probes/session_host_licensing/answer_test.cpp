#include "tests/catch.h"
#include "tests/probes/session_host_licensing/sample_farm.h"

using namespace cal;
using namespace cal::session_host_licensing;

namespace {

Facts facts_of(const SampleFarm& farm) {
  return {now, {.hosts = farm.hosts, .servers = farm.servers}, farm.memory};
}

}  // namespace

TEST_CASE("the answer for one host is its verdict", "[session_host_licensing]") {
  struct Row {
    const char* what;
    std::function<void(SampleFarm&)> change;
    std::optional<bool> gets_license;
    bool warning;
  };
  const auto row = GENERATE(values<Row>({
      {"healthy", [](auto&) {}, true, false},
      {"no mode, past grace", [](auto& farm) { farm.host().licensing_type = 5; }, false, true},
      {"no mode, in grace",
       [](auto& farm) {
         farm.host().licensing_type = 5;
         farm.host().days_left = 9;
       },
       true, true},
      {"remote administration only", [](auto& farm) { farm.host().terminal_server_mode = 0; },
       std::nullopt, false},
      {"key packs not read",
       [](auto& farm) { both_servers(farm, [](auto& server) { server.key_packs.reset(); }); },
       std::nullopt, true},
  }));
  INFO(row.what);
  SampleFarm farm;
  row.change(farm);
  const auto name = farm.host().name;
  const auto answer = answer_for(name, facts_of(farm), farm.settings);
  INFO(answer.text);
  CHECK(answer.gets_license == row.gets_license);
  CHECK(answer.warning == row.warning);
  CHECK(answer.step.empty() == !row.warning);
  CHECK(answer.data_at);
}

TEST_CASE("a host is found by its short name in any case, and named if it is not",
          "[session_host_licensing]") {
  SampleFarm farm;
  CHECK(answer_for("rdsh1.contoso.test", facts_of(farm), farm.settings).gets_license == true);
  const auto unknown = answer_for("RDSH99", facts_of(farm), farm.settings);
  CHECK_FALSE(unknown.gets_license);
  CHECK_THAT(unknown.text, Catch::Contains("no export of RDSH99"));
}
