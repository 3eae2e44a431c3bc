// Many hosts become one sentence, counts and bounded series.
#include "tests/catch.h"
#include "tests/probes/session_host_licensing/sample_farm.h"

#include <algorithm>
#include <ctime>
#include <map>
#include <set>

using namespace cal;
using namespace cal::session_host_licensing;
using namespace std::chrono_literals;

namespace {

std::optional<double> sample(const Outcome& outcome, std::string_view family,
                             const std::string& label) {
  for (const auto& each : outcome.samples) {
    if (each.family->name == family && each.label_values.texts().at(0) == label) return each.value;
  }
  return std::nullopt;
}

std::string evidence(const Outcome& outcome, std::string_view item) {
  const auto found = std::ranges::find(outcome.evidence, item, &Evidence::item);
  return found == outcome.evidence.end() ? "" : found->text;
}

}  // namespace

TEST_CASE("a server that is the cause for many hosts is one finding", "[session_host_licensing]") {
  SampleFarm farm(40);
  farm.lose(0, 2, 0, 12);
  farm.lose(1, 2, 0, 12);
  const auto outcome = farm.judged();
  CHECK(
      outcome.summary ==
      "12 of 40 session hosts refuse users (data from 07:55 UTC). LS1 and LS2 are "
      "unreachable since 02:10 UTC; no other server is listed. RDSH13 gets licenses there, so the "
      "service runs: on RDSH1, RDSH2, RDSH3 and 9 more, check name resolution, the route and the "
      "firewall to LS1 and LS2 (TCP 135, 445 and 49152 to 65535). Administrators still get in "
      "with mstsc /admin.");
  CHECK(sample(outcome, "cal_session_hosts", "refusing") == 12);
  CHECK(sample(outcome, "cal_session_hosts", "licensed") == 28);
  CHECK(sample(outcome, "cal_session_hosts_by_reason", "license_server_unreachable") == 12);
  CHECK(sample(outcome, "cal_session_host_refusing", "RDSH1") == 1);
  CHECK(sample(outcome, "cal_session_host_refusing", "RDSH40") == 0);
  REQUIRE(outcome.implications.size() == 1);
  CHECK(outcome.implications[0].strength == Strength::strong);
  CHECK(
      outcome.implications[0].sentence ==
      "12 of 40 session hosts refuse users: LS1 and LS2 are unreachable since 02:10 UTC; no other "
      "server is listed.");
  CHECK(evidence(outcome, "license server unreachable (LS1 and LS2)")
            .starts_with("12 session hosts: RDSH1"));
  CHECK(outcome.source_data_at == data_at);
}

TEST_CASE("where another host reaches the server, the plan compares the two", "[repair]") {
  SampleFarm farm(3);
  farm.lose(0, 2, 0, 2);
  farm.lose(1, 2, 0, 2);
  const auto outcome = farm.judged();
  const auto& notes = outcome.repair.front().beside;
  const auto begins = [&](std::string_view words) {
    return std::ranges::any_of(notes, [&](const auto& note) { return note.starts_with(words); });
  };
  CHECK(begins("Run these on RDSH1 and, to compare, on RDSH3, for each server"));
  CHECK(begins("No address, or another one than on RDSH3: correct the entry in DNS"));
  CHECK(begins("TcpTestSucceeded is False on RDSH1 and True on RDSH3: "));
  CHECK(begins("All succeed: "));
}

TEST_CASE("a host's cause does not hide another's", "[session_host_licensing]") {
  SampleFarm farm(10);
  farm.hosts[0].licensing_type = 5;
  farm.hosts[1].days_left = 9;
  farm.hosts[1].specified_servers->clear();
  farm.hosts[2].domain = "";
  farm.hosts[3].data_at = now - 30h;
  farm.hosts[4].events = {{1003, now - 2h, 1, 1}};
  farm.settings.roster = {{"RDSH11"}, {"rdsh1.contoso.test"}};
  const auto outcome = farm.judged();
  CHECK(outcome.reason->word == "mode_not_set_expired");
  CHECK(
      outcome.summary ==
      "1 of 11 session hosts (RDSH1) refuses users (data from 07:55 UTC). The licensing mode is "
      "not set, and the grace period is over. Set the policy \"Set the Remote Desktop "
      "licensing mode\" on RDSH1 to per user, as on RDSH6. Administrators still get in with mstsc "
      "/admin. Also (RDSH2): "
      "Nobody is refused yet; users are refused from 2026-12-05 on. No license server is "
      "specified. Also (RDSH3): Users are not refused; whether they are disconnected after 60 "
      "minutes, as by Windows Server 2019, is not known. Hosts in a workgroup ask for per-user "
      "licenses, which need a domain. Also (RDSH5): Users are not refused, but for those of one "
      "client. One client is refused: its stored license is invalid (event 1003). 2 of 11 have "
      "sent no usable export: It is not known whether users are refused on RDSH4 and RDSH11.");
  CHECK(sample(outcome, "cal_session_hosts_by_reason", "export_stale") == 1);
  CHECK(sample(outcome, "cal_session_hosts_by_reason", "export_missing") == 1);
  CHECK(sample(outcome, "cal_session_hosts", "warning") == 3);
  CHECK(sample(outcome, "cal_session_host_refusing_from_timestamp_seconds", "RDSH2") ==
        std::chrono::duration<double>(day(2026, 12, 5)->time_since_epoch()).count());
  CHECK_FALSE(sample(outcome, "cal_session_host_refusing", "RDSH4"));
}

TEST_CASE("hosts that report nothing are one finding, unless they may be off or are retired",
          "[session_host_licensing]") {
  SampleFarm farm(40);
  farm.hosts[36].data_at = now - 26h;
  farm.settings.roster = {{"RDSH41"}, {"RDSH42", true}, {"RDSH43"}};
  farm.hosts[39].data_at = now - 26h;
  farm.settings.retired = {"RDSH40"};
  auto outcome = farm.judged();
  CHECK(outcome.reason->word == "export_missing");
  CHECK(outcome.reason->verdict == Verdict::unknown);
  CHECK(outcome.summary ==
        "3 of 41 session hosts have sent no usable export (38 are fine, 07:55 UTC): RDSH37 (no "
        "export since 2026-11-25 06:00 UTC), RDSH41 (no export), RDSH43 (no export). It is not "
        "known whether users are refused on RDSH37, RDSH41 and RDSH43.");
  CHECK(outcome.action ==
        "On the agent's host (mon1), see whether the export of RDSH37, RDSH41 and RDSH43 is there, "
        "and how old it is.");
  farm.settings.roster = {{"RDSH37", true}};
  outcome = farm.judged();
  CHECK(outcome.reason->word == "licensed");
  CHECK(outcome.summary == "All 38 session hosts give users a license (data from 07:55 UTC).");
}

TEST_CASE("hosts in drain mode do not count, however many they are", "[session_host_licensing]") {
  SampleFarm farm(3);
  farm.hosts[0].drain_mode = 2;
  farm.hosts[1].drain_mode = 1;
  const auto outcome = farm.judged();
  CHECK(outcome.reason->word == "licensed");
  CHECK(outcome.summary == "Session host RDSH3 gives users a license (data from 07:55 UTC).");
  CHECK(sample(outcome, "cal_session_hosts", "not_applicable") == 2);
}

TEST_CASE("exports that were not all read in time are unknown", "[session_host_licensing]") {
  SampleFarm farm(2);
  Facts facts{now, {.hosts = farm.hosts, .servers = farm.servers}, {}};
  facts.exports.cut_short = "read exports: only 2 of 9 exports were read within the timeout";
  const auto outcome = judge(facts, farm.settings);
  CHECK(outcome.reason == &common_reason::timeout);
  CHECK(outcome.summary == facts.exports.cut_short);
  CHECK(outcome.samples.empty());
}

TEST_CASE("the summary names ten findings beside the worst", "[session_host_licensing]") {
  SampleFarm farm(20);
  for (std::size_t i = 0; i < 20; ++i) {
    farm.hosts[i].specified_servers = {fmt::format("LS{}", i)};
    farm.hosts[i].contacts = {{fmt::format("LS{}", i), 5, true}};
  }
  CHECK_THAT(farm.judged().summary, Catch::Contains("Also (RDSH11): ") &&
                                        !Catch::Contains("Also (RDSH12): ") &&
                                        Catch::EndsWith(" 9 more findings are in the evidence."));
}

TEST_CASE("temporary licenses whose number is not known have no sample",
          "[session_host_licensing]") {
  SampleFarm farm;
  farm.server(0).key_packs->temporary_issued.reset();
  farm.server(1).key_packs.reset();
  const auto outcome = farm.judged();
  CHECK_FALSE(sample(outcome, "cal_license_server_temporary_licenses", "LS1"));
  CHECK_FALSE(sample(outcome, "cal_license_server_temporary_licenses", "LS2"));
  CHECK_THAT(evidence(outcome, "license server LS1"),
             Catch::Contains("the number of temporary ones is not known"));
}

TEST_CASE("no export at all is unknown", "[session_host_licensing]") {
  SampleFarm farm(0);
  CHECK(farm.judged().reason->word == "exports_missing");
  const inventory::FileFault broken{inventory::FileFaultKind::unreadable, "read exports: no"};
  const auto outcome = judge({now, {.faults = {{"", broken}}}, {}}, farm.settings);
  CHECK(outcome.reason->word == "export_unreadable");
  CHECK(outcome.summary == "read exports: no");
}

TEST_CASE("an export that cannot be read is that of its host", "[session_host_licensing]") {
  const SampleFarm farm(2);
  const inventory::FileFault broken{inventory::FileFaultKind::unreadable, "read RDSH3.json: no"};
  const auto outcome = judge(
      {now, {farm.hosts, farm.servers, {{"RDSH3", broken}, {"LS2", broken}}}, {}}, farm.settings);
  CHECK(outcome.reason->word == "export_unreadable");
  CHECK(outcome.summary.starts_with(
      "RDSH3 has sent an export that cannot be used: read RDSH3.json: no (RDSH1, RDSH2 are fine, "
      "07:55 UTC). It is not known whether users are refused on RDSH3."));
}

TEST_CASE("hosts of one collection that differ from most of it", "[session_host_licensing]") {
  SampleFarm farm(4);
  for (auto& host : farm.hosts) host.collection = "Office";
  CHECK(farm.judged().reason->word == "licensed");
  farm.hosts[3].specified_servers = {"LS2"};
  const auto outcome = farm.judged();
  CHECK(outcome.reason->word == "configuration_drift");
  CHECK(evidence(outcome, "session host RDSH4")
            .ends_with("the license servers are LS2, on others of the collection Office LS1, LS2"));
  CHECK(outcome.summary ==
        "All 4 session hosts give users a license (data from 07:55 UTC). Users are not refused. On "
        "RDSH4, the license servers are LS2, on others of the collection Office LS1, LS2. Set LS1, "
        "LS2 on RDSH4, as on RDSH1, by the policy or the deployment that sets it there.");
  CHECK(outcome.action == outcome.summary.substr(outcome.summary.find("Set LS1")));
}

TEST_CASE("a host is not the odd one beside hosts without a list or a mode",
          "[session_host_licensing]") {
  SampleFarm farm(3);
  for (auto& host : farm.hosts) host.collection = "Office";
  const auto change = GENERATE(values<void (*)(farm::SessionHost&)>({
      [](auto& host) { host.specified_servers->clear(); },
      [](auto& host) { host.specified_servers.reset(); },
      [](auto& host) { host.licensing_type = 5; },
      [](auto& host) { host.licensing_type.reset(); },
  }));
  change(farm.hosts[0]);
  change(farm.hosts[1]);
  for (const auto& each : farm.judged().evidence) {
    INFO(each.item << ": " << each.text);
    CHECK(each.text.find("collection") == std::string::npos);
  }
}

TEST_CASE("a host whose export is gone is named with the time of the last one",
          "[session_host_licensing]") {
  SampleFarm farm(2);
  farm.settings.roster = {{"RDSH1"}, {"RDSH2"}, {"RDSH3"}};
  farm.memory["rdsh3 contoso.test"] = {now - 70min};
  const auto outcome = farm.judged();
  CHECK(
      outcome.summary ==
      "RDSH3 has sent no export, last seen at 06:50 UTC (RDSH1, RDSH2 are fine, 07:55 UTC). It is "
      "not known whether users are refused on RDSH3.");
  CHECK(outcome.action ==
        "On the agent's host (mon1), see whether the export of RDSH3 is there, and how old it is.");
  CHECK(evidence(outcome, "session host RDSH3") == "no export, last seen at 06:50 UTC");
  farm.memory["rdsh3 fabrikam.test"] = {now - 90min};  // which of them is meant is not known
  CHECK(evidence(farm.judged(), "session host RDSH3") == "no export");
}

TEST_CASE("servers with the same fault are named together, each with its own time",
          "[session_host_licensing]") {
  SampleFarm farm(2);
  farm.lose(0, 2, 0, 2);
  farm.lose(1, 2, 0, 2);
  farm.hosts[1].specified_servers = {"LS2", "ls1.contoso.test"};  // in another order
  for (auto& [host, memory] : farm.memory) memory.outages["LS2"].since = now - 2h;
  const auto outcome = farm.judged();
  CHECK_THAT(outcome.summary,
             Catch::StartsWith("2 of 2 session hosts (RDSH1, RDSH2) refuse users (data from 07:55 "
                               "UTC). LS1 is unreachable since 02:10 UTC, LS2 since 06:00 UTC; no "
                               "other server is listed. Start the service Remote Desktop Licensing "
                               "on LS1 and LS2."));
  REQUIRE(outcome.repair.size() == 1);
  CHECK(outcome.repair[0].text ==
        "Start the service Remote Desktop Licensing on LS1 and LS2. It concerns RDSH1, RDSH2.");
  both_servers(farm, [](auto& server) { server.activation_status = 1; });
  farm.memory.clear();
  for (auto& host : farm.hosts) {
    for (auto& contact : *host.contacts) contact.status = 8;
  }
  CHECK(evidence(farm.judged(), "session host RDSH1")
            .ends_with("license servers LS1, LS2 → each of LS1, LS2 is not activated"));
}

TEST_CASE("that a server works for others counts only after the outage began",
          "[session_host_licensing]") {
  SampleFarm farm(2);
  farm.lose(0);
  farm.lose(1);
  CHECK_THAT(farm.judged().summary, Catch::Contains("RDSH2 gets licenses there"));
  farm.hosts[1].data_at = now - 7h;  // the outage began 5 h 50 min ago
  CHECK_THAT(farm.judged().summary, Catch::Contains("Start the service Remote Desktop Licensing"));
}

TEST_CASE("a host's list says where it comes from, as far as that was read",
          "[session_host_licensing]") {
  const auto stage = [](std::optional<farm::LicensingSettings> policy,
                        std::optional<farm::LicensingSettings> broker) {
    SampleFarm farm;
    farm.host().policy = std::move(policy);
    farm.host().broker = std::move(broker);
    const auto text = evidence(farm.judged(), "session host RDSH1");
    const auto begin = text.find("license servers");
    return text.substr(begin, text.find(" →", begin) - begin);
  };
  const farm::LicensingSettings none{4, std::vector<std::string>{}};
  const farm::LicensingSettings both{4, std::vector<std::string>{"ls2", "ls1"}};
  CHECK(stage(both, {}) == "license servers LS1, LS2 (by policy)");
  CHECK(stage(none, both) == "license servers LS1, LS2 (by the connection broker)");
  CHECK(stage(none, {}) == "license servers LS1, LS2");
  CHECK(stage({}, both) == "license servers LS1, LS2");
}

TEST_CASE("license servers that differ only in the name are one line", "[session_host_licensing]") {
  SampleFarm farm;
  CHECK_THAT(
      evidence(farm.judged(), "license servers LS1, LS2"),
      Catch::StartsWith("data from 2026-11-26 07:55:00 UTC; activated; Windows Server 2022; 62 "
                        "of 100 per user licenses of version 2022 issued"));
  farm.server(1).data_at += 1min;
  CHECK_THAT(
      evidence(farm.judged(), "license servers LS1, LS2"),
      Catch::StartsWith("data from 2026-11-26 07:55:00 UTC to 2026-11-26 07:56:00 UTC; activated"));
  farm.server(1).activation_status = 1;
  CHECK_THAT(evidence(farm.judged(), "license server LS2"), Catch::Contains("not activated"));
}

// 200 hosts and 4 servers, as the issue of a large farm has them: the time is printed, not checked.
TEST_CASE("a large farm is judged quickly, and its series are bounded",
          "[session_host_licensing]") {
  SampleFarm farm(200);
  farm.servers = {sample_server("LS1"), sample_server("LS2"), sample_server("LS3"),
                  sample_server("LS4")};
  for (auto& host : farm.hosts) {
    host.specified_servers = {"LS1", "LS2", "LS3", "LS4"};
    host.contacts = {{"LS1", 8, true}, {"LS2", 8, true}, {"LS3", 8, true}, {"LS4", 8, true}};
    host.collection = "Office";
  }
  for (std::size_t i = 0; i < 100; ++i) farm.lose(i % 4, 2, i, i + 1);
  const Facts facts{now, {.hosts = farm.hosts, .servers = farm.servers}, farm.memory};
  const auto before = std::clock();
  const auto outcome = judge(facts, farm.settings);
  const auto milliseconds = 1000.0 * static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  WARN("200 hosts x 4 servers: " << milliseconds << " ms of CPU, " << outcome.samples.size()
                                 << " samples");
  std::set<std::pair<std::string_view, LabelValues>> series;
  std::map<std::string_view, std::size_t> counts;
  for (const auto& each : outcome.samples) {
    series.emplace(each.family->name, each.label_values);
    ++counts[each.family->name];
  }
  CHECK(series.size() == outcome.samples.size());
  CHECK(counts ==
        std::map<std::string_view, std::size_t>{{"cal_session_hosts", 5},
                                                {"cal_session_hosts_by_reason", 2},
                                                {"cal_session_host_refusing", 200},
                                                {"cal_license_server_activated", 4},
                                                {"cal_license_server_temporary_licenses", 4}});
}

TEST_CASE("what could be wrong is not ok, although users get a license",
          "[session_host_licensing]") {
  const auto verdicts = [](const std::function<void(SampleFarm&)>& change, std::string_view item) {
    SampleFarm farm(2);
    change(farm);
    const auto outcome = farm.judged();
    CHECK(outcome.reason->verdict == Verdict::clear);
    const auto of = [&](std::string_view wanted) {
      const auto found = std::ranges::find(outcome.evidence, wanted, &Evidence::item);
      return found == outcome.evidence.end() ? std::nullopt : found->verdict;
    };
    for (const auto& each : outcome.evidence) {
      if (each.verdict) CHECK(each.stops_nobody == (each.verdict == Verdict::present));
    }
    return std::vector{of(item), of("session host RDSH1"), of("session host RDSH2")};
  };
  const std::vector<std::optional<Verdict>> one_of_two{Verdict::present, Verdict::present,
                                                       Verdict::clear};
  CHECK(verdicts(
            [](SampleFarm& farm) {
              farm.host().days_left = 120;
              farm.memory[farm::key_of(farm.host())] = {data_at, {}, 120, {}, data_at - 24h};
            },
            "grace reset") == one_of_two);
  CHECK(verdicts(
            [](SampleFarm& farm) {
              farm.host().policy = {4, std::vector<std::string>{"LS1"}};
              farm.host().broker = {2, std::vector<std::string>{"LS1"}};
            },
            "configuration drift") == one_of_two);
}

TEST_CASE("the fault began when the first host lost the server", "[session_host_licensing]") {
  SampleFarm farm;
  farm.lose(0);
  farm.lose(1);
  CHECK(farm.judged().began == now - 5h - 50min);
  CHECK_FALSE(SampleFarm().judged().began);
}
