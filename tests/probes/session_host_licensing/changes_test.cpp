// What changed since the hosts got licenses, and what the plan says of it.
#include "probes/session_host_licensing/changes.h"

#include "tests/catch.h"
#include "tests/probes/session_host_licensing/sample_farm.h"

using namespace cal;
using namespace cal::session_host_licensing;

namespace {

// Two hosts that got licenses some minutes ago, and have what a test makes of them now.
struct FarmWithPast {
  Facts facts{now, {}, {}};

  FarmWithPast() {
    for (const auto* name : {"RDSH1", "RDSH2"}) {
      facts.exports.hosts.push_back(sample_host(name));
      facts.exports.hosts.back().policy = farm::LicensingSettings{4, {{"ls1.contoso.test", "LS2"}}};
    }
    for (const auto* name : {"LS1", "LS2"}) facts.exports.servers.push_back(sample_server(name));
    facts.memory = farm::remember({}, facts.exports.hosts, now, hours(720));
    remember_licensed(facts, judge_hosts(facts, {"exports"}));
    for (auto& host : facts.exports.hosts) host.data_at = now;
  }

  template <class Change>
  FarmWithPast& change_hosts(Change change) {
    for (auto& host : facts.exports.hosts) change(host);
    return *this;
  }

  template <class Change>
  FarmWithPast& change_servers(Change change) {
    for (auto& server : facts.exports.servers) change(server);
    return *this;
  }

  Outcome judged() const { return judge(facts, {"exports"}); }
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

const std::string until =
    "RDSH1 and RDSH2 got licenses until 07:55 UTC, by the last export that showed it. Changed "
    "since then: ";

}  // namespace

TEST_CASE("the mode that the hosts had comes first", "[repair]") {
  const auto outcome = FarmWithPast()
                           .change_hosts([](auto& host) {
                             host.licensing_type = 5;
                             host.policy->licensing_type.reset();
                           })
                           .judged();
  REQUIRE(outcome.repair.size() == 2);
  CHECK(has(outcome.repair[0].text,
            "Set the licensing mode to per user, as it was until 07:55 UTC, by the policy"));
  CHECK(outcome.repair[0].beside.at(0) ==
        until + "the licensing mode (was: per user; is: not set).");
  CHECK_FALSE(has(outcome.repair[1].text, "as it was"));
}

TEST_CASE("the license servers that the hosts had are entered again", "[repair]") {
  const auto outcome = FarmWithPast()
                           .change_hosts([](auto& host) {
                             host.specified_servers.emplace();
                             host.contacts.emplace();
                             host.policy->servers.reset();
                           })
                           .judged();
  REQUIRE(outcome.repair.size() == 1);
  CHECK(has(outcome.repair[0].text,
            "enter the license servers ls1.contoso.test, LS2, as it was until 07:55 UTC."));
  CHECK(
      has(outcome.repair[0].beside.at(0), "list of license servers (was: LS1 and LS2; is: none)"));
}

TEST_CASE("what changed is put back before anything is bought or set up", "[repair]") {
  struct Row {
    std::string_view reason;
    std::string_view changed;
    std::string_view way;
    std::function<void(FarmWithPast&)> change;
  };
  const std::vector<Row> rows{
      {"no_fitting_cals", "the license packs of LS1 and LS2 (was: pack 3: 100 per-user licenses of",
       "find out who removed or replaced the license packs on LS1 and LS2, and install again what "
       "is bought",
       [](auto& farm) {
         farm.change_servers([](auto& server) {
           server.key_packs->packs = {pack(farm::LicenseKind::user, 6, 100, 62)};
         });
       }},
      {"license_server_too_old",
       "the version of Windows of LS1 and LS2 (was: Windows Server 2022; is: Windows Server 2019)",
       "who installed another version of Windows on LS1 and LS2",
       [](auto& farm) { farm.change_servers([](auto& server) { server.os_build = 17763; }); }},
      {"per_user_in_workgroup", "the domain (was: contoso.test; is: a workgroup)",
       "let RDSH1 and RDSH2 join contoso.test again",
       [](auto& farm) { farm.change_hosts([](auto& host) { host.domain = ""; }); }},
      {"device_cals_exhausted", "the licensing mode (was: per user; is: per device)",
       "set the licensing mode of RDSH1 and RDSH2 to per user again",
       [](auto& farm) {
         farm.change_hosts([](auto& host) {
           host.licensing_type = 2;
           host.policy.reset();
         });
         farm.change_servers([](auto& server) { server.key_packs->packs[1].issued = 50; });
       }},
  };
  for (const auto& row : rows) {
    FarmWithPast farm;
    row.change(farm);
    const auto outcome = farm.judged();
    INFO(row.reason);
    REQUIRE(outcome.reason->word == row.reason);
    REQUIRE_FALSE(outcome.repair.empty());
    const std::size_t at = row.reason == "device_cals_exhausted" ? 1 : 0;  // after the decision
    REQUIRE(outcome.repair.size() > at + 1);
    const auto& step = outcome.repair[at];
    CHECK_THAT(step.text, Catch::StartsWith("If what changed was not meant, put it back: "));
    CHECK_THAT(step.text, Catch::Contains(std::string(row.way)));
    const bool is_setting = row.reason == "device_cals_exhausted";
    REQUIRE(step.beside.size() == (row.reason == "per_user_in_workgroup" ? 4 : 2));
    if (is_setting) CHECK_THAT(step.beside[1], Catch::Contains("Get-RDLicenseConfiguration"));
    CHECK_THAT(step.beside[0], Catch::StartsWith("RDSH1 and RDSH2 got licenses until "));
    CHECK_THAT(step.beside[0], Catch::Contains(std::string(row.changed)));
    CHECK(step.command.empty());
    CHECK_FALSE(step.is_alternative);
    CHECK(outcome.repair[at + 1].is_alternative);
  }
}

TEST_CASE("hosts join their domain again before what it sets is put back", "[repair]") {
  FarmWithPast farm;
  farm.change_hosts([](auto& host) {
    host.domain = "";
    host.licensing_type = 2;
    for (auto& contact : *host.contacts) {
      contact.status = 6;
      contact.port_135 = true;
    }
  });
  const auto outcome = farm.judged();
  CHECK_THAT(outcome.action,
             Catch::StartsWith("RDSH1 and RDSH2 left contoso.test: if that was not meant, let them "
                               "join again. Otherwise: "));
  CHECK_THAT(outcome.summary, Catch::Contains(outcome.action));
  const auto& step = outcome.repair.at(0);
  CHECK(step.text ==
        "If what changed was not meant, put it back: let RDSH1 and RDSH2 join contoso.test again; "
        "then, only if the licensing mode of RDSH1 and RDSH2 is still not per user, set it back.");
  REQUIRE(step.beside.size() >= 5);
  CHECK_THAT(step.beside.at(1), Catch::Contains("`Get-ADComputer RDSH1 -Properties"));
  CHECK_THAT(step.beside.at(2),
             Catch::StartsWith("To join, RDSH1 first, in a maintenance window") &&
                 Catch::Contains("`Add-Computer -DomainName 'contoso.test' -Restart`"));
  CHECK_THAT(step.beside.at(3), Catch::Contains("`gpupdate /target:computer`, then "));
  CHECK_THAT(step.beside.at(4), Catch::StartsWith("To see where it is set: ") &&
                                    Catch::EndsWith("is not back by then."));
}

TEST_CASE("a pack that is gone is named, and one that ended before the last license", "[repair]") {
  const auto outcome = FarmWithPast()
                           .change_servers([](auto& server) {
                             auto ended = pack(farm::LicenseKind::user, 7, 100, 62);
                             ended.ends = {*day(2026, 11, 25), *day(2026, 11, 25)};
                             ended.id = "5";
                             server.key_packs->packs = {ended};
                           })
                           .judged();
  REQUIRE(outcome.reason->word == "pack_expired");
  const auto& notes = outcome.repair.at(0).beside;
  CHECK_THAT(notes.at(0), Catch::Contains(", ended on 2026-11-25; gone: pack 3"));
  CHECK_THAT(notes.at(0), Catch::EndsWith("it was replaced, or its date was changed."));
  CHECK_THAT(notes.at(1), Catch::Contains("call the Microsoft Clearinghouse"));
}

TEST_CASE("a server whose name may be another computer's is looked up in DNS and the directory",
          "[repair]") {
  const auto outcome =
      FarmWithPast().change_servers([](auto& server) { server.os_build = 17763; }).judged();
  REQUIRE(outcome.reason->word == "license_server_too_old");
  CHECK_THAT(outcome.repair.at(0).beside.at(1),
             Catch::Contains("`Resolve-DnsName LS1`") && Catch::Contains("`Get-ADComputer LS1 "));
}

TEST_CASE("what changed, but cannot be put back, is shown beside the first step", "[repair]") {
  const auto outcome = FarmWithPast()
                           .change_hosts([](auto& host) {
                             for (auto& contact : *host.contacts) contact.status = 10;
                           })
                           .judged();
  REQUIRE(outcome.reason->word == "license_server_incompatible");
  CHECK(
      has(outcome.repair.at(0).beside.at(0), until + "the answer of LS1 and LS2 (was: status 8 ("));
  CHECK(has(outcome.repair.at(0).beside.at(0), "it issues licenses all the same."));
}

TEST_CASE("a host that was never seen with licenses has no past", "[repair]") {
  FarmWithPast farm;
  farm.facts.memory.clear();
  farm.change_servers([](auto& server) { server.activation_status = 1; });
  const auto outcome = farm.judged();
  REQUIRE(outcome.repair.size() == 1);
  CHECK_FALSE(has(outcome.repair[0].text, "put it back"));
}

TEST_CASE("a host with a fault does not overwrite what it had", "[repair]") {
  FarmWithPast farm;
  farm.change_hosts([](auto& host) { host.licensing_type = 5; });
  const auto before = farm.facts.memory;
  remember_licensed(farm.facts, judge_hosts(farm.facts, {"exports"}));
  CHECK(farm.facts.memory == before);
}

TEST_CASE("what changed on some of the hosts names them", "[repair]") {
  FarmWithPast farm;
  auto& hosts = farm.facts.exports.hosts;
  farm.change_hosts([](auto& host) {
    host.licensing_type = 5;
    host.policy->licensing_type.reset();
  });
  farm.facts.memory.at(farm::key_of(hosts[1])).licensed->facts[0].value = "per device";
  const auto differ = farm.judged();
  REQUIRE_FALSE(differ.repair.empty());
  CHECK_FALSE(has(differ.repair[0].text, "as it was until"));
  hosts.push_back(sample_host("RDSH3"));  // it was never seen with licenses
  hosts.back().licensing_type = 5;
  hosts.back().policy.emplace();
  const auto one_is_new = farm.judged();
  CHECK_FALSE(has(one_is_new.repair[0].text, "as it was until"));
  const auto& notes = one_is_new.repair[0].beside;
  CHECK(std::ranges::any_of(notes, [](const std::string& note) {
    return note == until +
                       "the licensing mode of RDSH1 (was: per user; is: not set) and the "
                       "licensing mode of RDSH2 (was: per device; is: not set).";
  }));
}
