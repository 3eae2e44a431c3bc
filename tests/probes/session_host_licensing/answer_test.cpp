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
      {"no mode, and the days of grace were not read",
       [](auto& farm) {
         farm.host().licensing_type = 5;
         farm.host().days_left.reset();
       },
       std::nullopt, true},
      {"no licenses, and its events were not read",
       [](auto& farm) {
         both_servers(farm, [](auto& server) { server.key_packs->packs.clear(); });
         farm.host().events.reset();
       },
       std::nullopt, true},
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

TEST_CASE("of hosts with one name in two domains, the one that was asked for answers",
          "[session_host_licensing]") {
  SampleFarm farm(2);
  farm.hosts[1].name = "rdsh1";
  farm.hosts[1].domain = "fabrikam.test";
  farm.hosts[1].licensing_type = 5;
  const auto answer = [&](const char* name) {
    return answer_for(name, facts_of(farm), farm.settings);
  };
  CHECK(answer("RDSH1.contoso.test").gets_license == true);
  CHECK(answer("rdsh1.Fabrikam.test").gets_license == false);
  CHECK_FALSE(answer("RDSH1").gets_license);
  CHECK_THAT(answer("RDSH1").text, Catch::Contains("2 session hosts have the name RDSH1"));
  CHECK_THAT(answer("rdsh1.else.test").text, Catch::Contains("no export of rdsh1.else.test"));
  farm.hosts[1].data_at = now - hours(3);
  CHECK_FALSE(answer("rdsh1.fabrikam.test").gets_license);
}

TEST_CASE("whether a host gets a license is not known while a file of several exports is unusable",
          "[session_host_licensing]") {
  SampleFarm farm;
  auto facts = facts_of(farm);
  facts.exports.faults.push_back(
      {"", {inventory::FileFaultKind::unreadable, "read all.json: 1 of 2 exports"}});
  const auto answer = answer_for("RDSH1", facts, farm.settings);
  CHECK_FALSE(answer.gets_license);
  CHECK(answer.text == "read all.json: 1 of 2 exports");
  farm.host().licensing_type = 5;
  facts.exports.hosts = farm.hosts;
  CHECK(answer_for("RDSH1", facts, farm.settings).gets_license == false);
}
