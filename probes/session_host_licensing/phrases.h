// What a group of hosts is called in the sentences that people read. Pure.
#pragma once

#include "probes/session_host_licensing/groups.h"

namespace cal::session_host_licensing {

// "LS1 is unreachable since 02:10 UTC; no other listed server works."
std::string cause_sentence(const Group& group, SystemTime now);

// "Start the service Remote Desktop Licensing on LS1."
std::string step_sentence(const Group& group);

// The same as the first thing to do: what has just changed is put back before.
std::string first_step_sentence(const Group& group);

// What was found on each: "RDSH1: its build was not read; each of RDSH2 and RDSH3: …".
std::string texts_of(const Group& group);

// "per-user licenses of version 2022 or newer", which the hosts ask for, with the number, if it is
// known.
std::string licenses_needed(const Group& group);

// The servers on which they are installed: "LS1", "one of LS1 and LS2, or divided among them".
std::string one_or_divided(const Group& group);

// What to know beside that step.
std::vector<std::string> notes_for(const Group& group);

// What can be done in its place; empty: nothing else.
std::string other_step_sentence(const Group& group);

// What to know beside that; empty: nothing.
std::string other_note_for(const Group& group);

// Whether it is about license servers (Group::servers).
bool is_about_server(const Reason& why);

// Whether the step for it says what to enter (Group::candidates).
bool asks_for_candidates(const Reason& why);

// What to do, with the names: the step, and where a policy has to be set, the way to it.
std::string action_sentence(const Group& group);

// "02:10 UTC", with the date if it is not that of `now`.
std::string short_time_text(SystemTime time, SystemTime now);

}  // namespace cal::session_host_licensing
