// The reasons and metrics of directory_permissions, shared by its judgments of an object and of
// users.
#pragma once

#include "agent/contract/probe.h"
#include "agent/contract/reason_table.h"
#include "probes/shared/directory_probe.h"

#include <array>
#include <string_view>

namespace cal::directory_permissions {

inline constexpr std::string_view restore_object =
    "In ADSI Edit open the object's Properties > Security > Advanced. Remove the deny entry that "
    "the evidence marks, if any, and grant SYSTEM read and write (or full control).";

// KB 2030310 and KB 4547091 describe the steps.
inline constexpr std::string_view delegate_users =
    "Remove the deny entry that the evidence names, if any, and delegate reading and writing of "
    "licenses on the OU of the users to the trustee: BUILTIN\\Terminal Server License Servers or "
    "SELF.";

// From the worst to the best.
inline constexpr std::array own_reasons{
    Reason{"object_missing", Verdict::present, Severity::critical,
           "The object does not exist, although other objects in its container are visible.",
           "Check `object`. If the name is correct, the licensing component is not installed in "
           "this domain, or its object was deleted."},
    Reason{"write_denied", Verdict::present, Severity::critical,
           "SYSTEM has no write permission on the object.", restore_object},
    Reason{"read_denied", Verdict::present, Severity::critical,
           "SYSTEM has no read permission on the object.", restore_object},
    Reason{"write_partly_denied", Verdict::present, Severity::warning,
           "SYSTEM can write to the object, but not to all of its properties.", restore_object},
    Reason{"users_not_writable", Verdict::present, Severity::critical,
           "Licenses cannot be recorded on users: the account that writes them has no permission.",
           delegate_users},
    Reason{
        "protected_users_not_writable", Verdict::present, Severity::warning,
        "Licenses cannot be recorded on the users that AdminSDHolder protects.",
        "If the account does not have to be protected, take it out of the group that protects it, "
        "and let it inherit permissions again. Else add the entry that the evidence names to "
        "AdminSDHolder, which copies it to all protected users within an hour."},
    Reason{"owner_not_system", Verdict::present, Severity::warning,
           "The object's owner is not SYSTEM. The owner can repair permissions; a wrong owner does "
           "not by itself block writes.",
           "In ADSI Edit open the object's Properties > Security > Advanced > Owner, and choose "
           "SYSTEM."},
    Reason{"object_not_visible", Verdict::unknown, Severity::warning,
           "The object does not exist, or is hidden from the agent's account; the directory gives "
           "the same answer for both.",
           "Grant the agent's account permission to list the object's container and to read the "
           "object."},
    Reason{"descriptor_not_readable", Verdict::unknown, Severity::warning,
           "The object's permissions cannot be read, or contain entries that cannot be evaluated.",
           "Grant the agent's account Read permissions (READ_CONTROL) on the object."},
    Reason{
        "asked_read_only_dc", Verdict::unknown, Severity::warning,
        "The answer came from a read-only domain controller, on which nothing is written.",
        "Set `uri` to a writable domain controller, preferably the one that the licensing server "
        "uses."},
    Reason{
        "granted_through_group", Verdict::clear, Severity::warning,
        "SYSTEM can read and write, but only as a member of Administrators: the entry for SYSTEM "
        "itself, which Microsoft's procedure asks for, is missing.",
        "It works, and no entry denies: remove nothing. Add an entry for SYSTEM with full control "
        "when it suits."},
    Reason{"users_writable", Verdict::clear, Severity::ok, "Licenses can be recorded on users.",
           "Nothing."},
    Reason{"owner_and_rights_ok", Verdict::clear, Severity::ok,
           "SYSTEM owns the object and can read and write it.", "Nothing."},
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
        "1 if the access check grants the right to the trustee, 0 if not; for users: on all "
        "that were sampled. No sample while unknown. Cached between runs.",
        MetricType::gauge, by_right},
};

}  // namespace cal::directory_permissions
