#include "agent/config/config.h"

#include "probes/registry.h"
#include "tests/catch.h"
#include "tests/fakes/expected_errors.h"
#include "tests/fakes/fake_probe.h"
#include "tests/fakes/source_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

using namespace cal;
using namespace std::chrono_literals;

namespace {

const std::filesystem::path folder = cal::fakes::source_tree() / "tests/data/config";

// {probes} is replaced by the names of all probes.
std::string expected_errors(const std::filesystem::path& file) {
  std::string probes;
  for (const auto& kind : probe_registry().kinds) {
    probes += (probes.empty() ? "" : ", ") + std::string(kind.name);
  }
  return fakes::replace_all(fakes::expected_errors(file), "{probes}", probes);
}

Config parse(const std::string& text) {
  auto config = parse_config(text, "test.yml", fakes::registry());
  INFO((config ? "" : config.error().text()));
  REQUIRE(config);
  return std::move(*config);
}

}  // namespace

TEST_CASE("every configuration error is found at its place, with what is allowed", "[config]") {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".yml") continue;
    ++files;
    const auto config = load_config(entry.path(), probe_registry());
    INFO(entry.path());
    REQUIRE_FALSE(config);
    CHECK(fakes::replace_all(config.error().text(), folder.string() + "/", "") ==
          fakes::replace_all(expected_errors(entry.path()), folder.string() + "/", ""));
  }
  CHECK(files > 30);
}

TEST_CASE("a value of 100 kB is an error at its place, in a short text", "[config]") {
  struct Row {
    std::string before, value, after;
  };
  const std::string bind = ", bind: {user: m, password_file: password.txt}}, probes: {}}]";
  const std::string probe = "networks: [{name: a, probes: {internet_connectivity: ";
  const std::string huge(100'000, 'a');
  const auto row = GENERATE_COPY(values<Row>({
      {"networks: [{name: ", huge, "}]"},
      {"networks: [{name: a, directory: {uri: ", "ldaps://" + huge, bind},
      {"networks: [{name: a, directory: {uri: ", "ldaps://dc1:" + huge, bind},
      {"networks: [{name: a, directory: {uri: ldaps://dc1, name_servers: ", huge, bind},
      {probe + "{endpoints: ", huge, "}}}]"},
      {probe + "{endpoints: ", "https://" + huge, "}}}]"},
      {probe + "{proxy: ", huge, "}}}]"},
      {probe + "{max_age: ", huge, "}}}]"},
  }));
  const auto config =
      parse_config(row.before + row.value + row.after, folder / "test.yml", probe_registry());
  INFO(row.before);
  REQUIRE_FALSE(config);
  const auto errors = config.error().text();
  INFO(errors.substr(0, 2000));
  CHECK(errors.find(fmt::format("test.yml:1:{}: ", row.before.size() + 1)) != errors.npos);
  CHECK(errors.size() < 3000);
}

TEST_CASE("a file that cannot be read says so", "[config]") {
  const auto missing = load_config(folder / "none.yml", fakes::registry());
  REQUIRE_FALSE(missing);
  CHECK(missing.error().text().ends_with(
      "none.yml: cannot read the configuration file: No such file or directory; use --config.file "
      "to name another\n"));
  const auto directory = load_config(folder, fakes::registry());
  REQUIRE_FALSE(directory);
  CHECK(directory.error().text().find("this is a folder") != std::string::npos);
}

TEST_CASE("the shipped configurations are right", "[config]") {
  const auto* const name = GENERATE("cal_exporter.yml", "rds.yml");
  INFO(name);
  const auto config = load_config(cal::fakes::source_tree() / "config" / name, probe_registry());
  // Its secrets lie on the user's machine: that they are missing here is the only complaint.
  REQUIRE_FALSE(config);
  std::istringstream lines(config.error().text());
  for (std::string line; std::getline(lines, line);) {
    CHECK(line.find(" does not exist") != std::string::npos);
  }
}

TEST_CASE("an empty list of networks is a configuration: nothing is watched yet", "[config]") {
  CHECK(parse("networks: []").instances.empty());
}

TEST_CASE("intervals and timeouts come from the probe, then the defaults", "[config]") {
  const auto config = parse(R"(
defaults: {interval: 30s, timeout: 5s}
networks:
  - {name: a, probes: {fake: {}}}
  - {name: b, probes: {fake: {interval: 2m, timeout: 1m}}}
  - {name: c, probes: {fake: {interval: 2s}}}
)");
  REQUIRE(config.instances.size() == 3);
  CHECK(config.instances[0]->interval == 30s);
  CHECK(config.instances[0]->timeout == 5s);
  CHECK(config.instances[1]->interval == 2min);
  CHECK(config.instances[1]->timeout == 1min);
  CHECK(config.instances[2]->timeout == 2s);  // the default is cut to the interval
}

TEST_CASE("passwords in URLs are masked in what is shown", "[config]") {
  const auto config =
      parse("networks: [{name: a, probes: {fake: {mood: 'http://u:hunter2@proxy:3128'}}}]");
  CHECK(config.shown.find("hunter2") == std::string::npos);
  CHECK(config.shown.find("<masked>@proxy:3128") != std::string::npos);
}

TEST_CASE("passwords are masked whatever is in them and around them", "[config]") {
  const auto shown = [](const std::string& mood) {
    return parse("networks: [{name: a, probes: {fake: {mood: '" + mood + "'}}}]").shown;
  };
  const auto has = [](const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
  };
  CHECK(has(shown("http://u:p@ss@proxy:3128/x@y"), "http://<masked>@proxy:3128/x@y"));
  CHECK(has(shown("http://a http://u:p@b"), "http://a http://<masked>@b"));
  CHECK(has(shown("http://proxy/a@b"), "http://proxy/a@b"));
  CHECK(has(shown("http://@proxy"), "http://@proxy"));
  CHECK(has(shown("http://" + std::string(100'000, 'a') + "@proxy"), "http://<masked>@proxy"));
}

TEST_CASE("a path may name a credential that systemd passed to the service", "[config]") {
  constexpr auto text = R"(
networks:
  - name: a
    directory:
      uri: ldaps://dc1.example.com
      bind: {user: monitor@example.com, password_file: $CREDENTIALS_DIRECTORY/password.txt}
    probes: {administrators_membership: {accounts: ['A\b']}}
)";
  unsetenv("CREDENTIALS_DIRECTORY");
  const auto outside = parse_config(text, "test.yml", probe_registry());
  REQUIRE_FALSE(outside);
  CHECK(outside.error().text() ==
        "test.yml:6:56: $CREDENTIALS_DIRECTORY/password.txt is a credential that systemd passes "
        "only to the service; CREDENTIALS_DIRECTORY is not set here\n");
  setenv("CREDENTIALS_DIRECTORY", folder.c_str(), 1);
  CHECK(parse_config(text, "test.yml", probe_registry()));
  setenv("CREDENTIALS_DIRECTORY", (folder / "none").c_str(), 1);
  const auto missing = parse_config(text, "test.yml", probe_registry());
  unsetenv("CREDENTIALS_DIRECTORY");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().text().ends_with("none/password.txt does not exist\n"));
}

TEST_CASE("a network's profile is configured, or follows from its probes", "[config]") {
  struct Row {
    std::string network;
    Profile profile;
  };
  const auto row = GENERATE(values<Row>({
      {"probes: {internet_connectivity: {endpoints: [https://a.example]}}", Profile::ebs},
      {"probes: {license_compliance: {key_packs_file: packs.json}}", Profile::ebs},
      {"probes: {administrators_membership: {accounts: ['A\\b']}}", Profile::ebs},
      {"probes: {directory_permissions: {}}", Profile::ebs},
      {"profile: rds, probes: {directory_permissions: {}}", Profile::rds},
      {"probes: {session_host_licensing: {exports: farm}}", Profile::rds},
      {"profile: ebs, probes: {session_host_licensing: {exports: farm}}", Profile::ebs},
      {"probes: {directory_permissions: {users: all, trustees: [self]}}", Profile::rds},
      {"probes: {administrators_membership: {accounts: [{account: 'A\\LS1$', group: "
       "S-1-5-32-561}]}, internet_connectivity: {endpoints: [https://a.example]}}",
       Profile::rds},
  }));
  INFO(row.network);
  const auto config = parse_config(
      "networks: [{name: a, directory: {uri: ldaps://dc1, bind: {user: m@a.example, password_file: "
      "password.txt}}, " +
          row.network + "}]",
      folder / "test.yml", probe_registry());
  INFO((config ? "" : config.error().text()));
  REQUIRE(config);
  for (const auto& each : config->instances) CHECK(each->profile == row.profile);
}

TEST_CASE("a paused network is checked for errors, and none of its probes run", "[config]") {
  const auto config = parse(
      "networks: [{name: a, probes: {fake: {}}}, {name: b, paused: true, probes: {fake: {}}}]");
  CHECK(network_names(config.instances) == std::vector<std::string>{"a"});
  CHECK(network_names(config.paused) == std::vector<std::string>{"b"});
  const auto is_refused = [](const std::string& network) {
    return !parse_config("networks: [{name: b, " + network + "}]", "test.yml", fakes::registry());
  };
  CHECK_FALSE(is_refused("paused: true, probes: {fake: {}}"));
  CHECK(is_refused("paused: true, probes: {fakes: {}}"));
  CHECK(is_refused("paused: soon, probes: {fake: {}}"));
}

// A probe that is added may change the profile, and with it the words of all others.
TEST_CASE("a reload with another profile keeps no instance", "[config]") {
  const auto text = [](const std::string& profile) {
    return "networks: [{name: a, profile: " + profile + ", probes: {fake: {}}}]";
  };
  const auto running = parse(text("ebs")).instances;
  CHECK(keep_unchanged(running, parse(text("ebs")).instances) == running);
  CHECK(keep_unchanged(running, parse(text("rds")).instances) != running);
}

TEST_CASE("a reload keeps the instances whose configuration is the same", "[config]") {
  const auto text = [](const std::string& mood) {
    return "networks: [{name: a, probes: {fake: {}}}, {name: b, probes: {fake: {mood: " + mood +
           "}}}]";
  };
  const auto running = parse(text("good")).instances;
  const auto same = keep_unchanged(running, parse(text("good")).instances);
  CHECK(same == running);
  const auto changed = keep_unchanged(running, parse(text("bad")).instances);
  CHECK(changed[0] == running[0]);
  CHECK(changed[1] != running[1]);
  const auto other_interval =
      keep_unchanged(running, parse("defaults: {interval: 5m}\n" + text("good")).instances);
  CHECK(other_interval[0] != running[0]);
}
