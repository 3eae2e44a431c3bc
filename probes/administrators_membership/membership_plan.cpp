#include "probes/administrators_membership/membership_plan.h"

#include "agent/base/text.h"
#include "probes/ad/leading_groups.h"
#include "probes/repair/account_change.h"
#include "probes/repair/local_group_change.h"
#include "probes/repair/words.h"
#include "probes/security/well_known_sids.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace cal::administrators_membership {

namespace {

using repair::AccountPlace;
using repair::owned_elsewhere;

constexpr int hours = 8;
constexpr std::size_t max_named = 5;  // further groups

enum class Target { domain_controller, member_server, not_known };

// MS-ADTS 2.2.16: SERVER_TRUST_ACCOUNT. The primary group of a domain controller is 516.
bool is_domain_controller(const ad::Account& computer) {
  constexpr std::uint32_t server_trust_account = 0x2000;
  constexpr std::uint32_t domain_controllers = 516;
  return (computer.control.value_or(0) & server_trust_account) != 0 ||
         computer.primary_group_rid == domain_controllers;
}

// The computer that packs are installed on. Without `licensing_server` it may be any of the license
// servers that are listed as accounts.
Target target_of(const Facts& facts) {
  const auto kind_of = [](const std::optional<ad::Account>& computer) {
    if (!computer || (!computer->control && !computer->primary_group_rid)) return Target::not_known;
    return is_domain_controller(*computer) ? Target::domain_controller : Target::member_server;
  };
  if (facts.licensing_server) return kind_of(facts.licensing_server);
  auto target = Target::not_known;
  for (const auto& account : facts.accounts) {
    if (!account.required.is_license_server()) continue;
    const auto kind =
        account.foreign_domain.empty() ? kind_of(account.lookup.account) : Target::not_known;
    if (kind != Target::domain_controller) return kind;
    target = kind;
  }
  return target;
}

// "the licensing server", with its name if the configuration gives it: "the licensing server MGMT".
std::string with_server_name(const Facts& facts, std::string_view words) {
  if (!facts.licensing_server) return std::string(words);
  auto name = facts.licensing_server->name;
  if (name.ends_with('$')) name.pop_back();
  return fmt::format("{} {}", words, name);
}

AccountPlace place_of(const Facts& facts, const AccountFacts& account) {
  return {facts.server, account.lookup.account->sid, account.required.account};
}

std::vector<ad::SeenGroup> graph_of(const AccountFacts& account) {
  auto groups = account.membership->seen;
  groups.insert(groups.end(), account.groups_below.begin(), account.groups_below.end());
  const auto& group = *account.group;
  groups.push_back({group.dn, group.name, group.sid, group.security});
  return groups;
}

ad::Membership after(const Facts& facts, const AccountFacts& account, const ad::Group& added_to) {
  return ad::membership_after(graph_of(account), facts.domain, *account.lookup.account, added_to.dn,
                              *account.group);
}

NewMembership license_server(const Facts& facts, const AccountFacts& account) {
  const auto& group = *account.group;
  return {
      repair::add_member(place_of(facts, account), {group.sid, group.name, false}),
      fmt::format("Add {} to {} ({}).", account.required.account, group.name, group.sid.text()),
      {"Then let it get new tickets: `klist -li 0x3e7 purge` and `klist -li 0x3e4 purge` on it, "
       "or restart the service Remote Desktop Licensing. It reaches other domain controllers "
       "by replication.",
       owned_elsewhere},
      after(facts, account, group)};
}

// On the computer itself, whose Administrators the directory does not show.
NewMembership local_administrator(const Facts& facts, const AccountFacts& account, Target target) {
  const auto& who = *account.lookup.account;
  auto groups = who.token_groups;
  if (who.primary_group_rid) {
    const auto primary = facts.domain.sid.with_rid(*who.primary_group_rid);
    std::erase(groups, primary);  // tokenGroups has it, too
    groups.push_back(primary);
  }
  std::erase_if(groups, [](const security::Sid& sid) { return !sid.is_domain_account(); });
  const std::string why =
      target == Target::member_server
          ? fmt::format(
                "{} is not a domain controller, so the domain's Administrators give no "
                "rights on it: its own group decides, which the directory does not show.",
                with_server_name(facts, "The licensing server"))
          : "Whether the licensing server is a domain controller is not known, and on any other "
            "computer the domain's Administrators give no rights. If it is one, name its account "
            "as `licensing_server` in the configuration: then the plan changes the domain's group.";
  return {repair::add_local_administrator(place_of(facts, account), groups),
          fmt::format("On {} itself, make {} a member of its own Administrators (S-1-5-32-544), if "
                      "it is not an administrator there already.",
                      licensing_server_text(facts), account.required.account),
          {why,
           fmt::format("Run it on {}, as an administrator. It needs Windows PowerShell 5.1, and "
                       "fails while the group has members that no longer exist: then use net "
                       "localgroup.",
                       licensing_server_text(facts)),
           "This probe reads the domain's group, so it does not notice the change. It counts from "
           "the next logon of the account on. Undo it when the pack is installed.",
           owned_elsewhere}};
}

// One group that an account is added to.
struct Offer {
  ad::Group group;
  std::string what_it_gives;
};

// What a group that leads there gives is more than the group itself, so it comes behind.
std::vector<Offer> offers_for(const Facts& facts, const AccountFacts& account) {
  const auto& group = *account.group;
  const bool is_administrators = group.sid == security::well_known::administrators;
  std::vector<Offer> offers{
      {group, is_administrators
                  ? "It gives full rights on every domain controller of the domain, and none on "
                    "other computers. Domain Admins would add those of a local administrator on "
                    "every joined computer, which is not needed."
                  : ""}};
  auto leading = ad::leading_groups(account.groups_below, facts.domain, group);
  if (leading.empty()) return offers;
  auto& first = leading.front();
  std::erase_if(first.gives, [&](const std::string& name) {
    const auto& own = account.membership->own_groups;
    return std::ranges::find(own, name) != own.end();
  });
  std::ranges::sort(first.gives);
  auto text = fmt::format(
      "This group leads to {} already. It adds the rights of {}, and what {} has elsewhere, which "
      "is not seen here: take it only if that is how such rights are given in this domain.",
      group.name, fmt::join(first.gives, ", "), first.group.name);
  std::vector<std::string> others;
  for (auto each = leading.begin() + 1; each != leading.end(); ++each) {
    if (others.size() < max_named) others.push_back(each->group.name);
  }
  if (!others.empty()) {
    text += fmt::format(" So do: {}.", list_of_first(others, leading.size() - 1));
  }
  offers.push_back({first.group, std::move(text)});
  return offers;
}

std::string stays_after_undo(const AccountPlace& place) {
  return fmt::format(
      "if AdminSDHolder came in between, which it does every hour: adminCount = 1 and the "
      "account's permissions. If adminCount was empty before, which the repair prints, and no "
      "other group protects the account: Set-ADUser -Identity {} -Clear adminCount -Server {}, "
      "then enable inheritance (Properties > Security > Advanced).",
      place.sid.text(), repair::host_of(place.server));
}

// For some hours, or until it is undone.
NewMembership membership_in(const Facts& facts, const AccountFacts& account, const Offer& offer,
                            bool is_timed) {
  const auto place = place_of(facts, account);
  const auto& group = offer.group;
  const bool protects = account.group->sid == security::well_known::administrators;
  NewMembership option{
      repair::add_member(place, {group.sid, group.name, protects, is_timed ? hours : 0}),
      "",
      {},
      after(facts, account, group)};
  if (option.step && protects) option.step->not_undone = stays_after_undo(place);
  const auto to = fmt::format("{} ({})", group.name, group.sid.text());
  option.text = is_timed
                    ? fmt::format("Make {} a member of {} for {} hours.", place.name, to, hours)
                    : fmt::format("Make {} a permanent member of {}.", place.name, to);
  auto& beside = option.beside;
  if (protects) {
    beside.push_back(
        fmt::format("Run it on {}, as a member of Administrators: the check stops on a computer "
                    "that is not a domain controller.",
                    licensing_server_text(facts)));
  }
  if (!offer.what_it_gives.empty()) beside.push_back(offer.what_it_gives);
  beside.emplace_back(
      "It counts from the next logon of the account on, and on other domain controllers after "
      "replication.");
  if (protects) {
    beside.emplace_back(
        "Within an hour AdminSDHolder replaces the account's own permissions, and rights that "
        "others have on it are lost.");
  }
  if (is_timed) {
    beside.emplace_back(facts.has_timed_membership
                            ? "It ends by itself, and the undo ends it earlier: this forest has "
                              "Privileged Access Management."
                            : "It needs the optional feature Privileged Access Management (forest "
                              "level 2016), which is not seen here: without it the command is "
                              "refused, and nothing is changed.");
  } else {
    beside.emplace_back(owned_elsewhere);
    beside.emplace_back(facts.has_timed_membership == false
                            ? "Undo it when the pack is installed: this forest lacks Privileged "
                              "Access Management, so that no membership ends by itself."
                            : "Undo it when the pack is installed.");
  }
  return option;
}

}  // namespace

std::string licensing_server_text(const Facts& facts) {
  return with_server_name(facts, "the licensing server");
}

bool is_outside(const AccountFacts& account) {
  return account.membership && !account.membership->member &&
         account.membership->not_seen.empty() && account.doubt.empty() && account.needed.empty();
}

bool counts_where_packs_are_installed(const Facts& facts, const AccountFacts& account) {
  return account.group->sid != security::well_known::administrators ||
         target_of(facts) == Target::domain_controller;
}

std::vector<NewMembership> new_memberships(const Facts& facts, const AccountFacts& account) {
  if (account.required.is_license_server()) return {license_server(facts, account)};
  if (!counts_where_packs_are_installed(facts, account)) {
    return {local_administrator(facts, account, target_of(facts))};
  }
  const auto offers = offers_for(facts, account);
  std::vector<NewMembership> options;
  const auto offer = [&](const Offer& each, bool is_timed) {
    options.push_back(membership_in(facts, account, each, is_timed));
  };
  // For good only where that is all that works, or last.
  const bool can_be_timed = facts.has_timed_membership.value_or(true);
  for (const auto& each : offers) offer(each, can_be_timed);
  if (can_be_timed) offer(offers.front(), false);
  return options;
}

}  // namespace cal::administrators_membership
