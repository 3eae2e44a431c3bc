// Which license servers the step names, where a host has none or none that suits it.
#include "tests/catch.h"
#include "tests/probes/session_host_licensing/sample_farm.h"

using namespace cal;
using namespace cal::session_host_licensing;

namespace {

// Two hosts, the first without a license server.
SampleFarm farm_without_list() {
  SampleFarm farm(2);
  farm.host().specified_servers->clear();
  return farm;
}

void check_step(const SampleFarm& farm, const std::string& servers) {
  const auto outcome = farm.judged();
  INFO(outcome.summary);
  REQUIRE(outcome.reason->word == "no_license_server");
  CHECK_THAT(outcome.summary, Catch::Contains("license servers\" on RDSH1" + servers + "."));
  CHECK_THAT(outcome.action, Catch::EndsWith("broker, on RDSH1" + servers + "."));
  CHECK_THAT(outcome.implications.at(0).first_step, Catch::EndsWith(servers + "."));
}

}  // namespace

TEST_CASE("servers to enter are those in other hosts' lists", "[session_host_licensing]") {
  auto farm = farm_without_list();
  check_step(farm, ": LS1 and LS2, as on RDSH2");
  farm.hosts[1].specified_servers = {"LS2"};
  check_step(farm, ": LS2, as on RDSH2");
  farm.servers.clear();  // what it holds is not known, but the others use it
  check_step(farm, ": LS2, as on RDSH2");
}

TEST_CASE("no host is named as a model that lists other servers", "[session_host_licensing]") {
  SampleFarm farm(3);
  farm.host().specified_servers->clear();
  farm.hosts[1].specified_servers = {"LS1"};
  farm.hosts[2].specified_servers = {"LS2"};
  check_step(farm, ": LS1 and LS2, which other hosts list");
}

TEST_CASE("a server that would not do is not named", "[session_host_licensing]") {
  auto farm = farm_without_list();
  farm.server(0).activation_status = 1;
  check_step(farm, ": LS2, as on RDSH2");
  farm.server(0) = sample_server("LS1");
  farm.server(0).os_build = 17763;  // older than the host
  check_step(farm, ": LS2, as on RDSH2");
  farm.server(1).role_installed = false;
  check_step(farm, "");
}

TEST_CASE("a server that other hosts do not reach is not named", "[session_host_licensing]") {
  auto farm = farm_without_list();
  farm.lose(0, 2, 1, 2);  // the second host still has LS2
  REQUIRE_THAT(farm.judged().summary, Catch::Contains("LS1 does not serve the hosts"));
  check_step(farm, ": LS2, as on RDSH2");
}

TEST_CASE("where no host has a list, activated servers are named", "[session_host_licensing]") {
  auto farm = farm_without_list();
  farm.hosts.pop_back();
  check_step(farm, ": LS1 and LS2, activated according to their exports");
  farm.servers.pop_back();
  check_step(farm, ": LS1, activated according to its export");
  farm.server().activation_status.reset();
  check_step(farm, "");
}

TEST_CASE("a server that is too old is not its own replacement", "[session_host_licensing]") {
  SampleFarm farm(2);
  farm.host().specified_servers = {"LS1"};
  farm.host().contacts = {{"LS1", 4, true}};
  const auto outcome = farm.judged();
  REQUIRE(outcome.reason->word == "license_server_too_old");
  CHECK_THAT(outcome.action,
             Catch::EndsWith("of Windows Server 2022 or newer for RDSH1: LS2, as on RDSH2."));
}
