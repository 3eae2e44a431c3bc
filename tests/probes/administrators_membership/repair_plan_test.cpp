// What repairs an account that cannot install the pack, and what is predicted.
#include "probes/administrators_membership/administrators_membership.h"
#include "tests/catch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

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

const ad::Domain domain{"DC=ebs", "ebs", "EBS", *security::Sid::parse_text("S-1-5-21-1-2-3")};
constexpr std::uint32_t server_trust = 0x2000;
constexpr std::uint32_t workstation_trust = 0x1000;

ad::Account computer(std::optional<std::uint32_t> control, std::optional<std::uint32_t> group) {
  ad::Account computer;
  computer.control = control;
  computer.primary_group_rid = group;
  return computer;
}

const auto a_domain_controller = computer(server_trust, 516);

Outcome judge_account(ad::Account account, bool is_member,
                      security::Sid group = security::well_known::administrators,
                      std::optional<ad::Account> server = a_domain_controller,
                      std::vector<ad::SeenGroup> below = {},
                      std::optional<bool> has_timed_membership = std::nullopt) {
  AccountFacts facts{{"EBS\\licadmin", group.text()}, ad::Group{"CN=G,DC=ebs", "Group", group}};
  facts.obstacle = ad::logon_obstacle(account, now);
  facts.lookup = {AccountLookup::Result::found, std::move(account), "licadmin in DC=ebs"};
  facts.membership = is_member ? Membership{.member = true, .chain = {"licadmin", "Group"}}
                               : Membership{.group_members = {"Administrator"}, .group_size = 1};
  facts.groups_below = std::move(below);
  return judge({"ldaps://dc1.ebs.example.com:636",
                {std::move(facts)},
                now,
                domain,
                server,
                has_timed_membership},
               {});
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
  CHECK(permanent.check.find("ProductType -ne 2") != std::string::npos);
  CHECK(permanent.expected == "member_direct");
  CHECK(permanent.server == "dc1.ebs.example.com");
  CHECK(permanent.undo_check.starts_with("if (-not (Test-Member)) { throw "));
  CHECK(permanent.not_undone.find("Set-ADUser -Identity S-1-5-21-1-2-3-1102 -Clear adminCount") !=
        std::string::npos);
}

TEST_CASE("the domain's group is changed only if packs are installed on a domain controller",
          "[repair]") {
  struct Row {
    std::optional<ad::Account> server;
    bool is_known_dc;
  };
  const auto [server, is_known_dc] = GENERATE(values<Row>({
      {computer(server_trust, std::nullopt), true},
      {computer(std::nullopt, 516), true},
      {computer(workstation_trust, 515), false},
      {computer(std::nullopt, std::nullopt), false},
      {std::nullopt, false},
  }));
  const auto outcome =
      judge_account(account(512, 0, never, 1), false, security::well_known::administrators, server);
  REQUIRE(outcome.reason->word == "not_member");
  for (const auto& step : outcome.repair) {
    if (!is_known_dc) CHECK(step.command.find("ADGroupMember") == std::string::npos);
  }
  if (is_known_dc) {
    step_with(outcome, "Add-ADGroupMember");
    return;
  }
  REQUIRE(outcome.repair.size() == 2);
  CHECK(outcome.repair[0].text.find("(Administrator)") == std::string::npos);
  const auto& local = step_with(outcome, "Add-LocalGroupMember -SID $administrators");
  CHECK(local.undo.starts_with("Remove-LocalGroupMember -SID $administrators"));
  CHECK(local.check.find("ProductType -eq 2") != std::string::npos);
  CHECK_FALSE(local.undo_check.empty());
  CHECK(local.expected.empty());  // the directory does not show the group of a computer
}

TEST_CASE("a license server that is listed as an account tells what it is", "[repair]") {
  const auto group = security::well_known::terminal_server_license_servers;
  const auto control = GENERATE(server_trust, workstation_trust);
  AccountFacts server{{"EBS\\LS1$", group.text()}, ad::Group{"CN=L,DC=ebs", "L", group}};
  server.lookup = {AccountLookup::Result::found, computer(control, std::nullopt), ""};
  server.membership = Membership{.member = true, .chain = {"LS1$", "L"}};
  const auto administrators = security::well_known::administrators;
  AccountFacts outside{{"EBS\\licadmin"}, ad::Group{"CN=A,DC=ebs", "A", administrators}};
  outside.lookup = {AccountLookup::Result::found, account(512, 0, never, 1), ""};
  outside.membership = Membership{};
  const auto outcome = judge({"ldaps://dc1", {outside, server}, now, domain}, {});
  step_with(outcome, control == server_trust ? "Add-ADGroupMember" : "Add-LocalGroupMember");
}

TEST_CASE("a membership ends by itself only where the forest can do that", "[repair]") {
  const auto has_timed = GENERATE(values<std::optional<bool>>({true, false, std::nullopt}));
  const auto outcome =
      judge_account(account(512, 0, never, 1), false, security::well_known::administrators,
                    a_domain_controller, {}, has_timed);
  const bool is_offered = has_timed != false;
  REQUIRE(outcome.repair.size() == (is_offered ? 3 : 2));
  const auto& first = outcome.repair[1];
  CHECK((first.command.find("-MemberTimeToLive") != std::string::npos) == is_offered);
  const auto notes = fmt::format("{}", fmt::join(first.beside, "\n"));
  CHECK((notes.find("It ends by itself") != std::string::npos) == (has_timed == true));
  CHECK((notes.find("not seen here") != std::string::npos) == (has_timed == std::nullopt));
  CHECK(outcome.repair.back().command.find("-MemberTimeToLive") == std::string::npos);
}

TEST_CASE("a group that leads to Administrators comes behind it, by a walk through groups",
          "[repair]") {
  const std::string administrators = "CN=G,DC=ebs";
  const auto below = [&](std::string name, std::uint32_t rid, std::vector<std::string> member_of) {
    return ad::SeenGroup{"CN=" + name + ",DC=ebs", name, domain.sid.with_rid(rid), true,
                         std::move(member_of)};
  };
  const ad::SeenGroup group{administrators, "Group", security::well_known::administrators};
  const std::vector<ad::SeenGroup> groups{
      below("Domain Admins", 512, {administrators}),
      below("Powerful", 1200, {"CN=Domain Admins,DC=ebs"}),
      below("Helpers", 1201, {administrators, "CN=Others,DC=ebs"}),
      below("Installers", 1202, {administrators}),
      below("Hidden", 1203, {administrators, "CN=nobody sees it,DC=ebs"}),
      below("Others", 1204, {}),
      group,
  };
  auto who = account(512, 0, never, 1);
  const bool token_decides = GENERATE(false, true);
  if (token_decides) who.token_groups = {domain.sid.with_rid(513)};
  const auto outcome =
      judge_account(who, false, security::well_known::administrators, a_domain_controller, groups);
  std::vector<std::string> texts;
  for (const auto& step : outcome.repair) {
    texts.push_back(step.text);
    if (!step.command.empty()) {
      CHECK(step.expected ==
            (step.text.find("of Group") == std::string::npos ? "member_nested" : "member_direct"));
    }
  }
  const std::string own = domain.sid.text();
  CHECK(texts == std::vector<std::string>{
                     "Install the pack with an account that is a member of Group already "
                     "(its direct members, accounts and groups: Administrator). Nothing has to be "
                     "changed for that.",
                     "Make EBS\\licadmin a member of Group (S-1-5-32-544) for 8 hours.",
                     "Make EBS\\licadmin a member of Installers (" + own + "-1202) for 8 hours.",
                     "Make EBS\\licadmin a permanent member of Group (S-1-5-32-544).",
                 });
  CHECK(outcome.repair[2].prediction.find("licadmin → Installers → Group") != std::string::npos);
  const auto& gives = outcome.repair[2].beside[1];
  CHECK(gives.find("It adds the rights of Group, Installers, and") != std::string::npos);
  CHECK(gives.find("So do: Helpers.") != std::string::npos);
  for (std::size_t i = 0; i < outcome.repair.size(); ++i) {
    CHECK(outcome.repair[i].is_alternative == (i > 0));
  }
}

TEST_CASE("an edge that leads nowhere is predicted to change nothing", "[repair]") {
  const ad::Group target{"CN=G,DC=ebs", "Group", security::well_known::administrators};
  const ad::SeenGroup mail{"CN=M,DC=ebs", "Mail", domain.sid.with_rid(1300), false, {target.dn}};
  const ad::SeenGroup administrators{target.dn, target.name, target.sid};
  const auto after = [&](const std::string& added_to) {
    return ad::membership_after({mail, administrators}, domain, account(512, 0, never, 1), added_to,
                                target);
  };
  CHECK(after(target.dn).member);
  CHECK_FALSE(after(mail.dn).member);
  CHECK_FALSE(after("CN=unknown,DC=ebs").member);
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
