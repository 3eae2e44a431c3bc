// The commands as a script, for tests/windows, which runs it with stand-ins for Windows.
#include "agent/commands/repair_output.h"
#include "probes/repair/account_change.h"
#include "probes/repair/certificate_change.h"
#include "probes/repair/descriptor_change.h"
#include "probes/repair/host_change.h"
#include "probes/repair/local_group_change.h"
#include "probes/security/sddl.h"
#include "tests/catch.h"
#include "tests/fakes/golden.h"
#include "tests/fakes/sample_board.h"

using namespace cal;
using namespace cal::repair;

namespace {

const std::string server = "ldaps://dc1.ebs.example.com:636";
const AccountPlace account{server, *security::Sid::parse_text("S-1-5-21-1-2-3-1102"),
                           "EBS\\O'Brien"};

security::Descriptor descriptor(std::string_view sddl) {
  return *security::parse_sddl(sddl, security::Sid::parse_text("S-1-5-21-1-2-3"));
}

RepairStep named(std::optional<RepairStep> step, std::string text) {
  REQUIRE(step);
  step->text = std::move(text);
  return *step;
}

}  // namespace

TEST_CASE("the script of every command is the golden one", "[golden]") {
  const auto guid = *security::Guid::parse_text("01234567-89ab-cdef-0123-456789abcdef");
  const ObjectPlace object{server, guid, "CN=msWssgConfig,CN=System,DC=ebs"};
  auto row = fakes::sample_row("ebs", fakes::reasons[2], "it is broken");
  auto outcome = std::make_shared<Outcome>(*row.outcome);
  outcome->repair = {
      named(enable(account, 514), "Enable it."),
      named(unlock(account), "Unlock it."),
      named(expire_later(account, 1000, 2000), "Let it expire later."),
      named(need_no_password_change(account), "Keep the password."),
      named(reset_password(account), "Set a password."),
      named(add_member(account, {security::well_known::administrators, "Administrators", true}),
            "Add it."),
      named(change_descriptor(object, Part::dacl, descriptor("D:AI(D;;WP;;;SY)(A;;GA;;;DA)"),
                              descriptor("D:AI(A;;GA;;;DA)")),
            "Remove the entry."),
      named(change_descriptor(object, Part::owner, descriptor("O:DA"), descriptor("O:SY")),
            "Make SYSTEM the owner."),
      named(add_local_administrator(account, {*security::Sid::parse_text("S-1-5-21-1-2-3-512")}),
            "Make it an administrator of one computer."),
      named(set_policy_mode(per_device, per_user, {"RDSH1", "RDSH2"}),
            "Set another mode by policy."),
      named(set_policy_servers({"ls1.example.com", "ls2"}, {"RDSH1", "RDSH2"}),
            "Specify servers by policy."),
      named(set_deployment({per_device, {"ls2", "ls1"}}, {per_user, {"ls1"}}),
            "Change the deployment."),
      named(set_own_servers({"ls2", "ls1"}), "Specify servers on a host."),
      named(end_protection({server, guid, "CN=petra,DC=ebs"}, descriptor("D:PAI(A;;GA;;;DA)"),
                           descriptor("D:AI(A;;GA;;;DA)(A;;RPWP;;;PS)")),
            "Let it inherit again."),
      named(set_deployment({per_device, {"ls2", "ls1"}}, {per_user, {"ls2", "ls1"}}),
            "Change the mode of the deployment."),
      named(remove_certificate({"RDSH1", "RDSH2"}), "Remove the certificate of a host."),
  };
  row.outcome = std::move(outcome);
  const auto script = repair_script(
      {row}, [](std::string_view) { return std::string_view(); }, fakes::sample_now);
  CHECK(script == fakes::golden("repair.ps1", script));
}

TEST_CASE("of a deployment only what differs is written", "[repair]") {
  const auto mode = set_deployment({per_device, {"ls2", "ls1"}}, {per_user, {"ls2", "ls1"}});
  REQUIRE(mode);
  CHECK(mode->command == "Set-RDLicenseConfiguration -Mode PerUser -Force\n");
  CHECK_THAT(mode->undo, Catch::StartsWith("Set-RDLicenseConfiguration -Mode PerDevice -Force\n"));
  CHECK_THAT(mode->check, !Catch::Contains("another order"));
  const auto servers = set_deployment({per_user, {"ls2", "ls1"}}, {per_user, {"ls1"}});
  REQUIRE(servers);
  CHECK(servers->command == "Set-RDLicenseConfiguration -LicenseServer @('ls1') -Force\n");
  CHECK_THAT(
      servers->undo,
      Catch::StartsWith("Set-RDLicenseConfiguration -LicenseServer @('ls2', 'ls1') -Force\n"));
  CHECK_THAT(servers->check, Catch::Contains("another order"));
  const auto both = set_deployment({5, {}}, {per_user, {"ls1"}});
  REQUIRE(both);
  CHECK(both->undo.empty());
  const auto without_list = set_deployment({5, {}}, {per_user, {}});
  REQUIRE(without_list);
  CHECK_THAT(without_list->undo, Catch::StartsWith("Set-RDLicenseConfiguration -Mode NotConf"));
  CHECK_FALSE(set_deployment({per_user, {"ls1"}}, {per_user, {}}));
}

TEST_CASE("a list begins to inherit only where adminCount is cleared with it", "[repair]") {
  const ObjectPlace place{server,
                          *security::Guid::parse_text("01234567-89ab-cdef-0123-456789abcdef"),
                          "CN=petra,DC=ebs"};
  const auto closed = descriptor("D:PAI(A;;GA;;;DA)");
  const auto open = descriptor("D:AI(A;;GA;;;DA)");
  CHECK(end_protection(place, closed, open));
  CHECK_FALSE(end_protection(place, open, open));
  CHECK_FALSE(end_protection(place, closed, closed));
  CHECK_FALSE(change_descriptor(place, Part::dacl, closed, open));
  CHECK_FALSE(change_descriptor(place, Part::dacl, open, closed));
}

TEST_CASE("without a server that can be in a command there is none", "[repair]") {
  auto nowhere = account;
  nowhere.server = "ldaps://dc\n1";
  CHECK_FALSE(enable(nowhere, 514));
  CHECK(host_of("ldaps://[2001:db8::1]:636") == "2001:db8::1");
}
