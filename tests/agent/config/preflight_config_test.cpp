#include "agent/config/preflight_config.h"

#include "agent/config/config.h"
#include "tests/catch.h"
#include "tests/fakes/fake_probe.h"

using namespace cal;

namespace {

const std::string text = R"(
defaults: { interval: 5m, timeout: 2s }
networks:
  - name: west
    probes: { fake: { mood: calm, timeout: 3s } }
  - name: 'east'
    probes: { other: { anything: goes } }
)";

Instances instances_of(const std::string& network, const ProbeOptions& options) {
  const auto config = parse_config(config_for(text, network, Profile::rds, {"fake"}, options),
                                   "preflight.yml", fakes::registry());
  REQUIRE(config);
  return config->instances;
}

}  // namespace

TEST_CASE("the networks of a configuration have names", "[preflight]") {
  CHECK(network_names(text) == std::vector<std::string>{"west", "east"});
}

TEST_CASE("a preflight keeps the network's own settings of a probe", "[preflight]") {
  const auto instances = instances_of("west", {});
  REQUIRE(instances.size() == 1);
  CHECK(instances[0]->network == "west");
  CHECK(instances[0]->profile == Profile::rds);
  CHECK(instances[0]->timeout == std::chrono::seconds(3));
  CHECK(instances[0]->interval == std::chrono::minutes(5));
}

TEST_CASE("a preflight adds a probe that is not configured and leaves the others out",
          "[preflight]") {
  const auto instances = instances_of("east", {});
  REQUIRE(instances.size() == 1);
  CHECK(instances[0]->kind->name == "fake");
  CHECK(instances[0]->timeout == std::chrono::seconds(2));
}

TEST_CASE("a preflight of a paused network runs", "[preflight]") {
  const auto edited = config_for("networks: [{name: a, paused: true, probes: {fake: {}}}]", "a",
                                 Profile::ebs, {"fake"}, {});
  const auto config = parse_config(edited, "preflight.yml", fakes::registry());
  REQUIRE(config);
  CHECK(config->instances.size() == 1);
}

TEST_CASE("options on the command line replace the configured ones", "[preflight]") {
  const auto edited = config_for(text, "west", Profile::ebs, {"fake"},
                                 {{"fake", {{"mood", "EBS\\bob: 'x', #y \"z\""}}}});
  CHECK(edited.find("calm") == std::string::npos);
  const auto config = parse_config(edited, "preflight.yml", fakes::registry());
  REQUIRE(config);
  CHECK(config->shown.find("EBS") != std::string::npos);
}
