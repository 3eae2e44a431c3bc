// Policy and connection broker differ: what either way does to the session hosts.
#include "tests/catch.h"
#include "tests/probes/session_host_licensing/sample_farm.h"

#include <algorithm>

using namespace cal;
using namespace cal::session_host_licensing;

namespace {

// Policy and broker of RDSH1 and RDSH2 differ in the mode alone; RDSH3 has what `edit` gives it.
Outcome judge_drift(const std::function<void(farm::SessionHost&)>& edit) {
  const std::vector<std::string> servers{"LS2", "ls1.contoso.test"};
  Facts facts{now, {}, {}};
  for (const auto* name : {"RDSH1", "RDSH2", "RDSH3"}) {
    auto& host = facts.exports.hosts.emplace_back(sample_host(name));
    host.policy = farm::LicensingSettings{4, servers};
    if (facts.exports.hosts.size() < 3) host.broker = farm::LicensingSettings{2, servers};
  }
  edit(facts.exports.hosts.back());
  for (const auto* name : {"LS1", "LS2"}) {
    facts.exports.servers.push_back(sample_server(name));
  }
  return judge(facts, Settings{"exports"});
}

bool has_note(const RepairStep& step, std::string_view part) {
  return std::ranges::any_of(step.beside,
                             [&](const std::string& note) { return note.find(part) != note.npos; });
}

}  // namespace

TEST_CASE("a deployment is given only the setting that differs, where its broker is", "[repair]") {
  const auto outcome = judge_drift([](farm::SessionHost&) {});
  REQUIRE(outcome.reason->word == "configuration_drift");
  REQUIRE(outcome.repair.size() == 2);
  const auto& step = outcome.repair[0];
  CHECK(step.text ==
        "In the deployment of the connection broker of RDSH1 and RDSH2, set per user: the policy "
        "sets that, and it wins.");
  CHECK(step.command == "Set-RDLicenseConfiguration -Mode PerUser -Force\n");
  CHECK(has_note(step,
                 "Run it on RDSH1 and RDSH2, in Windows PowerShell as administrator: both are "
                 "connection brokers. If they are in one deployment"));
  CHECK(has_note(step, "Other session hosts that export. RDSH3: per user by policy, stays so."));
  CHECK(step.expected == "licensed");
}

TEST_CASE("what becomes of a host that may be in the deployment is shown, and not predicted",
          "[repair]") {
  const auto has_no_policy = [](farm::SessionHost& host) {
    host.policy.emplace();
    host.licensing_type = 2;
  };
  const auto outcome = judge_drift(has_no_policy);
  REQUIRE_FALSE(outcome.repair.empty());
  CHECK(has_note(outcome.repair[0],
                 "RDSH3: per device now; per user afterwards if it belongs to this deployment, "
                 "which its export does not say."));
  // It gets a license either way, so the prediction holds.
  CHECK(outcome.repair[0].expected == "licensed");
  const auto not_read = judge_drift([](farm::SessionHost& host) { host.policy.reset(); });
  REQUIRE_FALSE(not_read.repair.empty());
  CHECK(has_note(not_read.repair[0], "RDSH3: per user now; whether a policy sets it was not read"));
  const auto in_workgroup = judge_drift([](farm::SessionHost& host) {
    host.domain = "";
    host.licensing_type = 2;
  });
  REQUIRE_FALSE(in_workgroup.repair.empty());
  CHECK_FALSE(has_note(in_workgroup.repair[0], "Other session hosts"));
}

TEST_CASE("the way without the policy says what the hosts ask for then, and its undo", "[repair]") {
  const auto outcome = judge_drift([](farm::SessionHost&) {});
  REQUIRE(outcome.repair.size() == 2);
  const auto& other = outcome.repair[1];
  CHECK(other.is_alternative);
  CHECK(other.text ==
        "Only if what the broker sets is meant (per device): in the policy object for RDSH1 and "
        "RDSH2, set \"Set the Remote Desktop licensing mode\" to Not Configured.");
  CHECK(has_note(other, "and of all other hosts that the policy object applies to"));
  CHECK(has_note(other, "gpresult /scope computer"));
  CHECK(has_note(
      other,
      "RDSH1 and RDSH2 then ask for per-device licenses, for their version of Windows "
      "or a newer one. Each of LS1 and LS2: 30 of 50 free. Where none is free, a new device gets "
      "a temporary license for 90 days, and is refused after that."));
  CHECK(has_note(other, "To undo it: enable the same in that policy object again, with per user;"));
}
