#include "probes/session_host_licensing/phrases.h"

#include "agent/base/text.h"
#include "probes/session_host_licensing/reasons.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cal::session_host_licensing {

namespace {

// {server}, {servers}, {since}, {grace}, {others} and {host} are filled in.
struct Phrase {
  const Reason* reason;
  std::string_view cause;
  std::string_view step;
};

constexpr std::string_view per_policy =
    "Set the policy \"Set the Remote Desktop licensing mode\" for them.";
constexpr std::string_view newer_server =
    "Specify a license server of the hosts' version of Windows or a newer one{servers}.";

constexpr std::array phrases{
    Phrase{&reason("mode_not_set_expired"),
           "The licensing mode is not set, and the grace period is over.", per_policy},
    Phrase{&reason("mode_not_set"), "The licensing mode is not set.", per_policy},
    Phrase{&reason("no_license_server"), "No license server is specified{grace}.",
           "Set the policy \"Use the specified Remote Desktop license servers\" for them"
           "{servers}."},
    Phrase{&reason("license_server_unreachable"),
           "{server} is unreachable since {since}; {others}.",
           "Start the service Remote Desktop Licensing on {server}."},
    Phrase{&reason("workgroup_auth_refused"),
           "{server} refuses hosts in a workgroup that do not authenticate, since its update for "
           "CVE-2024-38099.",
           "Store a credential of {server} for NETWORK SERVICE on them, with cmdkey."},
    Phrase{&reason("host_not_authorized"),
           "{server} serves only members of Terminal Server Computers; {others}.",
           "Add the hosts to that group on {server}, or turn off its policy License server "
           "security group."},
    Phrase{&reason("license_server_too_old"),
           "{server} has an older version of Windows than the hosts and cannot issue licenses for "
           "them; {others}.",
           newer_server},
    Phrase{&reason("license_server_incompatible"),
           "{server} answers that it does not suit the hosts; {others}.", newer_server},
    Phrase{&reason("host_certificate_bad"),
           "The certificate that a host has from its license server is damaged (event 50285).",
           "Drain one host, back up and delete its certificate values below "
           "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\RCM, restart it, and try a "
           "logon before the next one."},
    Phrase{&reason("users_refused"),
           "Refusals were logged within the last hour, and nothing that was checked explains them.",
           "Read the licensing events of {host}."},
    Phrase{&reason("device_cals_exhausted"), "All per-device licenses on {server} are issued.",
           "Install more on {server}, or revoke those of retired devices (up to 20 %)."},
    Phrase{&reason("pack_expired"), "The licenses on {server} that the hosts need have expired.",
           "Install new ones in RD Licensing Manager."},
    Phrase{&reason("no_fitting_cals"),
           "{server} has no licenses of the hosts' kind for their version of Windows.",
           "Install them in RD Licensing Manager."},
    Phrase{&reason("wrong_cal_kind"),
           "{server} has only licenses of the kind that the hosts do not ask for.",
           "Change the hosts' licensing mode, or install licenses of their kind."},
    Phrase{&reason("license_server_not_activated"),
           "{server} is not activated and issues only temporary licenses.",
           "Activate {server} in RD Licensing Manager."},
    Phrase{&reason("per_user_in_workgroup"),
           "Hosts in a workgroup ask for per-user licenses, which need a domain.",
           "Set their licensing mode to per device and install per-device licenses."},
    Phrase{&reason("not_registered"),
           "No license server has registered the hosts yet: the first user after each start is "
           "refused once.",
           "Log on to each host once; put a registered host into the image."},
    Phrase{&reason("pack_expiring"),
           "Licenses on {server} that the hosts need are about to expire.",
           "Renew them, and install the new ones on {server}."},
    Phrase{
        &reason("license_server_degraded"),
        "{server} does not serve the hosts; another listed server does.",
        "See whether the service Remote Desktop Licensing runs on {server}, and whether the hosts "
        "reach it by name and on TCP 135. Users still get licenses."},
    Phrase{&reason("client_store_damaged"),
           "One client is refused: its stored license is invalid (event 1003).",
           "Delete the registry key MSLicensing on that client."},
    Phrase{&reason("server_not_exported"), "There is no usable export of {server}.",
           "Run the export on {server}."},
    Phrase{&reason("user_cals_over_issued"),
           "More per-user licenses are issued on {server} than installed; nobody is refused.",
           "Buy licenses, or see who holds them."},
    Phrase{&reason("cals_not_recorded"), "Licenses of users cannot be recorded in the directory.",
           "See the probes administrators_membership and directory_permissions."},
    Phrase{&reason("configuration_drift"),
           "Policy, broker or hosts of one collection differ in license servers or mode.",
           "Set mode and servers in one place."},
    Phrase{&reason("grace_reset"), "A grace period began again without a new installation.",
           "Find out who deleted the key GracePeriod, and why: until the days end, users get in "
           "even if no license server gives them a license."},
};

std::string fill(std::string_view text, const Group& group, SystemTime now) {
  const bool past = group.severity == Severity::critical;
  return fmt::format(fmt::runtime(text), fmt::arg("server", group.server),
                     fmt::arg("servers", group.servers),
                     fmt::arg("since", group.since ? time_text(*group.since, now) : ""),
                     fmt::arg("grace", past ? ", and the grace period is over" : ""),
                     fmt::arg("others", group.other_servers ? "no other listed server works"
                                                            : "no other server is listed"),
                     fmt::arg("host", group.hosts.front()->host));
}

const Phrase* phrase_of(const Reason& why) {
  const auto* const found = std::ranges::find(phrases, &why, &Phrase::reason);
  return found == phrases.end() ? nullptr : found;
}

}  // namespace

std::string time_text(SystemTime time, SystemTime now) {
  const auto text = utc_text(time);  // 2026-11-26T02:10:00Z
  const auto day = text.substr(0, 10);
  const auto clock = text.substr(11, 5) + " UTC";
  return utc_text(now).starts_with(day) ? clock : day + " " + clock;
}

std::string cause_sentence(const Group& group, SystemTime now) {
  if (const auto* const phrase = phrase_of(*group.reason)) return fill(phrase->cause, group, now);
  const auto& first = *group.hosts.front();
  return fmt::format("{}: {}.", first.host, first.text);
}

std::string step_sentence(const Group& group) {
  const auto* const phrase = phrase_of(*group.reason);
  return phrase ? fill(phrase->step, group, {}) : std::string(group.reason->action);
}

bool is_about_server(const Reason& why) {
  const auto* const phrase = phrase_of(why);
  return phrase && phrase->cause.find("{server}") != phrase->cause.npos;
}

bool asks_for_servers(const Reason& why) {
  const auto* const phrase = phrase_of(why);
  return phrase && phrase->step.find("{servers}") != phrase->step.npos;
}

std::string action_sentence(const Group& group) {
  if (group.servers.empty()) return {};
  auto action = group.reason->action;
  action.remove_suffix(1);  // its full stop
  return fmt::format("{}{}.", action, group.servers);
}

}  // namespace cal::session_host_licensing
