// What gives session hosts a licensing mode and license servers, and what is predicted.
#include "tests/catch.h"
#include "tests/probes/session_host_licensing/sample_farm.h"

#include <algorithm>

using namespace cal;
using namespace cal::session_host_licensing;

namespace {

using Edit = std::function<void(farm::SessionHost&)>;

// Two hosts; LS1 and LS2 have licenses of both kinds.
Outcome judge_farm(const Edit& edit, std::vector<farm::KeyPack> packs = {
                                         pack(farm::LicenseKind::user, 7, 100, 62),
                                         pack(farm::LicenseKind::device, 7, 50, 20)}) {
  Facts facts{now, {}, {}};
  for (const auto* name : {"RDSH1", "RDSH2"}) {
    facts.exports.hosts.push_back(sample_host(name));
    edit(facts.exports.hosts.back());
  }
  for (const auto* name : {"LS1", "LS2"}) {
    facts.exports.servers.push_back(sample_server(name));
    facts.exports.servers.back().key_packs->packs = packs;
  }
  return judge(facts, Settings{"exports"});
}

void without_mode(farm::SessionHost& host) {
  host.licensing_type = 5;
  host.policy.emplace();
}

void without_servers(farm::SessionHost& host) {
  host.specified_servers.emplace();
  host.registered_servers.emplace();
  host.contacts.emplace();
  host.policy.emplace();
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("the mode is a choice among the kinds that are installed and free", "[repair]") {
  const auto outcome = judge_farm(without_mode);
  REQUIRE(outcome.reason->word == "mode_not_set_expired");
  REQUIRE(outcome.repair.size() == 2);
  CHECK(has(outcome.repair[0].text, "Set the licensing mode to per user"));
  CHECK(has(outcome.repair[1].text, "Set the licensing mode to per device"));
  CHECK_FALSE(outcome.repair[0].is_alternative);
  CHECK(outcome.repair[1].is_alternative);
  for (const auto& step : outcome.repair) {
    CHECK(has(step.text, "RDSH1 and RDSH2"));
    CHECK(step.expected == "licensed");
    CHECK(has(step.setup, "$name = 'LicensingMode'"));
    CHECK(step.undo.starts_with("[void](Remove-GPRegistryValue -Guid $gpo.Id "));
  }
  const auto one = judge_farm(without_mode, {pack(farm::LicenseKind::device, 7, 50, 20)});
  REQUIRE(one.repair.size() == 1);
  CHECK(has(one.repair[0].text, "Set the licensing mode to per device"));
  const auto none = judge_farm(without_mode, {pack(farm::LicenseKind::device, 6, 50, 20)});
  REQUIRE(none.repair.size() == 1);
  CHECK(none.repair[0].command.empty());
  CHECK(has(none.repair[0].text, "The person who buys licenses decides"));
}

TEST_CASE("the mode is changed where it is set, and given back from there", "[repair]") {
  const auto per_user_packs = std::vector{pack(farm::LicenseKind::user, 7, 100, 62)};
  const auto by_policy = judge_farm(
      [](farm::SessionHost& host) {
        host.licensing_type = 2;
        host.policy = farm::LicensingSettings{2, std::nullopt};
        host.broker = farm::LicensingSettings{2, std::vector<std::string>{"ls1"}};
      },
      per_user_packs);
  REQUIRE(by_policy.reason->word == "wrong_cal_kind");
  REQUIRE(by_policy.repair.size() == 2);
  CHECK(has(by_policy.repair[1].text,
            "Keep the licensing mode, buy per-device licenses of version 2022 or newer"));
  CHECK(by_policy.repair[1].is_alternative);
  CHECK(has(by_policy.repair[0].check, "(Read-Value $name) -ne '2'"));
  CHECK(has(by_policy.repair[0].setup, "$value = 4\n"));
  CHECK(has(by_policy.repair[0].undo, "-ValueName $name -Type DWord -Value 2"));
  CHECK(has(by_policy.repair[0].beside.at(2), "Per user is not enforced: nobody is refused"));
  CHECK(has(by_policy.repair[0].beside.at(2), "Each of LS1 and LS2: 38 of 100 free."));
  const auto by_broker = judge_farm(
      [](farm::SessionHost& host) {
        host.licensing_type = 2;
        host.policy.emplace();
        host.broker = farm::LicensingSettings{2, std::vector<std::string>{"ls1"}};
      },
      per_user_packs);
  REQUIRE(by_broker.repair.size() == 2);
  CHECK(by_broker.repair[0].command == "Set-RDLicenseConfiguration -Mode PerUser -Force\n");
  CHECK(
      by_broker.repair[0].undo.starts_with("Set-RDLicenseConfiguration -Mode PerDevice -Force\n"));
  CHECK(by_broker.repair[0].expected == "licensed");
}

TEST_CASE("a mode that a policy sets already is not set again", "[repair]") {
  const auto outcome = judge_farm([](farm::SessionHost& host) {
    host.licensing_type = 5;
    host.policy = farm::LicensingSettings{4, std::nullopt};
  });
  REQUIRE(outcome.repair.size() == 1);
  CHECK(outcome.repair[0].command.empty());
  CHECK(has(outcome.repair[0].text, "RDSH1 and RDSH2: a policy sets the licensing mode"));
}

TEST_CASE("what is set already, and has not reached the hosts, is not set again", "[repair]") {
  const auto servers_by_policy = judge_farm([](farm::SessionHost& host) {
    without_servers(host);
    host.policy = farm::LicensingSettings{4, std::vector<std::string>{"ls1"}};
  });
  const auto servers_by_broker = judge_farm([](farm::SessionHost& host) {
    without_servers(host);
    host.broker = farm::LicensingSettings{4, std::vector<std::string>{"ls1"}};
  });
  const auto mode_by_broker = judge_farm([](farm::SessionHost& host) {
    without_mode(host);
    host.broker = farm::LicensingSettings{4, std::vector<std::string>{"ls1"}};
  });
  for (const auto& [outcome, words] : {
           std::pair(servers_by_policy, "a policy sets the license servers, but Windows has none"),
           std::pair(servers_by_broker, "the connection broker sets the license servers, but"),
           std::pair(mode_by_broker, "the connection broker sets the licensing mode, but"),
       }) {
    REQUIRE(outcome.repair.size() == 1);
    CHECK(outcome.repair[0].command.empty());
    CHECK(has(outcome.repair[0].text, words));
  }
}

TEST_CASE("the mode of hosts that get licenses comes first, and one of them is named", "[repair]") {
  const auto outcome = judge_farm([](farm::SessionHost& host) {
    if (host.name == "RDSH1") return without_mode(host);
    host.licensing_type = 2;
  });
  REQUIRE(outcome.reason->word == "mode_not_set_expired");
  CHECK(
      has(outcome.summary,
          "Set the policy \"Set the Remote Desktop licensing mode\" on RDSH1 to per device, as on "
          "RDSH2."));
  REQUIRE(outcome.repair.size() == 2);
  CHECK(
      has(outcome.repair[0].text, "the licensing mode to per device, as on RDSH2, by the policy"));
  CHECK(has(outcome.repair[1].text, "the licensing mode to per user, by the policy"));
}

TEST_CASE("a step is predicted with those before it", "[repair]") {
  const auto outcome = judge_farm(
      [](farm::SessionHost& host) {
        without_mode(host);
        if (host.name == "RDSH2") host.os_build = 17763;  // a step for each version
      },
      {pack(farm::LicenseKind::user, 7, 100, 62)});
  REQUIRE(outcome.repair.size() == 2);
  CHECK(outcome.repair[0].expected == "mode_not_set_expired");
  CHECK(outcome.repair[1].expected == "licensed");
}

TEST_CASE("what the judge finds after the step is predicted, whatever it is", "[repair]") {
  Facts facts{now, {}, {}};
  facts.exports.hosts.push_back(sample_host("RDSH1"));
  without_mode(facts.exports.hosts.back());
  facts.exports.servers.push_back(sample_server("LS1"));
  facts.exports.servers.push_back(sample_server("LS2"));
  auto& memory =
      facts.memory.emplace(farm::key_of(facts.exports.hosts.back()), farm::HostMemory{now})
          .first->second;
  memory.reset_at = now - std::chrono::hours(1);
  const auto outcome = judge(facts, Settings{"exports"});
  REQUIRE_FALSE(outcome.repair.empty());
  for (const auto& step : outcome.repair) CHECK(step.expected == "grace_reset");
}

TEST_CASE("license servers are specified in the deployment, by policy or on the host", "[repair]") {
  const auto on_host = judge_farm(without_servers);
  REQUIRE(on_host.reason->word == "no_license_server");
  REQUIRE(on_host.repair.size() == 1);
  CHECK(has(on_host.repair[0].setup,
            "$servers = [string[]]@('LS1.contoso.test', 'LS2.contoso.test')"));
  CHECK(has(on_host.repair[0].undo, "EmptySpecifiedLicenseServerList"));
  CHECK(on_host.repair[0].expected.empty());
  const auto by_policy = judge_farm([](farm::SessionHost& host) {
    without_servers(host);
    host.policy->licensing_type = 4;
  });
  REQUIRE(by_policy.repair.size() == 1);
  CHECK(has(by_policy.repair[0].setup, "$value = 'LS1.contoso.test,LS2.contoso.test'\n"));
  CHECK(by_policy.repair[0].text ==
        "In the policy that sets the licensing mode of RDSH1 and RDSH2, enter the license servers "
        "LS1.contoso.test, LS2.contoso.test.");
  CHECK(by_policy.repair[0].beside.front().starts_with("By hand: Group Policy Management > "));
  CHECK(has(by_policy.repair[0].beside.front(), "gpresult /scope computer /h"));
  const auto by_broker = judge_farm([](farm::SessionHost& host) {
    without_servers(host);
    host.broker = farm::LicensingSettings{4, std::vector<std::string>{}};
  });
  REQUIRE(by_broker.repair.size() == 1);
  CHECK(has(by_broker.repair[0].command,
            "Set-RDLicenseConfiguration -LicenseServer @('LS1.contoso.test'"));
  CHECK(by_broker.repair[0].undo.empty());
  CHECK_FALSE(by_broker.repair[0].not_undone.empty());
}

TEST_CASE("license servers have the names that other hosts list, and no answer is predicted",
          "[repair]") {
  const auto outcome = judge_farm([](farm::SessionHost& host) {
    if (host.name == "RDSH1") without_servers(host);
    if (host.name == "RDSH1") host.policy->licensing_type = 4;
  });
  REQUIRE(outcome.repair.size() == 1);
  CHECK(has(outcome.repair[0].setup, "$value = 'ls1.contoso.test,LS2'\n"));
  CHECK(has(outcome.repair[0].text, "the license servers ls1.contoso.test, LS2, as on RDSH2."));
  CHECK(outcome.repair[0].expected.empty());
  CHECK(outcome.repair[0].prediction.empty());
}

TEST_CASE("nothing is changed on hosts whose policy was not read", "[repair]") {
  const auto outcome = judge_farm([](farm::SessionHost& host) { host.licensing_type = 5; });
  REQUIRE(outcome.repair.size() == 1);
  CHECK(outcome.repair[0].command.empty());
  CHECK(has(outcome.repair[0].text, "was not read"));
}

TEST_CASE("a workgroup is offered per device only", "[repair]") {
  const auto outcome = judge_farm([](farm::SessionHost& host) {
    without_mode(host);
    host.domain = "";
  });
  REQUIRE(outcome.repair.size() == 1);
  CHECK(has(outcome.repair[0].text,
            "the licensing mode to per device, in the local policy of each of these hosts"));
  CHECK(outcome.repair[0].command.empty());  // no policy of the domain reaches it
  CHECK(outcome.repair[0].expected == "licensed");
}

TEST_CASE("other faults say what a person has to do, and healthy hosts nothing", "[repair]") {
  const auto outcome =
      judge_farm([](farm::SessionHost&) {}, {pack(farm::LicenseKind::user, 6, 100, 62)});
  REQUIRE(outcome.reason->word == "no_fitting_cals");
  REQUIRE_FALSE(outcome.repair.empty());
  for (const auto& step : outcome.repair) {
    CHECK(step.command.empty());
    CHECK(has(step.text, "RDSH1"));
  }
  CHECK(judge_farm([](farm::SessionHost&) {}).repair.empty());
}

TEST_CASE("the deployment gets what the policy says, and gives it back", "[repair]") {
  const auto outcome = judge_farm([](farm::SessionHost& host) {
    host.policy = farm::LicensingSettings{4, std::vector<std::string>{"LS1", "LS2"}};
    host.broker = farm::LicensingSettings{2, std::vector<std::string>{"LS2"}};
  });
  REQUIRE(outcome.reason->word == "configuration_drift");
  REQUIRE(outcome.repair.size() == 2);
  CHECK(outcome.repair[0].text ==
        "In the deployment of the connection broker of RDSH1 and RDSH2, set per user, license "
        "servers LS1, LS2: the policy sets that, and it wins.");
  CHECK(outcome.repair[1].is_alternative);
  CHECK(outcome.repair[0].command ==
        "Set-RDLicenseConfiguration -Mode PerUser -LicenseServer @('LS1', 'LS2') -Force\n");
  CHECK(outcome.repair[0].undo.starts_with(
      "Set-RDLicenseConfiguration -Mode PerDevice -LicenseServer @('LS2') -Force\n"));
  CHECK(outcome.repair[0].expected == "licensed");
}

TEST_CASE("what to know beside a step without a command is shown with it", "[repair]") {
  const auto refused = judge_farm([](farm::SessionHost& host) {
    for (auto& contact : *host.contacts) contact.status = 5;
  });
  REQUIRE(refused.reason->word == "host_not_authorized");
  REQUIRE(refused.repair.size() == 2);
  CHECK_THAT(refused.repair[0].beside.at(0),
             Catch::StartsWith("By the exports of the license servers. LS1 and LS2: the policy "
                               "License server security group is off. That contradicts"));
  CHECK(has(refused.repair[0].beside.at(3), "Id = 4733 }"));
  CHECK(has(refused.repair[1].text, "turn off the policy License server security group"));
  CHECK(has(refused.repair[1].text, "That weakens it"));
  CHECK(refused.repair[1].is_alternative);
  CHECK(has(refused.repair[1].beside.at(0), "gpupdate /target:computer"));
  const auto damaged = judge_farm([](farm::SessionHost& host) {
    host.events = {{1003, now - std::chrono::hours(2), 1, 1}};
  });
  REQUIRE(damaged.reason->word == "client_store_damaged");
  const auto& notes = damaged.repair.at(0).beside;
  REQUIRE(notes.size() == 6);
  CHECK(notes[0] ==
        "Event 1003 was last logged at: RDSH1 and RDSH2: 2026-11-26 06:00:00 UTC. The exports do "
        "not hold the name of the client, nor whether all hosts name the same one.");
  CHECK(has(notes[1], "RDSH1 and RDSH2 ask for per-user licenses."));
  CHECK(has(notes[2], "Id = 1003 } -MaxEvents"));
  CHECK(has(notes[3], R"(`reg import C:\MSLicensing.reg`)"));
  CHECK(has(notes[5], "`failure_window`"));
}

TEST_CASE("licenses for a host of an unknown version are unknown, not any", "[repair]") {
  for (const auto build : {std::optional<std::int64_t>(), std::optional<std::int64_t>(99999)}) {
    const auto outcome = judge_farm([&](farm::SessionHost& host) {
      without_mode(host);
      host.os_build = build;
    });
    REQUIRE(outcome.repair.size() == 1);
    CHECK(outcome.repair[0].command.empty());
    CHECK(has(outcome.repair[0].text, "their version of Windows is not known"));
  }
}

TEST_CASE("the mode of each host fits its own version of Windows", "[repair]") {
  const auto outcome = judge_farm(
      [](farm::SessionHost& host) {
        without_mode(host);
        if (host.name == "RDSH2") host.os_build = 26100;
      },
      {pack(farm::LicenseKind::user, 7, 100, 62)});
  REQUIRE(outcome.repair.size() == 2);
  CHECK(has(outcome.repair[0].text, "per user, by the policy for these hosts: RDSH1."));
  CHECK(has(outcome.repair[1].text, "RDSH2: no license that would serve these hosts"));
}

TEST_CASE("licenses that have ended are not offered", "[repair]") {
  auto ended = pack(farm::LicenseKind::user, 7, 100, 62);
  ended.ends = {*day(2026, 1, 1), *day(2026, 1, 1)};
  const auto outcome = judge_farm(without_mode, {ended});
  REQUIRE(outcome.repair.size() == 1);
  CHECK(outcome.repair[0].command.empty());
}

TEST_CASE("of licenses that are used up, the mode is decided first, and then one way is enough",
          "[repair]") {
  const auto per_device = [](farm::SessionHost& host) {
    if (host.name == "RDSH1") host.licensing_type = 2;
  };
  const auto outcome = judge_farm(per_device, {pack(farm::LicenseKind::device, 7, 12, 12),
                                               pack(farm::LicenseKind::device, 6, 4, 4),
                                               pack(farm::LicenseKind::user, 7, 9, 4)});
  REQUIRE(outcome.reason->word == "device_cals_exhausted");
  REQUIRE(outcome.repair.size() == 3);
  CHECK(outcome.repair[0].text ==
        "Decide whether RDSH1 is to ask for per-device licenses, as it does now; RDSH2 asks "
        "for per-user ones. It is a question of the licenses that were bought, for the person who "
        "buys them.");
  CHECK(has(outcome.repair[0].beside.at(0),
            "License packs now, by KeyPackId. Each of LS1 and LS2: pack 3: 12 per-device licenses "
            "of version 2022, 12 issued"));
  CHECK(has(
      outcome.repair[1].text,
      "Buy per-device licenses of version 2022 or newer, and install them on one of LS1 and LS2"));
  CHECK_FALSE(outcome.repair[1].is_alternative);
  CHECK(outcome.repair[2].is_alternative);
  CHECK(outcome.repair[2].text ==
        "For the time being, revoke the licenses of devices that are retired, at most 20 % of the "
        "installed per-device licenses of a version: 2 of 12 of version 2022 on each of LS1 and "
        "LS2.");
  CHECK(has(outcome.repair[2].not_undone, "is not given back to its device"));
  const auto with_policy = judge_farm(
      [&](farm::SessionHost& host) {
        per_device(host);
        host.policy = farm::LicensingSettings{host.licensing_type, std::nullopt};
      },
      {pack(farm::LicenseKind::device, 7, 12, 12), pack(farm::LicenseKind::user, 7, 9, 4)});
  REQUIRE(with_policy.repair.size() == 4);
  CHECK(has(with_policy.repair[1].text, "Set the licensing mode to per user, as on RDSH2"));
  CHECK_FALSE(with_policy.repair[1].is_alternative);
  CHECK(with_policy.repair[2].is_alternative);
  CHECK(with_policy.repair[3].is_alternative);
}

TEST_CASE("a damaged certificate is removed from one host first, and that host is tested",
          "[repair]") {
  const auto outcome = judge_farm([](farm::SessionHost& host) {
    host.events = {{1133, now - std::chrono::hours(2), 1, 1}};
  });
  REQUIRE(outcome.reason->word == "host_certificate_bad");
  REQUIRE(outcome.repair.size() == 3);
  for (const auto& step : outcome.repair) CHECK_FALSE(step.is_alternative);
  CHECK(outcome.repair[0].text == "Drain RDSH1, and wait until its users have logged off.");
  CHECK(has(outcome.repair[0].beside.at(0), "Id = 50285, 1133 }"));
  CHECK(has(outcome.repair[0].beside.at(1), "`change logon /drainuntilrestart`"));
  CHECK(has(outcome.repair[0].beside.at(2), "repair RDSH2 only when users of RDSH1 get licenses"));
  CHECK(has(outcome.repair[1].setup, "$hosts = @('RDSH1', 'RDSH2')"));
  CHECK(has(outcome.repair[1].setup,
            "'Certificate', 'X509 Certificate', 'X509 Certificate ID', 'X509 Certificate2'\n"));
  CHECK(has(outcome.repair[1].command, "Remove-ItemProperty -LiteralPath $key -Name "));
  CHECK(has(outcome.repair[1].undo, "New-ItemProperty -LiteralPath $key "));
  CHECK(has(outcome.repair[1].beside.at(1), "By hand: regedit"));
  CHECK(has(outcome.repair[1].beside.at(2), "brings the damaged certificate back"));
  CHECK(has(outcome.repair[1].beside.at(2), "Restart RDSH1 after it."));
  const auto& tested = outcome.repair[2];
  CHECK(has(tested.text, "Restart RDSH1, and log on to it as an ordinary user"));
  CHECK(has(tested.beside.at(0), "`change logon /query`"));
  CHECK(has(tested.beside.at(1), "`mstsc /v:RDSH1`"));
  CHECK(has(tested.beside.at(1), "`query session /server:RDSH1`"));
  CHECK(has(tested.beside.at(2), "reactivate the license server that RDSH1 uses (it lists "));
  CHECK(has(tested.beside.at(2), "Reactivate Server"));
  CHECK(has(tested.beside.at(3), R"(`Remove-Item "$HOME\cal-host-certificate.clixml"`)"));
}

TEST_CASE(
    "of per-user hosts with per-device licenses, to buy comes before the other mode, which is "
    "enforced",
    "[repair]") {
  const auto outcome = judge_farm(
      [](farm::SessionHost& host) {
        host.policy = farm::LicensingSettings{4, std::vector<std::string>{"ls1", "LS2"}};
      },
      {pack(farm::LicenseKind::device, 7, 50, 20)});
  REQUIRE(outcome.reason->word == "wrong_cal_kind");
  REQUIRE(outcome.repair.size() == 2);
  CHECK(has(outcome.repair[0].text,
            "Keep the licensing mode, buy per-user licenses of version 2022 or newer, and install "
            "them on one of LS1 and LS2, or divided among them"));
  CHECK_FALSE(outcome.repair[0].is_alternative);
  CHECK(outcome.repair[1].is_alternative);
  CHECK(has(outcome.repair[1].text, "Set the licensing mode to per device"));
  CHECK(has(outcome.repair[1].beside.at(1),
            "Per device is enforced: each device that connects takes a license, and where none is "
            "free, a new device gets a temporary one for 90 days"));
  CHECK(has(outcome.repair[1].beside.at(1), "Each of LS1 and LS2: 30 of 50 free."));
}

TEST_CASE("a policy object that sets the mode already does not reach the hosts", "[repair]") {
  const auto outcome = judge_farm(without_mode);
  REQUIRE(outcome.repair.size() == 2);
  const auto& notes = outcome.repair[0].beside;
  CHECK(std::ranges::any_of(notes, [](const std::string& note) {
    return has(note,
               "gpresult lists it as denied, with the reason. Correct its link or its filter");
  }));
}

TEST_CASE("another license server is specified where the list is set, and nowhere else",
          "[repair]") {
  struct Row {
    std::string_view words;
    Edit edit;
  };
  const std::vector<std::string> list{"ls1", "LS2"};
  const std::vector<Row> rows{
      {"A policy object sets the list of RDSH1 and RDSH2 and wins over all others",
       [&](auto& host) {
         host.policy = farm::LicensingSettings{4, list};
       }},
      {"The local policy sets the list of RDSH1 and RDSH2",
       [&](auto& host) {
         host.domain = "";
         host.licensing_type = 2;
         host.policy = farm::LicensingSettings{2, list};
       }},
      {"The deployment of the connection broker sets the list of RDSH1 and RDSH2",
       [&](auto& host) {
         host.policy.emplace();
         host.broker = farm::LicensingSettings{4, list};
       }},
      {"No policy sets the list of RDSH1 and RDSH2. If `Get-RDLicenseConfiguration`",
       [&](auto& host) { host.policy.emplace(); }},
      {"Where the list of RDSH1 and RDSH2 is set was not read", [](auto&) {}},
  };
  for (const auto& row : rows) {
    const auto outcome = judge_farm([&](farm::SessionHost& host) {
      host.os_build = 26100;  // the servers have Windows Server 2022
      row.edit(host);
    });
    INFO(row.words);
    REQUIRE(outcome.reason->word == "license_server_too_old");
    REQUIRE(outcome.repair.size() == 2);
    const auto& notes = outcome.repair[0].beside;
    CHECK(std::ranges::count_if(notes, [&](const auto& note) {
            return note.starts_with(std::string(row.words));
          }) == 1);
    CHECK(std::ranges::count(notes, "To undo it, enter ls1.contoso.test, LS2 there again.") == 1);
    CHECK(outcome.repair[1].text ==
          "Upgrade Windows on LS1 and LS2 in place to Windows Server 2025 or a newer one.");
    CHECK(outcome.repair[1].is_alternative);
    CHECK_FALSE(outcome.repair[1].not_undone.empty());
  }
}

TEST_CASE("a plan says how many licenses are needed at least, if the servers have issued any",
          "[repair]") {
  auto ended = pack(farm::LicenseKind::user, 7, 100, 62);
  ended.ends = {*day(2026, 1, 1), *day(2026, 1, 1)};
  const auto expired = judge_farm([](farm::SessionHost&) {}, {ended});
  REQUIRE(expired.reason->word == "pack_expired");
  CHECK(has(expired.repair.at(0).text,
            "install at least 62 per-user licenses of version 2022 or newer on one of LS1 and LS2, "
            "or divided among them"));
  CHECK(std::ranges::count(expired.repair[0].beside,
                           "How many: one for each user that uses the hosts, which the exports do "
                           "not count. Issued and in force, or issued of packs that have ended. "
                           "Each of LS1 and LS2: 62. A user can be counted on more than one of the "
                           "servers.") == 1);
  const auto over =
      judge_farm([](farm::SessionHost&) {}, {pack(farm::LicenseKind::user, 7, 50, 51)});
  REQUIRE(over.reason->word == "user_cals_over_issued");
  CHECK(has(over.repair.at(0).text,
            "Buy at least 1 per-user license of version 2022 or newer, and install it on LS1."));
  const auto none = judge_farm([](farm::SessionHost&) {}, {});
  REQUIRE(none.reason->word == "no_fitting_cals");
  CHECK(has(none.repair.at(0).text, "Install per-user licenses of version 2022 or newer on"));
}

TEST_CASE("licenses in force count where their pack is gone", "[repair]") {
  SampleFarm farm;
  for (auto& server : farm.servers) server.key_packs->packs.clear();
  farm.server().issued = {
      {farm::LicenseKind::user, 7, 2, now + std::chrono::days(30), 12},
      {farm::LicenseKind::user, 7, 2, now - std::chrono::days(30), 3},    // expired
      {farm::LicenseKind::user, 6, 2, now + std::chrono::days(30), 5},    // for older hosts
      {farm::LicenseKind::device, 7, 2, now + std::chrono::days(30), 9},  // of the other kind
      {farm::LicenseKind::user, 7, 4, now + std::chrono::days(30), 1}};   // revoked
  const auto outcome = farm.judged();
  REQUIRE(outcome.reason->word == "no_fitting_cals");
  CHECK(has(outcome.repair.at(0).text, "Install at least 12 per-user licenses of version 2022"));
}
