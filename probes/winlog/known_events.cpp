#include "probes/winlog/known_events.h"

#include <algorithm>

namespace cal::winlog {

namespace {

using enum EventKind;
using enum Source;

constexpr auto exhausted = Cause::licenses_exhausted;
constexpr auto directory = Cause::directory_not_writable;
constexpr auto other = Cause::other;
constexpr auto weak = Strength::weak;
constexpr auto strong = Strength::strong;

constexpr std::string_view activate =
    "Activate the license server: RD Licensing Manager, Action, Activate Server. The automatic "
    "method needs TCP 443 from the computer that runs RD Licensing Manager; otherwise use a web "
    "browser or the telephone.";
constexpr std::string_view reactivate =
    "Reactivate the license server: RD Licensing Manager, Action, Advanced, Reactivate Server. The "
    "automatic method needs TCP 443 from the computer that runs RD Licensing Manager.";
constexpr std::string_view repair_database =
    "Check on the license server whether its groups may read and write the folder LServer "
    "(%systemroot%\\system32\\lserver); if so, restore the database in it from a backup, then "
    "restart the service Remote Desktop Licensing.";
constexpr std::string_view install_licenses =
    "Install more licenses of the type that the event names (RD Licensing Manager, Install "
    "Licenses), or set the session hosts to the type that has licenses left.";
constexpr std::string_view add_to_license_servers =
    "Add the license server's computer account to Terminal Server License Servers (S-1-5-32-561) "
    "in the user's domain, on a domain controller also Network Service, and restart the service "
    "Remote Desktop Licensing. If it is already a member, grant that group (from Windows Server "
    "2019 on also SELF) the right to write Terminal Server License Server on the user.";
constexpr std::string_view allow_session_host =
    "Add the session host's computer account to the local group Terminal Server Computers on the "
    "license server (create the group if it is missing), or disable the policy License server "
    "security group.";
constexpr std::string_view diagnose_session_host =
    "Open RD Licensing Diagnoser on the session host: it must list a license server, and a "
    "licensing mode that matches the licenses installed there.";
constexpr std::string_view name_license_server =
    "Name a license server for the host, by the policy Use the specified Remote Desktop license "
    "servers or in Server Manager, and check in RD Licensing Diagnoser that the host reaches it.";
constexpr std::string_view reach_license_server =
    "Check on the license server that the event names that the service Remote Desktop Licensing "
    "runs, and from the host that its name resolves and that TCP 135 is open.";
constexpr std::string_view replace_license_server =
    "Use a license server with the host's Windows version or a newer one.";
constexpr std::string_view replace_certificate =
    "On the host, back up and delete the values Certificate, X509 Certificate, X509 Certificate ID "
    "and X509 Certificate2 of the registry key HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal "
    "Server\\RCM, and restart the host; if that does not help, reactivate the license server.";
constexpr std::string_view free_device_license =
    "Free a device license (RD Licensing Manager, Revoke License) or install more of them, of the "
    "host's Windows version or newer; check that the licensing mode of the host matches them.";
constexpr std::string_view reach_directory =
    "Check the network and name resolution between the license server and a domain controller.";
constexpr std::string_view set_mode =
    "Set the licensing mode of the session host, by the policy Set the Remote Desktop licensing "
    "mode or in Server Manager, to the type of the licenses that are installed.";

// To add an event, add a row. Sources:
//   EBS   Microsoft's pages "Event ID 4, 5, 9, 11"; 12 is known only from the page on 5.
//   RDS   Microsoft's pages on the events of the two providers, and KB 2030310 (4105), KB 983385
//         (17, 46), KB 4078299 (44 is harmless). 4, 9, 12 and 19 are known only by their
//         messages; it is not documented when 4 is logged, so it clears nothing. The texts of
//         4107 and 4108 are not documented either; monitoring packs name their subject.
// Strong: the event says that licenses are refused, and why.
constexpr std::array documented{
    KnownEvent{ebs_cal, 4, activation_success, "the CAL pack was activated"},
    KnownEvent{.source = ebs_cal,
               .id = 5,
               .kind = activation_failure,
               .meaning = "the CAL pack was not activated",
               .code_at = 0},
    KnownEvent{.source = ebs_cal,
               .id = 9,
               .kind = assignment_failure,
               .meaning = "a license was not removed",
               .code_at = 3},
    KnownEvent{.source = ebs_cal,
               .id = 11,
               .kind = assignment_failure,
               .meaning = "a license was not assigned",
               .code_at = 3},
    KnownEvent{ebs_cal, 12, directory_fault,
               "SYSTEM may not be permitted to read or write the directory", directory, strong},

    KnownEvent{infrastructure_licensing, 3, note, "the check of the domain's roles did not run"},
    KnownEvent{infrastructure_licensing, 21, note,
               "the server does not hold the domain's roles; it will shut down after 28 days"},
    KnownEvent{infrastructure_licensing, 31, note, "the licensing check passed"},
    KnownEvent{infrastructure_licensing, 39, note, "the first 30 days: nothing is enforced"},
    KnownEvent{infrastructure_licensing, 44, note, "the first 30 days: nothing is enforced"},
    KnownEvent{infrastructure_licensing, 45, note, "the first 30 days: nothing is enforced"},

    // The license server itself.
    KnownEvent{rds_licensing, 4, note, "the licensing service says that it was activated"},
    KnownEvent{rds_licensing, 7, note, "the license server is too busy"},
    KnownEvent{rds_licensing, 8, note,
               "the license server cannot communicate with another license server"},
    KnownEvent{rds_licensing, 9, assignment_failure,
               "the database of the license server is not valid", other, strong, repair_database},
    KnownEvent{rds_licensing, 12, assignment_failure,
               "the license server denies all requests: its policy module did not start", other,
               strong,
               "Restart the service Remote Desktop Licensing and check whether event 12 is logged "
               "again; read the events logged next to it."},
    KnownEvent{rds_licensing, 13, note, "the license server uses its default policy module"},
    KnownEvent{rds_licensing, 14, assignment_failure,
               "the license server cannot detect the licenses installed on it", other, weak,
               "Check in RD Licensing Manager that the installed licenses are listed, and restart "
               "the service Remote Desktop Licensing."},
    KnownEvent{rds_licensing, 15, note, "other license servers could not be notified"},
    KnownEvent{rds_licensing, 17, activation_failure,
               "a certificate of the license server is damaged or has expired", other, strong,
               reactivate},
    KnownEvent{rds_licensing, 18, activation_failure, "the license server is not activated", other,
               strong, activate},
    KnownEvent{rds_licensing, 19, hint, "a problem with a certificate of the license server", other,
               weak, reactivate},
    KnownEvent{rds_licensing, 38, hint, "an event whose meaning is not documented", other, weak,
               "Read the text of the event on the license server."},
    KnownEvent{rds_licensing, 39, activation_failure, "the license server is not activated", other,
               strong, activate},
    KnownEvent{rds_licensing, 44, note, "a database error that can be ignored"},
    KnownEvent{rds_licensing, 46, hint, "a warning about a certificate of the license server",
               other, weak, reactivate},
    KnownEvent{rds_licensing, 64, note, "the license server was published in the directory"},
    KnownEvent{rds_licensing, 4100, assignment_failure,
               "the database of the license server may be damaged", other, weak, repair_database},

    // Its licenses.
    KnownEvent{rds_licensing, 16, note, "an expired license was not returned to its pack"},
    KnownEvent{rds_licensing, 20, assignment_failure, "too few permanent licenses", exhausted, weak,
               install_licenses},
    KnownEvent{rds_licensing, 21, assignment_failure, "no permanent license of this type is left",
               exhausted, strong, install_licenses},
    KnownEvent{rds_licensing, 22, assignment_failure, "no license of this product is installed",
               exhausted, strong, install_licenses},
    KnownEvent{rds_licensing, 26, hint, "all licenses of a product were removed", exhausted, weak,
               "Install the product's licenses again (RD Licensing Manager, Install Licenses)."},
    KnownEvent{.source = rds_licensing,
               .id = 56,
               .kind = activation_failure,
               .meaning = "a key pack cannot be decrypted",
               .cause = other,
               .step = "Install the licenses by the telephone method (RD Licensing Manager, "
                       "Properties, Connection method).",
               .shown_code_at = 0},
    KnownEvent{rds_licensing, 80, note, "a license was revoked"},
    KnownEvent{rds_licensing, 81, hint, "no more licenses can be revoked for now", exhausted, weak,
               install_licenses},
    KnownEvent{rds_licensing, 82, note, "a license was upgraded"},
    KnownEvent{rds_licensing, 4144, note, "a user's license was upgraded"},

    // The rights to write licenses into the directory, and to request them.
    KnownEvent{rds_licensing, 71, assignment_failure,
               "the policy License server security group keeps a session host out", other, weak,
               allow_session_host},
    KnownEvent{rds_licensing, 73, note, "a group Terminal Server Computers was left behind"},
    KnownEvent{rds_licensing, 74, note,
               "the license server was added to Terminal Server License Servers"},
    KnownEvent{
        .source = rds_licensing,
        .id = 75,
        .kind = assignment_failure,
        .meaning = "the license server could not be added to Terminal Server License Servers",
        .cause = directory,
        .step = add_to_license_servers,
        .shown_code_at = 0},
    // By its page a normal condition, but it explains a 75 or 4105.
    KnownEvent{rds_licensing, 76, hint,
               "the license server was removed from Terminal Server License Servers", directory,
               weak, add_to_license_servers},
    KnownEvent{.source = rds_licensing,
               .id = 77,
               .kind = note,
               .meaning = "the license server could not be removed from Terminal Server License "
                          "Servers",
               .shown_code_at = 0},
    KnownEvent{.source = rds_licensing,
               .id = 4105,
               .kind = assignment_failure,
               .meaning = "the license server cannot write a user's license into the directory",
               .cause = directory,
               .step = add_to_license_servers,
               .shown_code_at = 2,
               .names_user = true},
    KnownEvent{rds_licensing, 4106, note, "a message of the license report"},
    KnownEvent{rds_licensing, 4107, warning,
               "the license server cannot communicate with a domain controller", directory, weak,
               reach_directory},
    KnownEvent{rds_licensing, 4108, warning,
               "the license server cannot communicate with a domain controller", directory, weak,
               reach_directory},
    KnownEvent{rds_licensing, 4140, assignment_failure,
               "the group of the servers that get licenses is missing", other, weak,
               allow_session_host},
    KnownEvent{rds_licensing, 4141, assignment_failure,
               "a server is not in the group that gets licenses", other, strong,
               allow_session_host},
    KnownEvent{rds_licensing, 8196, note,
               "the license server was added to Terminal Server License Servers when it was "
               "installed"},

    KnownEvent{rds_session_host, 1003, assignment_failure,
               "a client presented a license to the host that is not valid", other, weak,
               "On the client that the event names, back up and delete the registry key "
               "HKLM\\SOFTWARE\\Microsoft\\MSLicensing; restart the client and connect again."},
    KnownEvent{rds_session_host, 1004, assignment_failure,
               "the host cannot issue a license to a client", other, weak, diagnose_session_host},
    KnownEvent{rds_session_host, 1011, refusal,
               "a client was refused because its temporary license ran out", exhausted, weak,
               free_device_license},
    KnownEvent{rds_session_host, 1028, refusal,
               "a client was disconnected because its license could not be renewed", other, weak,
               diagnose_session_host},
    KnownEvent{rds_session_host, 1043, assignment_failure,
               "the license server refuses the host, which is not in its group Terminal Server "
               "Computers",
               other, strong, allow_session_host},
    KnownEvent{.source = rds_session_host,
               .id = 1061,
               .kind = assignment_failure,
               .meaning = "the host cannot read a user's license from the directory",
               .cause = directory,
               .step = add_to_license_servers,
               .shown_code_at = 0},
    KnownEvent{rds_session_host, 1068, warning,
               "the host's licensing mode is not set; it refuses users when its grace period ends",
               other, weak, set_mode},
    KnownEvent{rds_session_host, 1069, refusal,
               "the host's grace period is over and its licensing mode is not set", other, strong,
               set_mode},
    KnownEvent{rds_session_host, 1128, refusal,
               "the host refuses users: its grace period is over and it is not registered with a "
               "license server that has licenses",
               other, strong, name_license_server},
    KnownEvent{rds_session_host, 1129, warning,
               "the host's grace period ends soon and it is not registered with a license server "
               "that has licenses",
               other, weak, name_license_server},
    KnownEvent{rds_session_host, 1130, warning, "the host has no license server specified", other,
               weak, name_license_server},
    KnownEvent{rds_session_host, 1131, warning, "the host cannot reach its license server", other,
               weak, reach_license_server},
    KnownEvent{rds_session_host, 1132, warning,
               "the license server does not support the host's Windows version", other, weak,
               replace_license_server},
    KnownEvent{rds_session_host, 1133, refusal,
               "the host's certificate from the license server is not valid", other, strong,
               replace_certificate},
    KnownEvent{rds_session_host, 1136, note, "the role Remote Desktop Session Host is missing"},
    KnownEvent{rds_session_host, 20497, hint, "licensing took too long for a client", other, weak,
               reach_license_server},
};

// Windows Server 2019 and newer add 49152 to these numbers; virtualization hosts have their own.
struct Renumbered {
  std::uint32_t id, documented;
};
constexpr std::array renumbered{
    Renumbered{50180, 1028},
    Renumbered{50195, 1043},
    Renumbered{50213, 1061},
    Renumbered{50280, 1128},
    Renumbered{50281, 1129},
    Renumbered{50282, 1130},
    Renumbered{50283, 1131},
    Renumbered{50284, 1132},
    Renumbered{50285, 1133},
    // Of virtualization hosts: first the older numbers.
    Renumbered{1152, 1004},
    Renumbered{1153, 1069},
    Renumbered{1154, 1128},
    Renumbered{1155, 1129},
    Renumbered{1156, 1130},
    Renumbered{1157, 1131},
    Renumbered{1158, 1132},
    Renumbered{1159, 1133},
    Renumbered{1160, 1043},
    Renumbered{50304, 1004},
    Renumbered{50305, 1069},
    Renumbered{50306, 1128},
    Renumbered{50307, 1129},
    Renumbered{50308, 1130},
    Renumbered{50309, 1131},
    Renumbered{50310, 1132},
    Renumbered{50311, 1133},
    Renumbered{50312, 1043},
};

constexpr auto table = [] {
  std::array<KnownEvent, documented.size() + renumbered.size()> all{};
  auto* next = std::ranges::copy(documented, all.begin()).out;
  for (const auto& each : renumbered) {
    *next = *std::ranges::find_if(documented, [&](const KnownEvent& row) {
      return row.source == rds_session_host && row.id == each.documented;
    });
    next->id = each.id;
    ++next;
  }
  return all;
}();

}  // namespace

std::span<const KnownEvent> known_events() { return table; }

const KnownEvent* known_event(Source source, std::uint32_t id) {
  const auto* const found = std::ranges::find_if(
      table, [&](const KnownEvent& row) { return row.source == source && row.id == id; });
  return found == table.end() ? nullptr : found;
}

}  // namespace cal::winlog
