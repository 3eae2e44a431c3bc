#include "probes/administrators_membership/administrators_membership.h"

#include "tests/catch.h"

#include <algorithm>

using namespace cal;
using namespace cal::administrators_membership;
using ad::AccountLookup;
using ad::LogonObstacle;
using ad::Membership;

namespace {

const ad::Group administrators{"CN=Administrators,CN=Builtin,DC=ebs", "Administrators",
                               security::well_known::administrators};

const ad::Group license_servers{"CN=Terminal Server License Servers,CN=Builtin,DC=ebs",
                                "Terminal Server License Servers",
                                *security::Sid::parse_text("S-1-5-32-561")};

Membership member(std::vector<std::string> chain, bool by_primary_group = false) {
  return {.member = true, .by_primary_group = by_primary_group, .chain = std::move(chain)};
}

Membership no_member() {
  return {.own_groups = {"Domain Users", "Users"},
          .group_members = {"Administrator", "Domain Admins"},
          .group_size = 20'000};
}

AccountFacts found(Membership membership, LogonObstacle obstacle = LogonObstacle::none) {
  return {{"EBS\\licadmin"},
          administrators,
          {AccountLookup::Result::found, ad::Account{}, "licadmin in DC=ebs"},
          obstacle,
          std::move(membership)};
}

AccountFacts not_found() {
  return {{"EBS\\ghost"},
          administrators,
          {AccountLookup::Result::not_found, std::nullopt, "ghost in DC=ebs"}};
}

AccountFacts foreign(std::optional<Membership> membership = std::nullopt) {
  return {{"OTHER\\x"},
          administrators,
          {AccountLookup::Result::other_domain, std::nullopt, "OTHER is not this domain"},
          LogonObstacle::none,
          std::move(membership)};
}

// NETWORK SERVICE, which must be a member if the license server is a domain controller.
AccountFacts well_known(Membership membership) {
  return {{"S-1-5-20", "S-1-5-32-561"},
          license_servers,
          {AccountLookup::Result::well_known, std::nullopt, "NT AUTHORITY\\NETWORK SERVICE"},
          LogonObstacle::none,
          std::move(membership)};
}

Outcome judge_all(std::vector<AccountFacts> accounts) {
  return judge({"ldaps://dc1", std::move(accounts)}, {});
}

// The value of a family's only sample for an account; empty when there is none.
std::optional<double> sample(const Outcome& outcome, std::string_view family) {
  const auto found = std::ranges::find(outcome.samples, family,
                                       [](const Sample& each) { return each.family->name; });
  return found == outcome.samples.end() ? std::nullopt : std::optional(found->value);
}

}  // namespace

TEST_CASE("each state of an account has its reason and its facts", "[membership]") {
  struct Row {
    AccountFacts facts;
    std::string_view reason;
    Verdict verdict;
    std::optional<double> is_member, usable;
  };
  const auto row = GENERATE(values<Row>({
      {found(member({"licadmin", "Administrators"})), "member_direct", Verdict::clear, 1, 1},
      {found(member({"licadmin", "Domain Admins", "Administrators"})), "member_nested",
       Verdict::clear, 1, 1},
      {found(member({"carol", "Domain Admins", "Administrators"}, true)), "member_primary_group",
       Verdict::clear, 1, 1},
      {found(member({})), "member_nested", Verdict::clear, 1, 1},
      {found(no_member()), "not_member", Verdict::present, 0, 1},
      {not_found(), "account_not_found", Verdict::present, 0, 0},
      {found(member({"a", "b"}), LogonObstacle::disabled), "account_disabled", Verdict::present, 1,
       0},
      {found(no_member(), LogonObstacle::disabled), "account_disabled", Verdict::present, 0, 0},
      {found(member({"a", "b"}), LogonObstacle::expired), "account_expired", Verdict::present, 1,
       0},
      {found(member({"a", "b"}), LogonObstacle::locked), "account_locked", Verdict::present, 1, 0},
      {found(member({"a", "b"}), LogonObstacle::password_expired), "password_expired",
       Verdict::present, 1, 0},
      {found(member({"a", "b"}), LogonObstacle::not_shown), "logon_not_seen", Verdict::unknown, 1,
       std::nullopt},
      {found({.not_seen = "a walk that was cut"}), "membership_not_seen", Verdict::unknown,
       std::nullopt, 1},
      {found({.not_seen = "a walk that was cut"}, LogonObstacle::disabled), "account_disabled",
       Verdict::present, std::nullopt, 0},
      {foreign(), "other_domain", Verdict::unknown, std::nullopt, std::nullopt},
      {foreign(Membership{}), "other_domain", Verdict::unknown, std::nullopt, std::nullopt},
      {foreign(member({"S-1-5-21-9-9-9-1234", "Administrators"})), "logon_not_seen",
       Verdict::unknown, 1, std::nullopt},
      {well_known(Membership{}), "not_member", Verdict::present, 0, 1},
      {well_known(member({"S-1-5-20", "Terminal Server License Servers"})), "member_direct",
       Verdict::clear, 1, 1},
  }));
  const auto outcome = judge_all({row.facts});
  CHECK(outcome.reason->word == row.reason);
  CHECK(outcome.reason->verdict == row.verdict);
  CHECK(sample(outcome, "cal_account_member") == row.is_member);
  CHECK(sample(outcome, "cal_account_usable") == row.usable);
  CHECK_FALSE(outcome.summary.empty());
}

TEST_CASE("the chain of groups is the evidence", "[membership]") {
  const auto outcome = judge_all({found(member({"licadmin", "Domain Admins", "Administrators"}))});
  CHECK(outcome.summary ==
        "EBS\\licadmin is a member of Administrators (licadmin → Domain Admins → Administrators)");
  CHECK(outcome.evidence.at(0).item == "EBS\\licadmin");
  CHECK(outcome.evidence.at(0).text == "licadmin → Domain Admins → Administrators");
}

TEST_CASE("a group with an arrow in its name is one link of the chain", "[membership]") {
  const auto outcome = judge_all({found(member({"eve", "A → Administrators", "B"}))});
  CHECK(outcome.evidence.at(0).text == "eve → A -> Administrators → B");
  CHECK(outcome.summary ==
        "EBS\\licadmin is a member of Administrators (eve → A -> Administrators → B)");
}

TEST_CASE("the step for an account that is not a member names it and the group", "[membership]") {
  struct Row {
    AccountFacts facts;
    const char* action;
  };
  auto by_distribution_group = no_member();
  by_distribution_group.distribution_groups = {"Helpers"};
  const auto row = GENERATE_COPY(values<Row>({
      {found(no_member()),
       "Add EBS\\licadmin to Administrators (S-1-5-32-544), or install the pack with an account "
       "that is a member."},
      {found(by_distribution_group),
       "Add EBS\\licadmin to a security group that leads to Administrators (S-1-5-32-544), or "
       "install the pack with an account that is a member."},
      {well_known(Membership{}),
       "Add S-1-5-20 to Terminal Server License Servers (S-1-5-32-561), then restart its Remote "
       "Desktop Licensing service."},
  }));
  const auto outcome = judge_all({row.facts});
  CHECK(outcome.action == row.action);
  CHECK(outcome.implications.at(0).first_step == row.action);
}

TEST_CASE("an account that is not a member sees its groups and the group's members",
          "[membership]") {
  const auto outcome = judge_all({found(no_member())});
  CHECK(outcome.summary ==
        "EBS\\licadmin is not a member of Administrators (S-1-5-32-544): add it, or use an account "
        "that is a member");
  CHECK(outcome.evidence.at(0).text ==
        "it is a member of Domain Users, Users, none of which leads to Administrators; members of "
        "Administrators: Administrator, Domain Admins and 19998 more");
}

TEST_CASE("of several accounts the worst decides and all are evidence", "[membership]") {
  const auto good = found(member({"a", "Administrators"}));
  CHECK(judge_all({good, foreign()}).reason->word == "other_domain");
  CHECK(judge_all({foreign(), found(no_member()), good}).reason->word == "not_member");
  const auto outcome = judge_all({good, not_found(), found(no_member())});
  CHECK(outcome.reason->word == "account_not_found");
  CHECK(outcome.evidence.size() == 4);  // three accounts and the server
  CHECK(judge_all({good, good}).summary == "all 2 accounts are members of their groups");
}

TEST_CASE("a group that does not exist is unknown", "[membership]") {
  const auto outcome = judge_all({{{"alice", "Administratoren"}, std::nullopt}});
  CHECK(outcome.reason->word == "group_not_found");
  CHECK(outcome.summary ==
        "group Administratoren does not exist or is hidden from the agent's account: correct "
        "`group`, or grant read access");
  CHECK(outcome.samples.empty());
  CHECK(outcome.implications.empty());
}

TEST_CASE("the cause depends on the group that the account must be a member of", "[membership]") {
  auto server = found(no_member());
  server.required = {"EBS\\LS1$", "S-1-5-32-561"};
  server.group = license_servers;
  const auto outcome = judge_all({found(no_member()), server});
  REQUIRE(outcome.implications.size() == 2);
  CHECK(outcome.implications[0].cause == Cause::account_not_administrator);
  CHECK(outcome.implications[1].cause == Cause::directory_not_writable);
  CHECK(outcome.implications[1].strength == Strength::strong);
  CHECK(outcome.implications[1].sentence.starts_with(
      "EBS\\LS1$ is not a member of Terminal Server License Servers (S-1-5-32-561): add it"));
}

TEST_CASE("an account with two groups has one sample of cal_account_usable", "[membership]") {
  auto second = found(no_member());
  second.required.group = "S-1-5-32-561";
  const auto outcome = judge_all({found(no_member()), second});
  CHECK(std::ranges::count(outcome.samples, "cal_account_usable",
                           [](const Sample& each) { return each.family->name; }) == 1);
  CHECK(std::ranges::count(outcome.samples, "cal_account_member",
                           [](const Sample& each) { return each.family->name; }) == 2);
}

TEST_CASE("each account has its own first step, whichever is the worst", "[membership]") {
  auto server = found(no_member());
  server.required = {"EBS\\LS1$", "s-1-5-32-561"};
  server.group = license_servers;
  const auto outcome = judge_all({not_found(), server});
  REQUIRE(outcome.implications.size() == 2);
  CHECK(outcome.implications[0].first_step == outcome.reason->action);
  CHECK(outcome.implications[1].cause == Cause::directory_not_writable);
  CHECK(outcome.implications[1].first_step.find("Terminal Server License Servers") !=
        std::string::npos);
}
