#include "probes/session_host_licensing/way_back.h"

#include "agent/base/powershell.h"
#include "probes/session_host_licensing/host_settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace cal::session_host_licensing {

namespace {

using Names = std::vector<std::string>;

// How it is put back: {names}, {first} of them and {was} are filled in. What is not here cannot be,
// or is what the steps for the fault do.
struct PutBack {
  std::string_view what;
  std::string_view text;
  std::string_view note = {};  // what to know beside that
  // What it is after hosts have joined their domain again, which may put it back, too.
  std::string_view after_joining = {};
};

constexpr std::array put_backs{
    // First, since the policies of the domain may put back the rest.
    PutBack{domain_changed, "let {names} join {was} again"},
    PutBack{mode_changed, "set the licensing mode of {names} to {was} again, where it was changed",
            "", "then, only if the licensing mode of {names} is still not {was}, set it back"},
    PutBack{list_changed, "enter {was} as the license servers of {names} again", "",
            "then, only if {was} are still not the license servers of {names}, enter them again"},
    PutBack{windows_changed,
            "find out who installed another version of Windows on {names}, or gave the name to "
            "another computer",
            "To see which computer has the name now (both only read): `Resolve-DnsName {first}`; "
            "`Get-ADComputer {first} -Properties DNSHostName, OperatingSystem, "
            "OperatingSystemVersion`. A former computer gets its name back with both, the entry in "
            "DNS and the computer object: if another one has taken over its object, it joins the "
            "domain again."},
    PutBack{group_policy_changed,
            "turn the policy License server security group of {names} {was} again"},
    PutBack{
        packs_changed,
        "find out who removed or replaced the license packs on {names}, and install again "
        "what is bought already (RD Licensing Manager > right-click the server > Install "
        "Licenses)",
        "If installing again is refused: RD Licensing Manager > right-click the server > Manage "
        "Licenses, or call the Microsoft Clearinghouse, which recovers licenses. Both ask for "
        "the license program, and the agreement number or license code. Rebuild nothing there: "
        "that removes the packs that are left."},
};

// {0}: the first host, {1}: the domain, as a literal of PowerShell.
constexpr auto who_left =
    "To see who and when (both only read): on {0}, as administrator, `Get-Content "
    "C:\\Windows\\debug\\NetSetup.LOG -Tail 50`; with the ActiveDirectory module, `Get-ADComputer "
    "{0} -Properties Enabled, whenChanged`. Enabled is False: Remove-Computer does that; before "
    "the join, `Get-ADComputer {0} | Enable-ADAccount`, undone by Disable-ADAccount. No such "
    "account: "
    "somebody deleted it. Restore it from the AD Recycle Bin; without one, the join makes a new "
    "account, so add `-OUPath` with the organizational unit of the other hosts, whose policies it "
    "needs, and put it into their groups.";
constexpr auto join =
    "To join, {0} first, in a maintenance window: the restart ends all sessions. It needs a local "
    "administrator whose password is known (try it first: it is the way in if the join fails), and "
    "an account that may join {0} to the computer account that it has there: the one that created "
    "it, or a domain administrator; others are refused (0xaac) since KB5020276, unless a policy "
    "lets them. Delete nothing there. `Resolve-DnsName (\"_ldap._tcp.dc._msdcs.\" + {1}) -Type "
    "SRV` shows whether {0} finds the domain. As that administrator, in Windows PowerShell: "
    "`Add-Computer -DomainName {1} -Restart`, which asks for that account. To undo it: "
    "`Remove-Computer -UnjoinDomainCredential (Get-Credential) -Restart`, which needs that local "
    "administrator again.";
constexpr auto after_the_restart =
    "After the restart, on {}, as administrator: `gpupdate /target:computer`, then "
    "`(Get-CimInstance -Namespace root\\CIMV2\\TerminalServices -ClassName "
    "Win32_TerminalServiceSetting).LicensingType`: 4 is per user, 2 per device.{}";

bool left_domain(const Change& change) {
  return change.what == domain_changed && change.is == a_workgroup;
}

// Of hosts that are in a workgroup now.
Names join_notes(const Change& change) {
  const auto name = powershell_literal(change.was);
  if (!left_domain(change) || !name) return {};
  const auto& first = change.names.front();
  return {
      fmt::format(who_left, first), fmt::format(join, first, *name),
      fmt::format(
          after_the_restart, first,
          change.names.size() == 1 ? "" : " The other hosts join when its users get licenses.")};
}

}  // namespace

WayBack way_back(const Changes& changes, const std::vector<Change>& settled) {
  Names texts;
  Names notes;
  const auto add = [](std::string text, Names& to) {
    if (!text.empty() && std::ranges::find(to, text) == to.end()) to.push_back(std::move(text));
  };
  const bool joins = std::ranges::any_of(changes.changes, left_domain);
  for (const auto& way : put_backs) {
    for (const auto& each : changes.changes) {
      if (each.what != way.what || std::ranges::find(settled, each) != settled.end()) continue;
      // An upgrade of a session host is not taken back.
      if (each.what == windows_changed && !each.of_servers) continue;
      const auto filled = [&](std::string_view text) {
        return fmt::format(fmt::runtime(text), fmt::arg("names", in_sentence(each.names)),
                           fmt::arg("first", each.names.front()), fmt::arg("was", each.was));
      };
      add(filled(joins && !way.after_joining.empty() ? way.after_joining : way.text), texts);
      add(filled(way.note), notes);
      for (auto& note : join_notes(each)) add(std::move(note), notes);
    }
  }
  if (!texts.empty() && (changes.has(mode_changed) || changes.has(list_changed))) {
    add(fmt::format("{}{}", see_where_it_is_set,
                    joins ? " It is only needed if the mode or the list is not back by then." : ""),
        notes);
  }
  return {fmt::format("{}", fmt::join(texts, "; ")), std::move(notes)};
}

std::string left_domain_sentence(const Changes& changes) {
  const auto left = std::ranges::find_if(changes.changes, left_domain);
  if (left == changes.changes.end()) return {};
  return fmt::format("{} left {}: if that was not meant, let {} join again.",
                     in_sentence(left->names), left->was, left->names.size() == 1 ? "it" : "them");
}

}  // namespace cal::session_host_licensing
