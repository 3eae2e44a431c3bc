// The reasons of session_host_licensing, from the worst to the best. The README in its folder is
// the runbook and explains each.
#pragma once

#include "agent/contract/probe.h"
#include "agent/contract/reason_table.h"

#include <array>

namespace cal::session_host_licensing {

inline constexpr std::string_view set_servers =
    "Set the policy Use the specified Remote Desktop license servers (Computer Configuration, "
    "Administrative Templates, Windows Components, Remote Desktop Services, Remote Desktop Session "
    "Host, Licensing), or the servers in the deployment properties of the connection broker.";
inline constexpr std::string_view set_mode =
    "Set the policy Set the Remote Desktop licensing mode (Computer Configuration, Administrative "
    "Templates, Windows Components, Remote Desktop Services, Remote Desktop Session Host, "
    "Licensing), or the mode in the deployment properties of the connection broker.";
inline constexpr std::string_view buy =
    "Install licenses of the hosts' kind and version, or newer ones, in RD Licensing Manager on "
    "the license server.";

// The severity of a row is what happens once the grace period is over. While it lasts, users get
// in, and the outcome is a warning.
inline constexpr std::array all_reasons{
    Reason{"mode_not_set_expired", Verdict::present, Severity::critical,
           "The licensing mode of a session host is not set, and its grace period is over: users "
           "are refused.",
           set_mode},
    Reason{"no_license_server", Verdict::present, Severity::critical,
           "A session host has a licensing mode, but no license server is specified.", set_servers},
    Reason{"license_server_unreachable", Verdict::present, Severity::critical,
           "A session host reaches none of its license servers.",
           "Start the service Remote Desktop Licensing on the license server. If it runs, check "
           "from the host its name and the firewall (TCP 135 and 49152 to 65535)."},
    Reason{
        "workgroup_auth_refused", Verdict::present, Severity::critical,
        "A session host in a workgroup reaches the license server's port, but the server does "
        "not accept it: since the update for CVE-2024-38099 it refuses anonymous hosts.",
        "On the host, store a credential of the license server for NETWORK SERVICE with cmdkey."},
    Reason{"host_not_authorized", Verdict::present, Severity::critical,
           "The license server serves only members of Terminal Server Computers, and a session "
           "host is not one.",
           "Add the host's computer account to the group Terminal Server Computers on the license "
           "server, or turn off its policy License server security group."},
    Reason{"license_server_too_old", Verdict::present, Severity::critical,
           "The license server's version of Windows is older than the session host's, so that it "
           "cannot issue licenses for it.",
           "Specify a license server of the host's version of Windows or a newer one."},
    Reason{"license_server_incompatible", Verdict::present, Severity::critical,
           "The license server answers that it does not suit the session host (status 3 or 10).",
           "Compare the versions and updates of Windows on both; specify another license server "
           "only if its Windows is older than the host's."},
    Reason{"host_certificate_bad", Verdict::present, Severity::critical,
           "The certificate that a session host has from its license server is damaged (event "
           "50285): users are refused.",
           "On the host, back up and delete the values Certificate, X509 Certificate, X509 "
           "Certificate ID and X509 Certificate2 below RCM in the registry, and restart it."},
    Reason{"users_refused", Verdict::present, Severity::critical,
           "A session host logged within the last hour that it refused a user for lack of a "
           "license, and nothing else that was checked explains it.",
           "Read the licensing events on the host, and whom they name."},
    Reason{"mode_not_set", Verdict::present, Severity::warning,
           "The licensing mode of a session host is not set: users are refused once its grace "
           "period is over.",
           set_mode},
    Reason{"device_cals_exhausted", Verdict::present, Severity::warning,
           "All per-device licenses that serve a session host are issued: a new device gets a "
           "temporary license for 90 days, and then none.",
           "Install per-device licenses, or revoke those of retired devices (up to 20 %)."},
    Reason{"pack_expired", Verdict::present, Severity::warning,
           "The licenses that would serve a session host have expired.", buy},
    Reason{"no_fitting_cals", Verdict::present, Severity::warning,
           "The license server has no licenses that serve a session host.", buy},
    Reason{
        "wrong_cal_kind", Verdict::present, Severity::warning,
        "The license server has licenses for the session host's version only of the kind that "
        "the host does not ask for.",
        "Install licenses of the hosts' kind, or change their licensing mode to the kind that is "
        "installed."},
    Reason{"license_server_not_activated", Verdict::present, Severity::warning,
           "A license server is not activated: it issues only temporary licenses, for 90 days.",
           "In RD Licensing Manager, right-click the server, Activate Server."},
    Reason{"per_user_in_workgroup", Verdict::present, Severity::warning,
           "A session host in a workgroup asks for per-user licenses, which need a domain. Windows "
           "Server 2019 disconnects its users after 60 minutes.",
           "Set the licensing mode to per device and install per-device licenses, or join a "
           "domain."},
    Reason{"not_registered", Verdict::present, Severity::warning,
           "No license server has registered a session host yet, and its grace period is over: "
           "the first user after each start is refused once.",
           "Log on to the host once. For hosts that are reset at each start, put a registered host "
           "into the image."},
    Reason{"pack_expiring", Verdict::present, Severity::warning,
           "Licenses that serve a session host expire within 30 days.",
           "Renew them, and install the new ones."},
    Reason{"license_server_degraded", Verdict::present, Severity::warning,
           "A session host gets licenses, but one of its license servers does not serve it: if the "
           "other one fails, users are refused.",
           "Repair the license server that the summary names, or take it out of the list."},
    Reason{"client_store_damaged", Verdict::present, Severity::warning,
           "One client alone is refused: its stored license is invalid (event 1003).",
           "On the client, as administrator, delete the registry key MSLicensing and connect once "
           "as administrator."},
    Reason{"exports_missing", Verdict::unknown, Severity::warning,
           "There is no export of a session host.",
           "Run the export on the hosts (config/windows), or correct `exports`."},
    Reason{
        "export_missing", Verdict::unknown, Severity::warning,
        "A session host of the roster has no export.",
        "On the session host, check the scheduled task \"\\cal_export\\session host\" that writes "
        "the export, and run it."},
    Reason{"export_unreadable", Verdict::unknown, Severity::warning,
           "The export of a session host cannot be used.",
           "Correct the error that the summary names, or run the export again."},
    Reason{"export_stale", Verdict::unknown, Severity::warning,
           "The export of a session host is older than `max_age`, or from the future.",
           "On the session host, check the clock and the scheduled task \"\\cal_export\\session "
           "host\" "
           "that writes the export, and run it."},
    Reason{"export_incomplete", Verdict::unknown, Severity::warning,
           "The export of a session host or license server lacks what decides: an older script, "
           "or missing rights.",
           "On the computer that the summary names, see with -Check what the export script cannot "
           "read; then run its task."},
    Reason{"status_unknown", Verdict::unknown, Severity::warning,
           "It is not known whether a session host reaches its license server.",
           "Run the export on the host itself, and wait for the next one."},
    Reason{"server_not_exported", Verdict::unknown, Severity::warning,
           "There is no usable export of a license server, so that its licenses are not known.",
           "Run the export on the license server (config/windows)."},
    Reason{"user_cals_over_issued", Verdict::clear, Severity::warning,
           "More per-user licenses are issued than installed. No user is refused for that, but the "
           "license terms are not kept.",
           buy},
    Reason{"cals_not_recorded", Verdict::clear, Severity::warning,
           "Per-user licenses are issued but cannot be recorded on the users in the directory.",
           "See the probes administrators_membership (the group Terminal Server License Servers) "
           "and directory_permissions (SELF)."},
    Reason{"configuration_drift", Verdict::clear, Severity::warning,
           "Policy and connection broker give different license servers or modes, or hosts of one "
           "collection do.",
           "Give policy, broker and all hosts of the collection the same mode and servers."},
    Reason{
        "grace_reset", Verdict::clear, Severity::warning,
        "The grace period of a session host began again without a new installation. That hides "
        "a fault until it ends.",
        "Find out who deleted the key GracePeriod on the host, and why: until the days end, users "
        "get in even if no license server gives them a license."},
    Reason{"licensed", Verdict::clear, Severity::ok, "A user who signs in now gets a license.",
           "Nothing."},
    Reason{"not_applicable", Verdict::clear, Severity::ok,
           "The host accepts no sessions now (remote administration only, or drain mode), or is "
           "licensed in another way.",
           "Nothing."},
};

inline constexpr ReasonTable reason{all_reasons};

}  // namespace cal::session_host_licensing
