#include "probes/repair/account_change.h"

#include "agent/base/host_port.h"
#include "agent/base/powershell.h"
#include "agent/base/url.h"
#include "probes/repair/words.h"

#include <fmt/format.h>

namespace cal::repair {

namespace {

// `account`: the cmdlets take the SID; what they read comes with its GUID. `change`: how, in words.
std::optional<RepairStep> on(const AccountPlace& place, std::string_view attributes,
                             std::string_view change) {
  const auto server = powershell_literal(host_of(place.server));
  if (!server) return std::nullopt;
  RepairStep step{"", Shell::powershell};
  step.setup = fmt::format(
      "$dc = {}\n"
      "$account = '{}'  {}\n"
      "function Read-Account {{\n"
      "  Get-ADObject -LDAPFilter \"(objectSid=$account)\" -Server $dc -Properties {}\n"
      "}}\n"
      "$target = \"$((Read-Account).Name) ($account) on $dc\"\n"
      "{}",
      *server, place.sid.text(), powershell_comment(place.name), attributes,
      change.empty() ? "" : fmt::format("$change = '{}'\n", change));
  return step;
}

constexpr std::string_view changed = "The account is not as it was read: make a new plan.";
constexpr std::string_view not_done = "The change cannot be seen on this domain controller.";

}  // namespace

std::string host_of(const std::string& server) {
  const auto place = parse_host_port(parse_page_url(server).authority);
  return place ? std::string(place->host) : "";
}

std::optional<RepairStep> enable(const AccountPlace& place, std::uint32_t control) {
  auto step = on(place, "userAccountControl", "enable the account");
  if (!step) return step;
  step->check = throw_if(fmt::format("(Read-Account).userAccountControl -ne {}", control), changed);
  step->command = "Enable-ADAccount -Identity $account -Server $dc\n";
  step->check_after = throw_if("(Read-Account).userAccountControl -band 2", not_done);
  step->undo_check = throw_if("(Read-Account).userAccountControl -band 2", not_as_left);
  step->undo = "Disable-ADAccount -Identity $account -Server $dc\n";
  step->undo += throw_if("-not ((Read-Account).userAccountControl -band 2)", undo_not_seen);
  return step;
}

std::optional<RepairStep> unlock(const AccountPlace& place) {
  auto step = on(place, "lockoutTime", "unlock the account");
  if (!step) return step;
  step->check = throw_if("[long](Read-Account).lockoutTime -eq 0", changed);
  step->command = "Unlock-ADAccount -Identity $account -Server $dc\n";
  step->check_after = throw_if("[long](Read-Account).lockoutTime -ne 0", not_done);
  step->not_undone = "a lock cannot be set back, and need not be";
  return step;
}

std::optional<RepairStep> expire_later(const AccountPlace& place, std::uint64_t from,
                                       std::uint64_t to) {
  auto step = on(place, "accountExpires", fmt::format("accountExpires = {}", to));
  if (!step) return step;
  constexpr auto set =
      "Set-ADObject -Identity (Read-Account).ObjectGUID -Server $dc "
      "-Replace @{{accountExpires = [long]{}}}\n";
  step->check = throw_if(fmt::format("(Read-Account).accountExpires -ne {}", from), changed);
  step->command = fmt::format(set, to);
  step->check_after = throw_if(fmt::format("(Read-Account).accountExpires -ne {}", to), not_done);
  step->undo_check = throw_if(fmt::format("(Read-Account).accountExpires -ne {}", to), not_as_left);
  step->undo = fmt::format(set, from);
  step->undo += throw_if(fmt::format("(Read-Account).accountExpires -ne {}", from), undo_not_seen);
  return step;
}

std::optional<RepairStep> need_no_password_change(const AccountPlace& place) {
  auto step = on(place, "pwdLastSet", "keep the password that was set");
  if (!step) return step;
  step->check = throw_if("(Read-Account).pwdLastSet -ne 0", changed);
  step->command = "Set-ADUser -Identity $account -ChangePasswordAtLogon $false -Server $dc\n";
  step->check_after = throw_if("-not ((Read-Account).pwdLastSet -gt 0)", not_done);
  step->undo_check = throw_if("-not ((Read-Account).pwdLastSet -gt 0)", not_as_left);
  step->undo = "Set-ADUser -Identity $account -ChangePasswordAtLogon $true -Server $dc\n";
  step->undo += throw_if("(Read-Account).pwdLastSet -ne 0", undo_not_seen);
  return step;
}

std::optional<RepairStep> reset_password(const AccountPlace& place) {
  auto step = on(place, "pwdLastSet", "set a new password");
  if (!step) return step;
  step->check = "$before = (Read-Account).pwdLastSet\n";
  step->command =
      "Set-ADAccountPassword -Identity $account -Reset -NewPassword "
      "(Read-Host 'New password' -AsSecureString) -Server $dc\n";
  step->check_after = throw_if("(Read-Account).pwdLastSet -le $before", not_done);
  step->not_undone = "the old password is not known to anybody but its owner";
  return step;
}

std::optional<RepairStep> add_member(const AccountPlace& place, const NewMember& member) {
  auto step = on(place, member.on_domain_controller ? "adminCount" : "objectSid", "");
  if (!step) return step;
  step->setup += fmt::format(
      "$group = '{}'  {}\n"
      "$change = \"add it to $((Get-ADGroup -Identity $group -Server $dc).Name) ($group){}\"\n"
      "function Test-Member {{\n"
      "  $members = (Get-ADGroup -Identity $group -Server $dc -Properties member).member\n"
      "  $members -contains (Read-Account).DistinguishedName\n"
      "}}\n",
      member.group.text(), powershell_comment(member.group_name),
      member.hours > 0 ? fmt::format(" for {} hours", member.hours) : "");
  if (member.on_domain_controller) {
    step->check = throw_if(
        "(Get-CimInstance Win32_OperatingSystem).ProductType -ne 2",
        "This computer is not a domain controller, so the group of the domain gives no rights "
        "on it. See who is in its own: Get-LocalGroupMember -SID S-1-5-32-544");
  }
  step->check += throw_if("-not (Read-Account)", "The account was not found: make a new plan.");
  step->check += throw_if("Test-Member", "It is a member now: make a new plan.");
  if (member.on_domain_controller) {
    step->check +=
        "\"adminCount of the account is '$((Read-Account).adminCount)': keep this for the "
        "undo.\"\n";
  }
  step->command = fmt::format(
      "Add-ADGroupMember -Identity $group -Members $account{} -Server $dc\n",
      member.hours > 0 ? fmt::format(" -MemberTimeToLive (New-TimeSpan -Hours {})", member.hours)
                       : "");
  step->check_after = throw_if("-not (Test-Member)", not_done);
  step->undo_check = throw_if("-not (Test-Member)", not_as_left);
  step->undo =
      "Remove-ADGroupMember -Identity $group -Members $account -Server $dc -Confirm:$false\n";
  step->undo += throw_if("Test-Member", undo_not_seen);
  return step;
}

}  // namespace cal::repair
