// What directory_permissions can find, and the metrics that carry it: shared by what it says of one
// object and of users.
#pragma once

#include "agent/contract/probe.h"
#include "agent/contract/reason_table.h"
#include "probes/shared/directory_probe.h"

#include <array>
#include <string_view>

namespace cal::directory_permissions {

inline constexpr std::string_view restore_object =
    "In ADSI Edit open the object's properties, Security, Advanced: remove the deny entry that the "
    "evidence marks, if there is one, and let SYSTEM read and write (or give it full control).";

// KB 2030310 and KB 4547091 have the steps for people.
inline constexpr std::string_view delegate_users =
    "Remove the deny entry that the evidence names, if there is one, and let the trustee read and "
    "write users' licences: dsacls \"OU=...\" /I:S /G \"TRUSTEE:WPRP;Terminal Server License "
    "Server;user\", with BUILTIN\\Terminal Server License Servers or SELF as the trustee.";

// From the worst to the best.
inline constexpr std::array own_reasons{
    Reason{"object_missing", Verdict::present, Severity::critical,
           "The object does not exist: its siblings can be seen, and it is not among them.",
           "Check `object`; if the name is right, the licensing component is not installed in this "
           "domain, or its object was deleted."},
    Reason{"write_denied", Verdict::present, Severity::critical, "SYSTEM may not write the object.",
           restore_object},
    Reason{"read_denied", Verdict::present, Severity::critical, "SYSTEM may not read the object.",
           restore_object},
    Reason{"write_partly_denied", Verdict::present, Severity::warning,
           "SYSTEM may write the object, but not all of its properties.", restore_object},
    Reason{"users_not_writable", Verdict::present, Severity::critical,
           "Licences cannot be recorded on users: who writes them may not.", delegate_users},
    Reason{"protected_users_not_writable", Verdict::present, Severity::warning,
           "Licences cannot be recorded on the users whom AdminSDHolder protects.",
           "Give AdminSDHolder the entry that the evidence names: dsacls "
           "\"CN=AdminSDHolder,CN=System,DC=...\" /G \"TRUSTEE:WPRP;Terminal Server License "
           "Server\". It is copied to the protected users within the hour."},
    Reason{
        "owner_not_system", Verdict::present, Severity::warning,
        "The object's owner is not SYSTEM. An owner can repair permissions; a wrong one does not "
        "by itself stop a write.",
        "In ADSI Edit open the object's properties, Security, Advanced, Owner, and choose "
        "SYSTEM."},
    Reason{"object_not_visible", Verdict::unknown, Severity::warning,
           "The object is missing, or hidden from the agent's account: the directory does not say "
           "which.",
           "Let the agent's account list the object's container and read the object."},
    Reason{"descriptor_not_readable", Verdict::unknown, Severity::warning,
           "The object's permissions cannot be read, or hold entries that cannot be evaluated.",
           "Grant the agent's account Read permissions (READ_CONTROL) on the object."},
    Reason{"asked_read_only_dc", Verdict::unknown, Severity::warning,
           "The answer comes from a read-only domain controller, on which nobody writes.",
           "Name a writable domain controller in `uri`, best the licensing server's own."},
    Reason{"granted_through_group", Verdict::clear, Severity::warning,
           "SYSTEM may read and write, but only as a member of Administrators: the entry that the "
           "reference page asks for is missing.",
           restore_object},
    Reason{"users_writable", Verdict::clear, Severity::ok, "Licences can be recorded on users.",
           "Nothing."},
    Reason{"owner_and_rights_ok", Verdict::clear, Severity::ok,
           "SYSTEM owns the object and may read and write it.", "Nothing."},
};

inline constexpr auto reasons = with_directory_reasons(own_reasons);

inline constexpr ReasonTable reason{reasons};

inline constexpr std::array<std::string_view, 1> by_object{"object"};
inline constexpr std::array<std::string_view, 3> by_right{"object", "trustee", "right"};

inline constexpr std::array families{
    MetricFamily{"cal_directory_owner_matches",
                 "1 if the object's owner is the expected one, 0 if not; no sample while unknown. "
                 "Cached between runs.",
                 MetricType::gauge, by_object},
    MetricFamily{
        "cal_directory_right_granted",
        "1 if the access check grants the right to the trustee, 0 if not; of users: on all "
        "that were looked at. No sample while unknown. Cached between runs.",
        MetricType::gauge, by_right},
};

}  // namespace cal::directory_permissions
