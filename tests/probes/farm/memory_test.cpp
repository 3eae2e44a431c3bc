#include "probes/farm/memory.h"

#include "probes/farm/contact.h"
#include "tests/catch.h"

#include <fmt/format.h>

using namespace cal;
using namespace cal::farm;
using namespace std::chrono_literals;

namespace {

const SystemTime start{std::chrono::sys_days{std::chrono::year(2026) / 11 / 26}};
constexpr auto keep = std::chrono::days(30);

SessionHost host_at(SystemTime at, std::int64_t status, std::int64_t days = 0) {
  SessionHost host{"RDSH1", at};
  host.contacts = {{"LS1", status, true}};
  host.days_left = days;
  return host;
}

Memory after(std::initializer_list<SessionHost> exports) {
  Memory memory;
  for (const auto& each : exports) memory = remember(std::move(memory), {each}, each.data_at, keep);
  return memory;
}

}  // namespace

TEST_CASE("an outage lasts from its first export to one that reaches the server", "[farm]") {
  auto memory = after({host_at(start, 8), host_at(start + 15min, 6), host_at(start + 30min, 6)});
  CHECK(memory.at("rdsh1").outages == std::map<std::string, Outage>{{"LS1", {start + 15min, 2}}});
  // The same export, read again, is not another failure.
  memory = remember(std::move(memory), {host_at(start + 30min, 6)}, start + 40min, keep);
  CHECK(memory.at("rdsh1").outages.at("LS1").exports == 2);
  memory = remember(std::move(memory), {host_at(start + 45min, 11)}, start + 45min, keep);
  CHECK(memory.at("rdsh1").outages.empty());
}

TEST_CASE("days that rise are a reset, unless Windows was installed again", "[farm]") {
  CHECK_FALSE(after({host_at(start, 8, 9), host_at(start + 24h, 8, 8)}).at("rdsh1").reset_at);
  const auto reset =
      after({host_at(start, 8, 9), host_at(start + 24h, 8, 120), host_at(start + 48h, 8, 119)});
  CHECK(reset.at("rdsh1").reset_at == start + 24h);
  auto old = host_at(start, 8, 9);
  old.os_installed_at = start - 1000h;
  auto reimaged = host_at(start + 24h, 8, 120);
  reimaged.os_installed_at = start + 23h;
  CHECK_FALSE(after({old, reimaged}).at("rdsh1").reset_at);
}

TEST_CASE("a host that has no export is forgotten after a while", "[farm]") {
  const auto memory = after({host_at(start, 6)});
  CHECK(remember(memory, {}, start + 29 * 24h, keep).size() == 1);
  CHECK(remember(memory, {}, start + 31 * 24h, keep).empty());
}

TEST_CASE("of too many hosts the oldest are forgotten", "[farm]") {
  Memory memory;
  for (std::size_t i = 0; i < max_remembered; ++i) {
    memory.emplace(fmt::format("host{}", i), HostMemory{start + std::chrono::seconds(i)});
  }
  memory = remember(std::move(memory), {host_at(start + 1h, 8)}, start + 1h, keep);
  CHECK(memory.size() == max_remembered);
  CHECK(memory.contains("rdsh1"));
  CHECK_FALSE(memory.contains("host0"));
  CHECK(parse_memory(saved(memory)) == memory);
}

TEST_CASE("a memory that was saved is the same, and a damaged one is refused", "[farm]") {
  auto host = host_at(start + 500ms, 6, 9);
  host.domain = "contoso.test";
  host.os_installed_at = start - 1000h;
  auto memory = after({host, host_at(start, 8, 3)});
  memory.at("rdsh1 contoso.test").reset_at = start;
  memory.at("rdsh1 contoso.test").licensed = Licensed{
      start, 4, {"ls1"}, {{"licensing mode", "", "per user"}, {"activation", "ls1", "no"}}};
  CHECK(parse_memory(saved(memory)) == memory);
  for (
      const auto* text :
      {"", "[]", "{}", R"({"hosts":[]})", R"({"hosts":{"a":5}})", R"({"hosts":{"a":{"seen":"x"}}})",
       R"({"hosts":{"a":{"seen":1,"outages":{"b":1}}}})",
       R"({"hosts":{"a":{"seen":1,"licensed":1}}})",
       R"({"hosts":{"a":{"seen":1,"licensed":{"at":1,"licensing_type":4,"servers":[1],"facts":[]}}}})",
       R"({"hosts":{"a":{"seen":1,"licensed":{"at":1,"licensing_type":4,"servers":[],"facts":[["a"]]}}}})"}) {
    CHECK_FALSE(parse_memory(text));
  }
}

TEST_CASE("what a connectivity status means, and who may ask for it", "[farm]") {
  using enum Reach;
  const std::vector<std::pair<std::int64_t, Reach>> expected{
      {0, Reach::unknown}, {1, valid},  {2, valid},          {3, unsuitable}, {4, lower},
      {5, not_in_group},   {6, failed}, {7, Reach::unknown}, {8, answers},    {9, valid},
      {10, unsuitable},    {11, valid}, {12, Reach::unknown}};
  for (const auto& [status, reach] : expected) {
    INFO(status);
    CHECK(reach_of({"LS1", status, true}, Collected::local) == reach);
    CHECK(reach_of({"LS1", status, true}, Collected::remote) == Reach::unknown);
  }
  CHECK(reach_of({"LS1", std::nullopt, false}, Collected::local) == failed);
  CHECK(reach_of({"LS1", std::nullopt, true}, Collected::local) == Reach::unknown);
  CHECK(reach_of({"LS1", std::nullopt, false}, Collected::remote) == Reach::unknown);
}
