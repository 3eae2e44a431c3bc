#include "probes/administrators_membership/repair_plan.h"

#include "agent/base/text.h"
#include "probes/repair/account_change.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace cal::administrators_membership {

namespace {

using ad::LogonObstacle;
using repair::AccountPlace;

constexpr std::uint32_t disabled_bit = 0x2;
constexpr std::uint32_t locked_bit = 0x10;
constexpr std::uint32_t password_expired_bit = 0x800000;
constexpr int days_longer = 7;

// 100 ns from 1601.
std::uint64_t file_time(SystemTime time) {
  constexpr std::int64_t seconds_from_1601_to_1970 = 11'644'473'600;
  constexpr std::uint64_t ticks = 10'000'000;
  return static_cast<std::uint64_t>(std::chrono::system_clock::to_time_t(time) +
                                    seconds_from_1601_to_1970) *
         ticks;
}

class Planner {
 public:
  Planner(const Facts& facts, const std::function<Outcome(const Facts&)>& judge_again)
      : edited_(facts), judge_again_(judge_again) {}

  std::vector<RepairStep> plan() {
    for (auto& account : edited_.accounts) plan_for(account);
    return std::move(steps_);
  }

 private:
  // An account has at most so many obstacles, one after the other.
  static constexpr int max_obstacles = 4;

  void plan_for(AccountFacts& account) {
    if (account.fault || !account.group) return;
    const bool is_blocked =
        account.obstacle != LogonObstacle::none && account.obstacle != LogonObstacle::not_shown;
    const bool is_outside = account.membership && !account.membership->member &&
                            account.membership->not_seen.empty() && account.doubt.empty() &&
                            account.needed.empty();
    if (!is_blocked && !is_outside) return;
    if (!account.required.is_license_server()) use_another(account);
    if (!account.lookup.account || !account.foreign_domain.empty()) {
      advise(
          fmt::format("{} is not an account of this domain: it cannot be changed here. An "
                      "administrator of its own domain has to enable or unlock it; to make it a "
                      "member, add it to {} ({}) by hand.",
                      account.required.account, account.group->name, account.group->sid.text()));
      return;
    }
    for (int i = 0; i < max_obstacles && remove_obstacle(account); ++i) {
    }
    if (is_outside) make_member(account);
  }

  AccountPlace place_of(const AccountFacts& account) const {
    return {edited_.server, account.lookup.account->sid, account.required.account};
  }

  void advise(std::string text) { steps_.push_back({std::move(text)}); }

  // The least that can be done: no right is given to anybody.
  void use_another(const AccountFacts& account) {
    const auto members =
        account.membership ? account.membership->group_members : std::vector<std::string>{};
    advise(fmt::format(
        "Install the pack with an account that is a member of {} already{}. Nothing has to be "
        "changed for that.",
        account.group->name,
        members.empty()
            ? ""
            : fmt::format(" ({})", list_of_first(members, account.membership->group_size))));
  }

  // Adds the step with what the probe finds in the facts that are changed by now; without a step,
  // the text alone.
  void add(std::optional<RepairStep> step, std::string text, std::vector<std::string> beside) {
    if (!step) step = RepairStep{};
    step->text = std::move(text);
    step->beside = std::move(beside);
    const auto outcome = judge_again_(edited_);
    step->prediction = outcome.summary;
    step->expected = outcome.reason->word;
    step->server = repair::host_of(edited_.server);
    steps_.push_back(std::move(*step));
  }

  // Whether there was one that a step removes.
  bool remove_obstacle(AccountFacts& facts) {
    auto& account = *facts.lookup.account;
    const auto& name = facts.required.account;
    const auto place = place_of(facts);
    const auto now_usable = [&] { facts.obstacle = ad::logon_obstacle(account, edited_.read_at); };
    switch (facts.obstacle) {
      case LogonObstacle::disabled: {
        const auto before = account.control.value_or(0);
        account.control = before & ~disabled_bit;
        now_usable();
        add(repair::enable(place, before), fmt::format("Enable {}.", name),
            {"Somebody may have disabled it on purpose: ask first, or use another account.",
             if_it_comes_back});
        return true;
      }
      case LogonObstacle::locked:
        account.computed_control = account.computed_control.value_or(0) & ~locked_bit;
        now_usable();
        add(repair::unlock(place), fmt::format("Unlock {}.", name),
            {"It is locked again while an old password is in use somewhere: event 4740 on the "
             "domain controller names the computer."});
        return true;
      case LogonObstacle::expired: {
        const auto before = account.expires.value_or(0);
        const auto until = edited_.read_at + std::chrono::hours(24 * days_longer);
        account.expires = file_time(until);
        now_usable();
        add(repair::expire_later(place, before, *account.expires),
            fmt::format("Let {} expire {} days later, on {}.", name, days_longer, utc_text(until)),
            {"An expired account is often one that is no longer wanted: ask first.",
             if_it_comes_back});
        return true;
      }
      case LogonObstacle::password_expired: {
        const bool must_change = account.password_last_set == 0U;
        account.password_last_set = file_time(edited_.read_at);
        account.computed_control = account.computed_control.value_or(0) & ~password_expired_bit;
        now_usable();
        add(std::nullopt,
            fmt::format("Log on as {} and change the password, as the directory asks for.", name),
            {});
        if (must_change) {
          add(repair::need_no_password_change(place),
              fmt::format("Or let {} keep the password that was set for it.", name),
              {"Whoever set that password knows it."});
        } else {
          add(repair::reset_password(place), fmt::format("Or set a new password of {}.", name),
              {"Services and tasks that use the old password fail until they have the new one, "
               "and may lock the account."});
        }
        return true;
      }
      case LogonObstacle::none:
      case LogonObstacle::not_shown:
        break;
    }
    return false;
  }

  void make_member(AccountFacts& facts) {
    const auto& group = *facts.group;
    const auto& name = facts.required.account;
    const bool server = facts.required.is_license_server();
    if (group.security != true) {
      advise(
          fmt::format("{} is a distribution group, or cannot be seen to be a security group: "
                      "name a group in `group` that gives rights.",
                      group.name));
      return;
    }
    const auto place = place_of(facts);
    facts.membership =
        ad::Membership{.member = true, .chain = {facts.lookup.account->name, group.name}};
    repair::NewMember member{group.sid, group.name,
                             group.sid == security::well_known::administrators};
    if (server) {
      add(repair::add_member(place, member),
          fmt::format("Add {} to {} ({}).", name, group.name, group.sid.text()),
          {"Then restart the service Remote Desktop Licensing on it, or let it get new tickets: "
           "klist -li 0x3e7 purge and klist -li 0x3e4 purge. Other domain controllers know it "
           "after replication.",
           if_it_comes_back});
      return;
    }
    constexpr int hours = 8;
    member.hours = hours;
    std::vector<std::string> beside{
        "It counts from the next logon of the account on, and on other domain controllers after "
        "replication."};
    if (member.on_domain_controller) {
      beside.insert(
          beside.begin(),
          {"Run it on the licensing server. If that is not a domain controller, the group of the "
           "domain gives no rights on it, and the check stops.",
           "It gives full rights on every domain controller of the domain. Domain Admins would add "
           "those of a local administrator on every joined computer, which is not needed."});
      beside.emplace_back(
          "Within an hour AdminSDHolder replaces the account's own permissions, and rights that "
          "others have on it are lost.");
    }
    const std::string stays =
        member.on_domain_controller
            ? fmt::format(
                  "if AdminSDHolder came in between, which it does every hour: adminCount = 1 and "
                  "the account's permissions. If adminCount was empty before and no other group "
                  "protects the account: Set-ADUser -Identity {} -Clear adminCount -Server {}, "
                  "then enable inheritance (Properties > Security > Advanced).",
                  place.sid.text(), repair::host_of(place.server))
            : "";
    auto timed = repair::add_member(place, member);
    if (timed) timed->not_undone = stays;
    auto with_feature = beside;
    with_feature.emplace_back(
        "It needs the optional feature Privileged Access Management (forest level 2016); without "
        "it the command is refused.");
    add(std::move(timed),
        fmt::format("Make {} a member of {} ({}) for {} hours.", name, group.name, group.sid.text(),
                    hours),
        std::move(with_feature));
    member.hours = 0;
    auto permanent = repair::add_member(place, member);
    if (permanent) permanent->not_undone = stays;
    beside.emplace_back(if_it_comes_back);
    beside.emplace_back("Undo it when the pack is installed.");
    add(std::move(permanent),
        fmt::format("Or make {} a permanent member of {} ({}).", name, group.name,
                    group.sid.text()),
        std::move(beside));
  }

  static constexpr auto if_it_comes_back =
      "If the fault comes back, a policy or an identity management system owns it: change it "
      "there.";

  Facts edited_;
  const std::function<Outcome(const Facts&)>& judge_again_;
  std::vector<RepairStep> steps_;
};

}  // namespace

std::vector<RepairStep> repair_plan(const Facts& facts,
                                    const std::function<Outcome(const Facts&)>& judge_again) {
  return Planner(facts, judge_again).plan();
}

}  // namespace cal::administrators_membership
