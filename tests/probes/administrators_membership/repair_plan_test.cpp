// What repairs an account that cannot install the pack, and what is predicted.
#include "probes/administrators_membership/administrators_membership.h"
#include "tests/catch.h"

#include <algorithm>

using namespace cal;
using namespace cal::administrators_membership;
using ad::AccountLookup;
using ad::LogonObstacle;
using ad::Membership;

namespace {

const SystemTime now = SystemTime{} + std::chrono::hours(24 * 365 * 50);
const auto sid = *security::Sid::parse_text("S-1-5-21-1-2-3-1102");
constexpr std::uint64_t never = 0;
constexpr std::uint64_t long_ago = 130'000'000'000'000'000;

ad::Account account(std::uint32_t control, std::uint32_t computed, std::uint64_t expires,
                    std::uint64_t password) {
  ad::Account account;
  account.dn = "CN=licadmin,DC=ebs";
  account.name = "licadmin";
  account.sid = sid;
  account.control = control;
  account.computed_control = computed;
  account.expires = expires;
  account.password_last_set = password;
  return account;
}

Outcome judge_account(ad::Account account, bool is_member,
                      security::Sid group = security::well_known::administrators) {
  AccountFacts facts{{"EBS\\licadmin", group.text()}, ad::Group{"CN=G,DC=ebs", "Group", group}};
  facts.obstacle = ad::logon_obstacle(account, now);
  facts.lookup = {AccountLookup::Result::found, std::move(account), "licadmin in DC=ebs"};
  facts.membership = is_member ? Membership{.member = true, .chain = {"licadmin", "Group"}}
                               : Membership{.group_members = {"Administrator"}, .group_size = 1};
  return judge({"ldaps://dc1.ebs.example.com:636", {std::move(facts)}, now}, {});
}

const RepairStep& step_with(const Outcome& outcome, std::string_view command) {
  const auto found = std::ranges::find_if(outcome.repair, [&](const RepairStep& step) {
    return step.command.find(command) != step.command.npos;
  });
  REQUIRE(found != outcome.repair.end());
  return *found;
}

}  // namespace

TEST_CASE("an account that is no member: use another, then for hours, then for good", "[repair]") {
  const auto outcome = judge_account(account(512, 0, never, 1), false);
  REQUIRE(outcome.reason->word == "not_member");
  REQUIRE(outcome.repair.size() == 3);
  CHECK(outcome.repair[0].command.empty());
  CHECK(outcome.repair[0].text.find("Administrator") != std::string::npos);
  CHECK(outcome.repair[1].command.find("-MemberTimeToLive") != std::string::npos);
  const auto& permanent = outcome.repair[2];
  CHECK(permanent.shell == Shell::powershell);
  CHECK(permanent.command == "Add-ADGroupMember -Identity $group -Members $account -Server $dc\n");
  CHECK(permanent.undo.starts_with("Remove-ADGroupMember -Identity $group -Members $account"));
  CHECK(permanent.setup.find("$dc = 'dc1.ebs.example.com'") != std::string::npos);
  CHECK(permanent.setup.find("$account = 'S-1-5-21-1-2-3-1102'") != std::string::npos);
  CHECK(permanent.check.find("ProductType -eq 2") != std::string::npos);
  CHECK(permanent.expected == "member_direct");
  CHECK(permanent.server == "dc1.ebs.example.com");
  CHECK(permanent.undo_check.starts_with("if (-not (Test-Member)) { throw "));
  CHECK(permanent.not_undone.find("Set-ADUser -Identity S-1-5-21-1-2-3-1102 -Clear adminCount") !=
        std::string::npos);
}

TEST_CASE("a license server is added to its group, on whatever computer it runs", "[repair]") {
  const auto group = security::well_known::terminal_server_license_servers;
  const auto outcome = judge_account(account(4096, 0, never, 1), false, group);
  REQUIRE(outcome.repair.size() == 1);
  CHECK(outcome.repair[0].check.find("ProductType") == std::string::npos);
  CHECK(outcome.repair[0].not_undone.empty());
  CHECK(outcome.repair[0].expected == "member_direct");
}

TEST_CASE("each obstacle to the logon has its change and what it leads to", "[repair]") {
  constexpr std::uint32_t locked = 0x10;
  constexpr std::uint32_t password_expired = 0x800000;
  struct Row {
    ad::Account account;
    std::string_view reason, command, undo;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {account(514, 0, never, 1), "account_disabled", "Enable-ADAccount", "Disable-ADAccount"},
      {account(512, locked, never, 1), "account_locked", "Unlock-ADAccount", ""},
      {account(512, 0, long_ago, 1), "account_expired", "accountExpires = [long]",
       "accountExpires = [long]130000000000000000"},
      {account(512, password_expired, never, 0), "password_expired",
       "-ChangePasswordAtLogon $false", "-ChangePasswordAtLogon $true"},
      {account(512, password_expired, never, 1), "password_expired", "Set-ADAccountPassword", ""},
  }));
  const auto outcome = judge_account(row.account, true);
  REQUIRE(outcome.reason->word == row.reason);
  const auto& step = step_with(outcome, row.command);
  CHECK(step.expected == "member_direct");
  CHECK(step.undo.find(row.undo) != std::string::npos);
  CHECK(step.undo.empty() == !step.not_undone.empty());
  CHECK(step.undo.empty() == step.undo_check.empty());
  CHECK_FALSE(step.check.empty());
}

TEST_CASE("what is still in the way after a step is predicted, too", "[repair]") {
  const auto outcome = judge_account(account(514, 0x10, never, 1), false);
  CHECK(step_with(outcome, "Enable-ADAccount").expected == "account_locked");
  CHECK(step_with(outcome, "Unlock-ADAccount").expected == "not_member");
  CHECK(outcome.repair.back().expected == "member_direct");
}

TEST_CASE("an account that can install the pack needs no repair", "[repair]") {
  CHECK(judge_account(account(512, 0, never, 1), true).repair.empty());
}
