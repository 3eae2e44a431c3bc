#include "probes/session_host_licensing/phrases.h"

#include "agent/base/text.h"
#include "probes/farm/versions.h"
#include "probes/host_verdict/reasons.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace cal::session_host_licensing {

namespace {

// {server}, {first_server}, {hosts}, {host}, {candidates}, {outage}, {grace}, {others},
// {reached_by}, {compared}, {text} and {texts} are filled in, and the words that follow from the
// number of the servers: {is}, {has}, {does}, {s} of a verb, {it}, {its}, {in_turn}. {version} is
// the newest of the hosts, {licenses} what they need: "at least 12 per-user licenses of version
// 2022 or newer", and {one_or_divided} where they are installed.
struct Phrase {
  const Reason* reason;
  std::string_view cause;
  std::string_view step;
  // For the plan: what to know beside the step, and what can be done in its place.
  std::string_view note = {};
  std::string_view other_step = {};
  std::array<std::string_view, 3> more_notes = {};
  std::string_view other_note = {};
};

constexpr std::string_view per_policy =
    "Set the policy \"Set the Remote Desktop licensing mode\" on {hosts}{candidates}.";
constexpr std::string_view newer_server =
    "Specify a license server of {version} or newer for {hosts}{candidates}.";

// They only read.
constexpr std::string_view see_service =
    "To see whether it runs, on {server}: `Get-Service TermServLicensing`. If it is stopped: "
    "`Start-Service TermServLicensing`. If it stops at once, look for ESENT 623 in the Application "
    "log.";
constexpr std::string_view see_path =
    "To see which it is, on one of the hosts, for each server (both only read): `Resolve-DnsName "
    "{first_server}`; `Test-NetConnection {first_server} -Port 135`.";

// The way from some hosts is broken, since {reached_by} gets licenses there.
constexpr std::array<std::string_view, 5> path_notes{
    "Run these on {host} and, to compare, on {reached_by}, for each server (they only read): "
    "`Resolve-DnsName {first_server}`; `Test-NetConnection {first_server} -Port 135`; "
    "`Test-NetConnection {first_server} -Port 445`.",
    "No address, or another one than on {reached_by}: correct the entry in DNS, or in "
    "C:\\Windows\\System32\\drivers\\etc\\hosts, then `ipconfig /flushdns`.",
    "TcpTestSucceeded is False on {host} and True on {reached_by}: see the firewall rules that "
    "are in force, those of Group Policy among them: wf.msc > Monitoring > Firewall, on {host} "
    "and on {first_server}. Or these, which only read. On {host}: `Get-NetFirewallProfile "
    "-PolicyStore ActiveStore | Format-Table Name, DefaultOutboundAction; Get-NetFirewallRule "
    "-PolicyStore ActiveStore -Direction Outbound -Enabled True -Action Block | Format-Table "
    "DisplayName, PolicyStoreSource`. On {first_server}, those that hold for some addresses only: "
    "`Get-NetFirewallRule -PolicyStore ActiveStore -Direction Inbound -Enabled True | "
    "Select-Object DisplayName, Action, PolicyStoreSource, @{{ n = 'From'; e = {{ ($_ | "
    "Get-NetFirewallAddressFilter).RemoteAddress }} }}, @{{ n = 'Port'; e = {{ ($_ | "
    "Get-NetFirewallPortFilter).LocalPort }} }} | Where-Object {{ $_.From -notcontains 'Any' }} | "
    "Format-Table -AutoSize -Wrap`.",
    "Correct the rule that refuses it; one of Group Policy in its policy object. Only if {host} "
    "and {first_server} both allow it: `tracert {first_server}` on {host} and on {reached_by} "
    "shows where the routes part, and whoever runs the firewall there opens TCP 135, 445 and "
    "49152 to 65535 from {hosts} to {server}. A port that is False on both is not the cause: "
    "{reached_by} "
    "gets licenses without it.",
    "All succeed: the service listens on one more port, which Windows asks for at port 135. On "
    "{first_server}, `Get-NetTCPConnection -State Listen -OwningProcess (Get-CimInstance "
    "Win32_Service -Filter \"Name='TermServLicensing'\").ProcessId | Format-Table LocalPort` "
    "shows it (it only reads): test that one from {host}, too. If that fails, do for this port "
    "what the two notes before say. If it succeeds, the network is not the cause: on {host}, see "
    "`Test-ComputerSecureChannel` and, with the name of a domain controller, `w32tm /stripchart "
    "/computer:DC /samples:3 /dataonly` (both only read). If the first is False, the host's trust "
    "with its domain is broken: as a local administrator, `Test-ComputerSecureChannel -Repair "
    "-Credential DOMAIN\\ADMIN` resets its password (it cannot be undone). If the second shows "
    "more than 5 minutes, `w32tm /resync` sets the clock by the domain. Otherwise ask Microsoft "
    "support."};

constexpr std::string_view install =
    "RD Licensing Manager > right-click the server > Install Licenses. It asks for the agreement, "
    "the product version and the quantity.";

constexpr std::string_view seen_later =
    "The fault is shown for `failure_window` (a day, if it is not configured) after its last "
    "event, also when it is repaired: Windows logs nothing then.";

constexpr std::string_view path_step =
    "{reached_by} gets licenses there, so the service runs: on {hosts}, check name resolution, the "
    "route and the firewall to {server} (TCP 135, 445 and 49152 to 65535).";

constexpr std::string_view unexplained_step =
    "It is not known why: their versions of Windows fit. Compare the "
    "builds and updates of Windows of {hosts} with those of {compared}.";

constexpr std::array phrases{
    Phrase{&reason("mode_not_set_expired"),
           "The licensing mode is not set, and the grace period is over.", per_policy},
    Phrase{&reason("mode_not_set"), "The licensing mode is not set.", per_policy},
    Phrase{&reason("no_license_server"), "No license server is specified{grace}.",
           "Set the policy \"Use the specified Remote Desktop license servers\" on {hosts}"
           "{candidates}."},
    Phrase{&reason("license_server_unreachable"), "{outage}; {others}.",
           "Start the service Remote Desktop Licensing on {server}.", see_service},
    Phrase{
        &reason("workgroup_auth_refused"),
        "{server} refuse{s} hosts in a workgroup that do not authenticate, since {its} update for "
        "CVE-2024-38099.",
        "Store a credential of {server} for NETWORK SERVICE on {hosts}, with cmdkey."},
    Phrase{&reason("host_not_authorized"),
           "{server} serve{s} only members of Terminal Server Computers; {others}.",
           "Add {hosts} to the group Terminal Server Computers on {server}.",
           "On each license server, as administrator: lusrmgr.msc, Groups; on a domain controller, "
           "Active Directory Users and Computers. If a policy keeps the members of the group "
           "(Restricted Groups), add them there: it takes out all others. To undo it, take them "
           "out again.",
           "Only if that is not possible: turn off the policy License server security group on "
           "{server}. That weakens it: every host is let in. To undo it, turn it on again.",
           {"Then let the hosts get new tickets, on each of them, as administrator: `klist -li "
            "0x3e7 purge` and `klist -li 0x3e4 purge`.",
            "Whether the group or the policy changed, the status does not say. Who took a member "
            "out is in event 4733 on the license server, if Security Group Management is audited; "
            "as administrator (it only reads): `Get-WinEvent -FilterHashtable @{{ LogName = "
            "'Security'; Id = 4733 }} -MaxEvents 20 | Format-List TimeCreated, Message`."},
           "By hand: Group Policy Management > the policy object > Edit > Computer Configuration > "
           "Policies > Administrative Templates > Windows Components > Remote Desktop Services > "
           "RD Licensing > License server security group. To find the object, on the license "
           "server, as administrator: `gpresult /scope computer /h C:\\gpresult.html`. Then run "
           "there: `gpupdate /target:computer`."},
    Phrase{
        &reason("license_server_too_old"),
        "{server} {has} an older version of Windows than the hosts and cannot issue licenses for "
        "them; {others}.",
        newer_server, "It has to be activated, and to have {licenses}.",
        "Upgrade Windows on {server} in place to {version} or a newer one."},
    Phrase{
        &reason("license_server_incompatible"),
        "{server} answer{s} that {it} {does} not suit the hosts; {others}.",
        "Compare the versions of Windows of {hosts} with those of {server} before another license "
        "server is specified.",
        "Documented is only what the status says: 3, a beta and a released version; 10, a feature "
        "that is not supported. Which feature is not documented.",
        "specify a license server of {version} or newer for {hosts}{candidates}."},
    Phrase{
        &reason("host_certificate_bad"),
        "The certificate that a host has from its license server is damaged (event 50285).",
        "Drain {host}, save and remove its certificate values below "
        "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\RCM, restart it, and log on as "
        "an ordinary user before the next host.",
        seen_later},
    Phrase{&reason("users_refused"),
           "Refusals were logged within the last hour, and nothing that was checked explains them.",
           "Read the licensing events of {hosts}.",
           "On each, as administrator (it only reads): `Get-WinEvent -FilterHashtable @{{ "
           "ProviderName = 'Microsoft-Windows-TerminalServices-RemoteConnectionManager' }} "
           "-MaxEvents 50 | Format-List TimeCreated, Id, Message`. Do they name one client or all, "
           "and one license "
           "server or several?"},
    Phrase{&reason("device_cals_exhausted"), "All per-device licenses on {server} are issued.",
           "Decide whether the hosts are to stay per device; then install {licenses} on "
           "{one_or_divided}; or revoke those of retired devices (up to 20 % of those installed)."},
    Phrase{&reason("pack_expired"), "The licenses on {server} that the hosts need have expired.",
           "Renew the agreement of these licenses, and install {licenses} on {one_or_divided}, in "
           "RD Licensing Manager.",
           install},
    Phrase{&reason("no_fitting_cals"),
           "{server} {has} no licenses of the hosts' kind for their version of Windows.",
           "Install {licenses} on {one_or_divided}, in RD Licensing Manager.", install},
    Phrase{&reason("wrong_cal_kind"),
           "{server} {has} only licenses of the kind that the hosts do not ask for.",
           "Install {licenses} on {one_or_divided}, or change the licensing mode of {hosts}."},
    Phrase{
        &reason("license_server_not_activated"),
        "{server} {is} not activated and issue{s} no permanent licenses.",
        "In RD Licensing Manager, right-click {server}{in_turn}, Activate Server.",
        "It asks for a name and a company. The automatic way needs TCP 443 to Microsoft from the "
        "computer that RD Licensing Manager runs on; otherwise choose the web browser or the "
        "telephone."},
    Phrase{&reason("per_user_in_workgroup"),
           "Hosts in a workgroup ask for per-user licenses, which need a domain.",
           "Set the licensing mode of {hosts} to per device, and install per-device licenses."},
    Phrase{
        &reason("not_registered"), "No license server has registered the hosts yet.",
        "Log on once to {hosts} as an ordinary user of the domain, not with mstsc /admin.",
        "The first attempt on each host is refused while it fetches its certificate; the next one "
        "works. Hosts that are reset at each start lose it again: put a registered host into "
        "their image."},
    Phrase{&reason("pack_expiring"),
           "Licenses on {server} that the hosts need are about to expire.",
           "Renew these licenses, and install the new ones on {server}.", install},
    Phrase{
        &reason("license_server_degraded"),
        "{server} {does} not serve the hosts; another listed server does.",
        "See whether the service Remote Desktop Licensing runs on {server}, and whether the hosts "
        "reach it by name and on TCP 135.",
        see_path},
    Phrase{&reason("client_store_damaged"),
           "One client is refused: its stored license is invalid (event 1003).",
           "On that client, back up and delete the registry key HKLM\\SOFTWARE\\Microsoft\\"
           "MSLicensing, and start the Remote Desktop client once as administrator. Event 1003 on "
           "{hosts} names the client.",
           "To read event 1003, on the host, as administrator (other sources use the number 1003, "
           "too): `Get-WinEvent -FilterHashtable @{{ ProviderName = "
           "'Microsoft-Windows-TerminalServices-RemoteConnectionManager'; Id = 1003 }} -MaxEvents "
           "20 | Format-List TimeCreated, Message`.",
           "",
           {"On the client, in a command prompt as administrator: `reg export "
            "HKLM\\SOFTWARE\\Microsoft\\MSLicensing C:\\MSLicensing.reg`, then `reg delete "
            "HKLM\\SOFTWARE\\Microsoft\\MSLicensing`, which asks. To undo it: `reg import "
            "C:\\MSLicensing.reg`.",
            "A client that is not Windows has no such key: see its documentation. If the client is "
            "not yours, its owner does it.",
            seen_later}},
    Phrase{&reason("server_not_exported"), "There is no usable export of {server}.", ""},
    Phrase{&reason("export_incomplete"), "{texts}", ""},
    Phrase{&reason("status_unknown"), "{texts}", ""},
    Phrase{
        &reason("user_cals_over_issued"),
        "More per-user licenses are issued on {server} than installed: {text}.",
        "Buy {licenses}, and install {them} on {server}.",
        "`cal_exporter licenses --holders` names who holds a license in the directory. It cannot "
        "be revoked, and expires 60 days after it was issued if the user stays away. Do not delete "
        "it from the user: that changes what is reported, and no license becomes free."},
    Phrase{&reason("cals_not_recorded"), "Licenses of users cannot be recorded in the directory.",
           "On {server}, event 4105 names the users: see whether SELF may write licenses on them "
           "(probe directory_permissions). For hosts up to Windows Server 2016, {server} has to be "
           "in Terminal Server License Servers (probe administrators_membership).",
           "By hand: Active Directory Users and Computers, View, Advanced Features; the user, "
           "Properties > Security > Advanced: an entry for SELF that permits to read and write "
           "Terminal Server license server."},
    Phrase{&reason("configuration_drift"), "On {hosts}, {text}.",
           "Set mode and servers in one place."},
    Phrase{&reason("grace_reset"), "A grace period began again without a new installation.",
           "Find out who deleted the key GracePeriod, and why: until the days end, users get in "
           "even if no license server gives them a license.",
           "If the hosts' stages end with a license that they get, nothing else is to be done now. "
           "The finding is shown for 7 days."},
};

// "LS1 and LS2 are unreachable since 02:10 UTC", "LS1 is unreachable since 02:10 UTC, LS2 since
// 05:30 UTC".
std::string outage_text(const Group& group, SystemTime now) {
  const auto since = [&](const FaultyServer& server) {
    return server.since ? short_time_text(*server.since, now) : std::string();
  };
  const auto& servers = group.servers;
  if (servers.empty()) return {};
  const auto first = since(servers.front());
  if (std::ranges::all_of(servers, [&](auto& each) { return since(each) == first; })) {
    return fmt::format("{} {} unreachable since {}", servers_of(group),
                       servers.size() == 1 ? "is" : "are", first);
  }
  auto text = fmt::format("{} is unreachable since {}", servers.front().name, first);
  for (auto each = servers.begin() + 1; each != servers.end(); ++each) {
    text += fmt::format(", {} since {}", each->name, since(*each));
  }
  return text;
}

std::string version_needed(const Group& group) {
  std::int64_t newest = 0;
  for (const auto* host : group.hosts) {
    newest = std::max(newest, farm::version_of_build(host->os_build).value_or(0));
  }
  return newest == 0 ? "the hosts' version of Windows" : farm::version_name(newest);
}

std::string fill(std::string_view text, const Group& group, SystemTime now) {
  const bool past = group.severity == Severity::critical;
  const bool one = group.servers.size() <= 1;
  const auto& first = *group.hosts.front();
  return fmt::format(
      fmt::runtime(text), fmt::arg("server", servers_of(group)), fmt::arg("hosts", hosts_of(group)),
      fmt::arg("candidates", group.candidates), fmt::arg("outage", outage_text(group, now)),
      fmt::arg("grace", past ? ", and the grace period is over" : ""),
      fmt::arg("others",
               group.other_servers ? "no other listed server works" : "no other server is listed"),
      fmt::arg("first_server", group.servers.empty() ? "" : group.servers.front().name),
      fmt::arg("host", first.host), fmt::arg("reached_by", group.reached_by),
      fmt::arg("compared", group.shares_server_with_model()
                               ? fmt::format("{}, which gets licenses there, and only then with "
                                             "those of {}",
                                             group.model->host, servers_of(group))
                               : servers_of(group)),
      fmt::arg("text", first.text), fmt::arg("texts", texts_of(group)),
      fmt::arg("is", one ? "is" : "are"), fmt::arg("has", one ? "has" : "have"),
      fmt::arg("does", one ? "does" : "do"), fmt::arg("s", one ? "s" : ""),
      fmt::arg("version", version_needed(group)), fmt::arg("licenses", licenses_needed(group)),
      fmt::arg("it", one ? "it" : "they"), fmt::arg("its", one ? "its" : "their"),
      fmt::arg("in_turn", one ? "" : " in turn"), fmt::arg("one_or_divided", one_or_divided(group)),
      fmt::arg("them", group.needed == 1 ? "it" : "them"));
}

std::string after_left_domain(const Group& group, std::string step) {
  if (group.left_domain.empty()) return step;
  return fmt::format("{} Otherwise: {}", group.left_domain, step);
}

const Phrase* phrase_of(const Reason& why) {
  const auto* const found = std::ranges::find(phrases, &why, &Phrase::reason);
  return found == phrases.end() ? nullptr : found;
}

}  // namespace

std::string short_time_text(SystemTime time, SystemTime now) {
  const auto text = minute_text(time);
  return day_text(time) == day_text(now) ? text.substr(text.find(' ') + 1) : text;
}

std::string texts_of(const Group& group) {
  constexpr std::size_t max_texts = 3;
  std::vector<std::pair<std::string, std::vector<std::string>>> texts;  // and the hosts
  for (const auto* host : group.hosts) {
    const auto same = std::ranges::find(texts, host->text, [](auto& each) { return each.first; });
    if (same != texts.end()) {
      same->second.push_back(host->host);
    } else {
      texts.push_back({host->text, {host->host}});
    }
  }
  std::string all;
  std::size_t left = group.hosts.size();
  for (const auto& [text, hosts] : std::span(texts).first(std::min(max_texts, texts.size()))) {
    all += fmt::format("{}{}{}: {}", all.empty() ? "" : "; ", hosts.size() == 1 ? "" : "each of ",
                       in_sentence(hosts), text);
    left -= hosts.size();
  }
  if (left > 0) all += fmt::format("; {} more in the evidence", left);
  const bool begins_with_name = texts.front().second.size() == 1;
  return (begins_with_name ? all : capitalized(all)) + ".";
}

std::string licenses_needed(const Group& group) {
  const auto type = group.hosts.front()->licensing_type;
  const auto mode = type.value_or(0);
  const bool is_known = mode == 2 || mode == 4;
  const bool all_alike = std::ranges::all_of(group.hosts, [&](const HostVerdict* host) {
    return host->licensing_type == type &&
           farm::version_of_build(host->os_build) ==
               farm::version_of_build(group.hosts.front()->os_build);
  });
  const auto version = farm::version_of_build(group.hosts.front()->os_build);
  if (!is_known || !all_alike || !version) {
    return "licenses of the hosts' kind for their version of Windows or a newer one";
  }
  return fmt::format("{}{} {} of {} or newer",
                     group.needed > 0 ? fmt::format("at least {} ", group.needed) : "",
                     mode == 2 ? "per-device" : "per-user",
                     group.needed == 1 ? "license" : "licenses", farm::license_version(*version));
}

std::string one_or_divided(const Group& group) {
  if (group.servers.size() < 2) return servers_of(group);
  return fmt::format("one of {}, or divided among them", servers_of(group));
}

std::string cause_sentence(const Group& group, SystemTime now) {
  if (const auto* const phrase = phrase_of(*group.reason)) return fill(phrase->cause, group, now);
  return texts_of(group);
}

std::string step_sentence(const Group& group) {
  auto step = group.hosts.front()->step;
  if (!step.empty()) {
    constexpr std::string_view hosts = "{hosts}";
    const auto at = step.find(hosts);
    return at == step.npos ? step : step.replace(at, hosts.size(), hosts_of(group));
  }
  const auto* const phrase = phrase_of(*group.reason);
  if (!phrase || phrase->step.empty()) return std::string(group.reason->action);
  const bool is_unexplained =
      group.versions_fit && group.reason == &reason("license_server_incompatible");
  if (is_unexplained) return fill(unexplained_step, group, {});
  return fill(group.reached_by.empty() ? phrase->step : path_step, group, {});
}

std::string first_step_sentence(const Group& group) {
  return after_left_domain(group, step_sentence(group));
}

std::vector<std::string> notes_for(const Group& group) {
  const auto* const phrase = phrase_of(*group.reason);
  if (!phrase) return {};
  std::vector<std::string> notes;
  const auto add = [&](std::string_view note) {
    if (!note.empty()) notes.push_back(fill(note, group, {}));
  };
  if (!group.reached_by.empty()) {
    std::ranges::for_each(path_notes, add);
    return notes;
  }
  add(phrase->note);
  std::ranges::for_each(phrase->more_notes, add);
  return notes;
}

std::string other_note_for(const Group& group) {
  const auto* const phrase = phrase_of(*group.reason);
  return phrase ? fill(phrase->other_note, group, {}) : "";
}

std::string other_step_sentence(const Group& group) {
  const auto* const phrase = phrase_of(*group.reason);
  return phrase ? fill(phrase->other_step, group, {}) : "";
}

bool is_about_server(const Reason& why) {
  const auto* const phrase = phrase_of(why);
  return phrase && (phrase->cause.find("{server}") != phrase->cause.npos ||
                    phrase->cause.find("{outage}") != phrase->cause.npos);
}

bool asks_for_candidates(const Reason& why) {
  const auto* const phrase = phrase_of(why);
  constexpr std::string_view candidates = "{candidates}";
  return phrase && (phrase->step.find(candidates) != phrase->step.npos ||
                    phrase->other_step.find(candidates) != phrase->other_step.npos);
}

std::string action_sentence(const Group& group) {
  const auto& why = *group.reason;
  if (why.action != set_servers && why.action != set_mode) return first_step_sentence(group);
  auto action = why.action;
  action.remove_suffix(1);  // its full stop
  return after_left_domain(group,
                           fmt::format("{}, on {}{}.", action, hosts_of(group), group.candidates));
}

}  // namespace cal::session_host_licensing
