// What is compared where a license server does not suit the hosts, and where users go meanwhile.
#include "tests/catch.h"
#include "tests/probes/session_host_licensing/sample_farm.h"

#include <algorithm>

using namespace cal;
using namespace cal::session_host_licensing;

namespace {

void answer_with(std::int64_t status, farm::SessionHost& host) {
  for (auto& contact : *host.contacts) contact.status = status;
}

// Of RDSH1, RDSH2 and RDSH3, the last one gets licenses.
Facts farm_that_answers(std::int64_t status) {
  Facts facts{now, {}, {}};
  for (const auto* name : {"RDSH1", "RDSH2", "RDSH3"}) {
    facts.exports.hosts.push_back(sample_host(name));
    if (facts.exports.hosts.size() < 3) answer_with(status, facts.exports.hosts.back());
  }
  for (const auto* name : {"LS1", "LS2"}) facts.exports.servers.push_back(sample_server(name));
  return facts;
}

Outcome judged(const Facts& facts) { return judge(facts, {"exports"}); }

bool has_note(const RepairStep& step, std::string_view part) {
  return std::ranges::any_of(step.beside,
                             [&](const std::string& note) { return note.find(part) != note.npos; });
}

const std::string meanwhile =
    "Meanwhile: RDSH3 gives users licenses by its export of 07:55 UTC. Whether the refused users "
    "may log on there, the exports do not say. If they may, drain RDSH1 and RDSH2 (`change logon "
    "/drain`, as administrator), so that new sessions go to RDSH3: a connection broker sends them "
    "there; without one, tell the users. While a host is drained, its fault is not shown "
    "(not_applicable): `change logon /enable` before you "
    "test it.";

}  // namespace

TEST_CASE("where the versions fit, the hosts are compared with one that is served", "[repair]") {
  const auto outcome = judged(farm_that_answers(10));
  REQUIRE(outcome.reason->word == "license_server_incompatible");
  CHECK_THAT(
      outcome.summary,
      Catch::Contains("It is not known why: their versions of Windows "
                      "fit. Compare the builds and updates of Windows of RDSH1 and RDSH2 with "
                      "those of RDSH3, which gets licenses there, and only then with those "
                      "of LS1 and LS2."));
  REQUIRE(outcome.repair.size() == 1);
  const auto& step = outcome.repair[0];
  CHECK(
      step.text ==
      "LS1 and LS2 answer that they do not suit RDSH1 and RDSH2, although their versions of "
      "Windows fit. It is not known why, and nothing shows that another "
      "license server would help. Compare the builds and updates of RDSH1 and RDSH2 with those of "
      "RDSH3, which gets licenses from LS1, and only then with those of LS1 and LS2; see also "
      "whether one is a preview of Windows.");
  CHECK(step.beside.at(0) ==
        "Versions of Windows by the exports. RDSH1, RDSH2 and RDSH3: Windows Server 2022 (build "
        "20348); LS1 and LS2: Windows Server 2022 (build 20348). On a computer, `(Get-CimInstance "
        "Win32_OperatingSystem).Caption` shows it. A license server serves session hosts of its "
        "version and older, and so does a license.");
  CHECK(has_note(step, "10, a feature that is not supported"));
  CHECK(has_note(step, "Get-HotFix"));
  CHECK(has_note(step, "UBR"));
  CHECK(has_note(step, "Open a case with Microsoft support now"));
  CHECK(
      has_note(step, "An update that RDSH3 has and RDSH1 and RDSH2 have not: install it on RDSH1"));
  CHECK(
      has_note(step, "do not install it on RDSH3, which works; tell Microsoft support its number"));
  CHECK(has_note(step, "Change nothing on LS1 and LS2 meanwhile."));
  CHECK(step.beside.back() == meanwhile);
}

TEST_CASE("another license server is a step only where one may be too old", "[repair]") {
  auto facts = farm_that_answers(10);
  facts.exports.servers.pop_back();
  const auto unknown = judged(facts);
  REQUIRE(unknown.repair.size() == 2);
  CHECK_THAT(unknown.repair[0].text, Catch::StartsWith("Compare the versions of Windows of RDSH1"));
  CHECK_THAT(unknown.repair[1].text,
             Catch::StartsWith("Only if a license server is older than the newest host: specify a "
                               "license server of Windows Server 2022 or newer"));
  facts.exports.servers[0].os_build = 17763;
  const auto old = judged(facts);
  REQUIRE(old.repair.size() == 1);
  CHECK_THAT(old.repair[0].text,
             Catch::StartsWith("Specify a license server of Windows Server 2022 or newer"));
}

TEST_CASE("users are sent only to hosts that were seen to give licenses", "[repair]") {
  const auto refused = judged(farm_that_answers(5));
  REQUIRE(refused.reason->word == "host_not_authorized");
  CHECK(refused.repair.at(0).beside.back() == meanwhile);
  auto alone = farm_that_answers(5);
  alone.exports.hosts[2].data_at = now - hours(3);
  CHECK_FALSE(has_note(judged(alone).repair.at(0), "Meanwhile"));
}
