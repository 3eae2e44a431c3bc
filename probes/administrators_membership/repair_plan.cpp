#include "probes/administrators_membership/repair_plan.h"

#include "agent/base/text.h"
#include "probes/administrators_membership/membership_plan.h"
#include "probes/repair/account_change.h"
#include "probes/repair/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
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
    const bool is_to_be_added = is_outside(account);
    if (!is_blocked && !is_to_be_added) return;
    const bool has_another = !account.required.is_license_server();
    const auto first = steps_.size();
    if (has_another) use_another(account);
    mend(account, is_to_be_added);
    if (has_another) offer_another(first, account.required.account);
  }

  void mend(AccountFacts& account, bool is_to_be_added) {
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
    if (is_to_be_added) make_member(account);
  }

  AccountPlace place_of(const AccountFacts& account) const {
    return {edited_.server, account.lookup.account->sid, account.required.account};
  }

  void advise(std::string text) { steps_.push_back({std::move(text)}); }

  // The least that can be done: no right is given to anybody.
  void use_another(const AccountFacts& account) {
    if (!counts_where_packs_are_installed(edited_, account)) {
      advise(
          fmt::format("Install the pack with an account that is an administrator of {} already. "
                      "Nothing has to be changed for that.",
                      licensing_server_text(edited_)));
      return;
    }
    const auto members =
        account.membership ? account.membership->group_members : std::vector<std::string>{};
    advise(fmt::format(
        "Install the pack with an account that is a member of {} already{}. Nothing has to be "
        "changed for that.",
        account.group->name,
        members.empty() ? ""
                        : fmt::format(" (its direct members, accounts and groups: {})",
                                      list_of_first(members, account.membership->group_size))));
  }

  // Somebody who uses another account needs none of the steps after this one, however many they
  // are.
  void offer_another(std::size_t another, const std::string& name) {
    const auto mending = std::span(steps_).subspan(another + 1);
    if (mending.empty()) return;
    if (std::ranges::all_of(mending.subspan(1), &RepairStep::is_alternative)) {
      mending.front().is_alternative = true;
    } else {
      steps_[another].beside = {fmt::format("Then the steps for {} are not needed.", name)};
    }
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
             repair::owned_elsewhere});
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
            fmt::format("Let {} expire {} days later, on {}.", name, days_longer, time_text(until)),
            {"An expired account is often one that is no longer wanted: ask first.",
             repair::owned_elsewhere});
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
              fmt::format("Let {} keep the password that was set for it.", name),
              {"Whoever set that password knows it."});
        } else {
          add(repair::reset_password(place), fmt::format("Set a new password of {}.", name),
              {"Services and tasks that use the old password fail until they have the new one, "
               "and may lock the account."});
        }
        steps_.back().is_alternative = true;
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
    if (group.security != true) {
      advise(
          fmt::format("{} is a distribution group, or cannot be seen to be a security group: "
                      "name a group in `group` that gives rights.",
                      group.name));
      return;
    }
    bool is_alternative = false;
    for (auto& [step, text, beside, after] : new_memberships(edited_, facts)) {
      if (after) {
        facts.membership = std::move(after);
        add(std::move(step), std::move(text), std::move(beside));
      } else {
        step->text = std::move(text);
        step->beside = std::move(beside);
        steps_.push_back(std::move(*step));
      }
      steps_.back().is_alternative = is_alternative;
      is_alternative = true;
    }
  }

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
