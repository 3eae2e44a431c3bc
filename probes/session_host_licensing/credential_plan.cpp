#include "probes/session_host_licensing/credential_plan.h"

#include "probes/farm/server_names.h"
#include "probes/repair/certificate_change.h"
#include "probes/session_host_licensing/deployment_notes.h"
#include "probes/session_host_licensing/incompatible.h"
#include "probes/session_host_licensing/phrases.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <utility>

namespace cal::session_host_licensing {

namespace {

using Names = std::vector<std::string>;

// Of the certificate. {0}: the host that comes first.
constexpr auto see_events =
    "To see the events, on {0}, as administrator (it only reads): `Get-WinEvent -FilterHashtable "
    "@{{ ProviderName = 'Microsoft-Windows-TerminalServices-RemoteConnectionManager'; Id = 50285, "
    "1133 }} -MaxEvents 5 | Format-List TimeCreated, Id, Message`.";
constexpr auto drain =
    "On {0}, as administrator: `change logon /drainuntilrestart`. It lets in no new session until "
    "{0} is restarted, and those that it has go on; `query session /server:{0}` shows them. To "
    "take it back before that: `change logon /enable`. Work at the console, or with `mstsc /admin "
    "/v:{0}`.";
constexpr auto restart =
    "On {0}: `Restart-Computer`. It ends your session, too. After it, sessions are let in again: "
    "`change logon /query` shows it.";
constexpr auto log_on =
    "As an ordinary user: `mstsc /v:{0}`, not with /admin, which needs no license. The first "
    "attempt may be refused, while the host fetches the new certificate. A connection broker may "
    "send the session to another host: `query session /server:{0}` shows whether it is on {0}.";
// {0}: the host, {1}: its license servers.
constexpr auto if_it_stays =
    "Only if event 50285 is logged again on {0} after the restart: reactivate the license server "
    "that {0} uses ({1}), in a maintenance window: RD Licensing Manager > right-click the server > "
    "Advanced > Reactivate Server; as the reason, the certificate is corrupt. It asks for a name "
    "and a company, and needs TCP 443 to Microsoft from the computer that RD Licensing Manager "
    "runs on, or the telephone. What becomes of licenses that are issued already is not documented "
    "here: ask Microsoft support first.{2}";
constexpr auto what_is_saved =
    "Only these four values are saved and removed: Certificate, X509 Certificate, X509 Certificate "
    "ID and X509 Certificate2. The grace period, below the same key, is not touched. If it stops "
    "halfway, run it again, or the undo: the file has all of them.";
constexpr auto remove_by_hand =
    "By hand: regedit > that key > File > Export, of this branch only. Then delete these four "
    "values on the right, and nothing else. To undo it, take all but these four values out of a "
    "copy of the file, and import that: the export has the grace period, too.";
// {}: the host.
constexpr auto what_the_undo_gives =
    "The undo brings the damaged certificate back: it is for the case that something else breaks. "
    "Restart {} after it. It stops if the host has a new certificate.";
constexpr auto delete_file =
    "When users get licenses again, delete the saved file: `Remove-Item \"{}\"`.";

// MicrosoftDocs/windowsserverdocs, rds-license-session-hosts.md. {0}: a cmdkey for each server,
// {1}: those that take it back.
constexpr auto with_cmdkey =
    "On each host, in a command prompt as administrator, with Sysinternals PsExec: `psexec -i -u "
    "\"NT AUTHORITY\\NETWORK SERVICE\" cmd.exe`; in a Remote Desktop session `-i ID`, with your ID "
    "from `query session`. In the new window, with the names of the servers "
    "as the hosts list them: {0}. Each asks for the password; `cmdkey /list` shows what is stored. "
    "To undo it, in such a window: {1}.";
constexpr auto which_account =
    "ACCOUNT is an ordinary local account of the license server, without rights as administrator: "
    "there, `New-LocalUser ACCOUNT -PasswordNeverExpires` makes one, and `Remove-LocalUser "
    "ACCOUNT` undoes it. If its password expires after all, or is changed, the stored one has to "
    "be renewed, or users are refused "
    "again. A domain controller has no local accounts: for a license server that is one, take an "
    "account of its domain (`/user:DOMAIN\\ACCOUNT`).";

Names names_of_all(const Group& group) {
  Names names;
  for (const auto* host : group.hosts) names.push_back(host->host);
  return names;
}

// A server that gives others licenses is not likely to be the cause.
std::string who_gets_licenses(const Names& servers, const std::vector<Group>& groups) {
  for (const auto* host : served_hosts(groups)) {
    for (const auto& server : host->servers) {
      if (std::ranges::find(servers, server.name) == servers.end()) continue;
      return fmt::format(" {} gets licenses from {}, which speaks against {} as the cause.",
                         host->host, server.name, server.name);
    }
  }
  return {};
}

}  // namespace

std::vector<RepairStep> certificate_plan(const Group& group, const Batch& exports,
                                         const std::vector<Group>& groups) {
  const auto names = names_of_all(group);
  const auto& first = names.front();
  const bool one = names.size() == 1;
  const auto others = in_sentence({names.begin() + 1, names.end()});
  RepairStep draining{fmt::format("Drain {}, and wait until its users have logged off.", first)};
  draining.beside = {fmt::format(see_events, first), fmt::format(drain, first)};
  if (!one) {
    draining.beside.push_back(fmt::format(
        "{} first: repair {} only when users of {} get licenses again.", first, others, first));
  }
  auto removing = repair::remove_certificate(names).value_or(RepairStep{});
  removing.text = fmt::format(
      "On {}, save and remove the four values of its certificate below "
      "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\RCM.",
      first);
  removing.beside = {what_is_saved, remove_by_hand, fmt::format(what_the_undo_gives, first)};
  RepairStep testing{fmt::format("Restart {}, and log on to it as an ordinary user{}.", first,
                                 one ? "" : fmt::format("; then do the same with {}", others))};
  Names servers;
  if (!exports.empty()) {
    for (const auto& listed : exports.front()->specified_servers.value_or(Names{})) {
      servers.push_back(farm::short_name(listed));
    }
  }
  testing.beside = {
      fmt::format(restart, first), fmt::format(log_on, first),
      fmt::format(if_it_stays, first,
                  servers.empty() ? "its export names none" : "it lists " + in_sentence(servers),
                  who_gets_licenses(servers, groups)),
      fmt::format(delete_file, repair::saved_certificate)};
  for (auto& note : notes_for(group)) testing.beside.push_back(std::move(note));
  return {std::move(draining), std::move(removing), std::move(testing)};
}

std::vector<RepairStep> workgroup_plan(const Group& group, const Batch& exports,
                                       const Facts& facts) {
  Names add;
  Names take_back;
  Names servers;
  for (const auto& server : group.servers) {
    servers.push_back(server.name);
    add.push_back(fmt::format("`cmdkey /add:{0} /user:{0}\\ACCOUNT /pass`", server.name));
    take_back.push_back(fmt::format("`cmdkey /delete:{}`", server.name));
  }
  RepairStep step{step_sentence(group)};
  step.beside = {fmt::format(with_cmdkey, fmt::join(add, "; "), fmt::join(take_back, "; ")),
                 which_account};
  const auto mode = group.hosts.front()->licensing_type;
  if (!exports.empty() && is_mode(mode)) {
    step.beside.push_back(what_they_ask_for(exports, *mode, servers, facts));
  }
  return {std::move(step)};
}

}  // namespace cal::session_host_licensing
