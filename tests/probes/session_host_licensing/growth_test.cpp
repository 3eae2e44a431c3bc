// The work and the size of a judgment grow with the farm, not with its square. Counted in
// allocations and octets, so that a run on a busy machine gives the same answer.
#include "tests/allocations.h"
#include "tests/catch.h"
#include "tests/probes/session_host_licensing/sample_farm.h"

using namespace cal;
using namespace cal::session_host_licensing;
using namespace std::chrono_literals;
using farm::LicenseKind;

namespace {

using MakeFarm = SampleFarm (*)(std::size_t size);

// Longer than what a string holds without an allocation, so that each copy counts.
std::string long_name(std::string_view what, std::size_t number) {
  return fmt::format("{}-of-the-large-farm-{:04}", what, number);
}

SampleFarm hosts_named(std::size_t count) {
  SampleFarm farm(count);
  for (std::size_t i = 0; i < count; ++i) farm.hosts[i].name = long_name("host", i);
  return farm;
}

// One cause, and one server, for all hosts.
SampleFarm one_fault(std::size_t size) {
  auto farm = hosts_named(size);
  farm.lose(0, 2, 0, size);
  farm.lose(1, 2, 0, size);
  return farm;
}

// As many findings as hosts.
SampleFarm own_server_each(std::size_t size) {
  auto farm = hosts_named(size);
  for (std::size_t i = 0; i < size; ++i) {
    farm.hosts[i].specified_servers = {long_name("server", i)};
    farm.hosts[i].contacts = {{long_name("server", i), 5, true}};
  }
  return farm;
}

SampleFarm own_settings_each(std::size_t size) {
  auto farm = hosts_named(size);
  for (std::size_t i = 0; i < size; ++i) {
    farm.hosts[i].collection = "Office";
    farm.hosts[i].specified_servers->push_back(long_name("server", i));
  }
  return farm;
}

SampleFarm silent_hosts(std::size_t size) {
  auto farm = hosts_named(size);
  for (auto& host : farm.hosts) host.data_at = now - 30h;
  for (std::size_t i = 0; i < size; ++i) {
    farm.settings.roster.push_back({long_name("missing", i)});
    farm.settings.retired.push_back(long_name("retired", i));
  }
  return farm;
}

// The server has an answer for each host, and licenses in many packs and weeks.
SampleFarm large_server(std::size_t size) {
  auto farm = hosts_named(size);
  for (auto& host : farm.hosts) host.licensing_type = 2;
  both_servers(farm, [&](auto& server) {
    server.security_group_policy = true;
    server.hosts.emplace();
    server.issued.emplace();
    server.key_packs.emplace();
    for (std::size_t i = 0; i < size; ++i) {
      server.hosts->push_back({long_name("host", i), true});
      server.issued->push_back({LicenseKind::device, 7, 1, day(2026, 12, 14), 1});
      server.key_packs->packs.push_back(pack(LicenseKind::device, 7, 1, 1));
      server.key_packs->packs.back().ends = {now - 24h, now + 24h};
    }
  });
  return farm;
}

std::uint64_t size_of(const Outcome& outcome) {
  auto size = outcome.summary.size() + outcome.samples.size();
  for (const auto& each : outcome.evidence) size += each.item.size() + each.text.size();
  for (const auto& each : outcome.implications) size += each.sentence.size();
  return size;
}

}  // namespace

TEST_CASE("the work of a judgment grows with the farm, not faster", "[session_host_licensing]") {
  const auto make =
      GENERATE(MakeFarm(one_fault), MakeFarm(own_server_each), MakeFarm(own_settings_each),
               MakeFarm(silent_hosts), MakeFarm(large_server));
  const auto growth = test::growth_of(
      [&](std::size_t size) {
        const auto farm = make(size);
        const Facts facts{now, {.hosts = farm.hosts, .servers = farm.servers}, farm.memory};
        return [facts, settings = farm.settings] { (void)judge(facts, settings); };
      },
      100);
  INFO(growth.first << ", " << growth.second << ", " << growth.third << " allocations");
  CHECK(growth.is_linear());
}

TEST_CASE("what a judgment says grows with the farm, not faster", "[session_host_licensing]") {
  const auto make =
      GENERATE(MakeFarm(one_fault), MakeFarm(own_server_each), MakeFarm(own_settings_each),
               MakeFarm(silent_hosts), MakeFarm(large_server));
  const test::Growth growth{size_of(make(100).judged()), size_of(make(200).judged()),
                            size_of(make(300).judged())};
  INFO(growth.first << ", " << growth.second << ", " << growth.third << " octets and samples");
  CHECK(growth.is_linear());
}

TEST_CASE("the work for one host grows with its list of servers, not faster",
          "[session_host_licensing]") {
  const auto growth = test::growth_of(
      [](std::size_t size) {
        SampleFarm farm;
        farm.host().specified_servers->clear();
        farm.host().contacts->clear();
        for (std::size_t i = 0; i < size; ++i) {
          farm.host().specified_servers->push_back(long_name("server", i));
          farm.host().contacts->push_back({long_name("server", size - i - 1), 7, true});
        }
        const Facts facts{now, {.hosts = farm.hosts}, {}};
        return [facts, settings = farm.settings] { (void)judge(facts, settings); };
      },
      20);
  INFO(growth.first << ", " << growth.second << ", " << growth.third << " allocations");
  CHECK(growth.is_linear());
}
