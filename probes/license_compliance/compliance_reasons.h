// The reasons and the metric families of license_compliance. Tables.
#pragma once

#include "agent/contract/probe.h"
#include "agent/contract/reason_table.h"
#include "probes/shared/directory_probe.h"

#include <array>
#include <string_view>

namespace cal::license_compliance {

inline constexpr std::string_view add_licenses =
    "Unassign licenses, or buy a pack and install it (EBS: Licenses tab, Install CAL Packs; "
    "Remote Desktop: RD Licensing Manager, Install Licenses).";

// Only EBS counts licenses that an administrator assigns.
inline constexpr std::string_view take_back =
    "Take back licenses from users and devices that no longer need them, or buy a pack and install "
    "it (Licenses tab, Install CAL Packs).";

// A Remote Desktop license server issues licenses by itself, so there is no step to assign fewer.
inline constexpr std::string_view add_device_pack =
    "See in RD Licensing Manager which devices have the licenses: those of retired devices become "
    "free when they expire, or can be revoked. If all are in use, buy per-device licenses of this "
    "version or a newer one and install them.";
inline constexpr std::string_view install_licenses =
    "Install licenses (RD Licensing Manager, Install Licenses). If some were installed, activate "
    "the license server.";
inline constexpr std::string_view add_user_pack =
    "Buy per-user licenses of this version or a newer one and install them (RD Licensing Manager, "
    "Install Licenses). A user's license cannot be revoked; it expires 60 days after it was "
    "issued.";
inline constexpr std::string_view set_mode =
    "Set the licensing mode and the license server of the session hosts (Group Policy: Remote "
    "Desktop Session Host, Licensing; or Server Manager), and make sure that licenses of that type "
    "are installed.";

// From the worst to the best.
inline constexpr std::array own_reasons{
    Reason{"session_host_unlicensed", Verdict::present, Severity::critical,
           "The grace period of a session host is over and its licensing mode is not set: no user "
           "gets a license to log on.",
           set_mode},
    Reason{"over_assigned", Verdict::present, Severity::critical,
           "More licenses are assigned than installed: the network does not comply with the "
           "license terms.",
           add_licenses},
    Reason{
        "none_installed", Verdict::present, Severity::critical, "No license is installed at all.",
        "Compare the counts with License Management. If it lists no license either, install a CAL "
        "pack; if one was installed, check whether its activation failed (event 5)."},
    Reason{"packs_exhausted", Verdict::present, Severity::warning,
           "All per-device Remote Desktop licenses of a version are issued: the next device gets a "
           "temporary license for 90 days, and then none.",
           add_device_pack},
    Reason{"licensing_mode_not_set", Verdict::present, Severity::warning,
           "The licensing mode of a session host is not set: it works until its grace period ends.",
           set_mode},
    Reason{"inventory_missing", Verdict::unknown, Severity::warning,
           "A file with license counts or session hosts does not exist.",
           "On the agent's host, check the job that exports or copies the file, or correct the "
           "option that names it."},
    Reason{"inventory_unreadable", Verdict::unknown, Severity::warning,
           "A file with license counts or session hosts cannot be used.",
           "Correct the error that the summary names, or export the file again."},
    Reason{
        "inventory_stale", Verdict::unknown, Severity::warning,
        "The license counts, or the data of a session host, are older than `max_age`, or from the "
        "future.",
        "Export them again, best by a scheduled task (config/windows)."},
    Reason{"pack_not_understood", Verdict::unknown, Severity::warning,
           "A key pack has a version or kind that this release does not know, so that its licenses "
           "are not counted.",
           "Read its numbers in RD Licensing Manager, and update cal_exporter."},
    Reason{"edition_not_found", Verdict::unknown, Severity::warning,
           "An edition of the option `editions` is in none of the files.",
           "Write the edition as the summary lists it, or take it out of `editions`."},
    Reason{
        "grace_period_ending", Verdict::clear, Severity::warning,
        "A session host is still in its grace period, which ends within 30 days. Its export does "
        "not say whether a license server has registered it.",
        "Check in RD Licensing Diagnoser on the session host whether it finds a license server "
        "with licenses of its mode."},
    Reason{"user_cals_over_issued", Verdict::clear, Severity::warning,
           "More per-user Remote Desktop licenses are issued than installed. No user is refused "
           "for that, but the license terms are not kept.",
           add_user_pack},
    Reason{"pack_expiring", Verdict::clear, Severity::warning,
           "Remote Desktop licenses end within 30 days and then no longer count.",
           "Renew them, and install the new ones (RD Licensing Manager, Install Licenses)."},
    Reason{"none_left", Verdict::clear, Severity::warning,
           "All installed licenses are assigned: the next assignment fails (0xcfff1200); the next "
           "Remote Desktop user exceeds the number of licenses.",
           add_licenses},
    Reason{"compliant", Verdict::clear, Severity::ok,
           "No more licenses are assigned than installed.", "Nothing."},
};

inline constexpr auto all_reasons = with_directory_reasons(own_reasons);

inline constexpr ReasonTable reason{all_reasons};

inline constexpr std::array<std::string_view, 2> by_edition{"edition", "license_kind"};
inline constexpr std::array<std::string_view, 1> by_host{"host"};
inline constexpr std::array<std::string_view, 3> by_assignee{"edition", "license_kind",
                                                             "assignee_kind"};

inline constexpr std::array families{
    MetricFamily{"cal_licenses_installed",
                 "Licenses of the installed packs; no sample while unknown or unlimited. Cached "
                 "between runs.",
                 MetricType::gauge, by_edition},
    MetricFamily{"cal_licenses_assigned",
                 "Assigned licenses; edition `directory` counts the users who hold a license in "
                 "the directory: do not add it to the others. No sample while unknown. Cached "
                 "between runs.",
                 MetricType::gauge, by_assignee},
    MetricFamily{"cal_licenses_available",
                 "Licenses that are free to assign (installed - assigned), negative when more are "
                 "assigned than installed; no sample while unknown. Cached between runs.",
                 MetricType::gauge, by_edition},
    MetricFamily{"cal_licenses_compliant",
                 "1 if no more licenses are assigned than installed, 0 if more; no sample while "
                 "unknown. Cached between runs.",
                 MetricType::gauge, by_edition},
    MetricFamily{"cal_session_host_grace_end_timestamp_seconds",
                 "Unix time, to the day, at which the licensing grace period of a Remote Desktop "
                 "session host ends; no sample when it is over or unknown. Cached between runs.",
                 MetricType::gauge, by_host},
    MetricFamily{
        "cal_license_pack_end_timestamp_seconds",
        "Unix time at which the first of an edition's license packs ends, and its licenses "
        "no longer count; no sample if none ends or if it is unknown. Cached between runs.",
        MetricType::gauge, by_edition},
    MetricFamily{"cal_licenses_warn_below",
                 "Licenses that must be free, as configured; 0 if all are meant to be assigned, no "
                 "sample if nothing is configured. Compare with cal_licenses_available.",
                 MetricType::gauge, by_edition},
    MetricFamily{"cal_licenses_temporary",
                 "Temporary Remote Desktop licenses that the key packs count as issued: devices "
                 "that are refused when they end, within 90 days, unless a license is free by "
                 "then. No sample while unknown. Cached between runs.",
                 MetricType::gauge,
                 {}},
};

}  // namespace cal::license_compliance
