// What the number means that a session host got for a license server (MicrosoftDocs/win32,
// TermServ: gettstolsconnectivitystatus-win32-terminalservicesetting.md). Pure.
#pragma once

#include "probes/farm/session_host.h"

#include <string>

namespace cal::farm {

enum class Reach {
  valid,         // 1, 2, 9, 11: the server answered and serves this host
  answers,       // 8: it answered, but the caller does not administer it, as SYSTEM of a host
  lower,         // 4: its version cannot serve this host
  not_in_group,  // 5: it serves only hosts of a group, and this one is not in it
  unsuitable,    // 3, 10: a beta and a released version, or a feature that it lacks
  failed,        // 6, or no status and TCP 135 is closed: it could not be reached
  unknown,       // 0, 7, others, none; and all that were not asked on the host itself
};

// A status that another computer asked for says nothing: the second hop has no credentials. Nor
// does one of which it is not known who asked.
Reach reach_of(const Contact& contact, Collected collected);

std::string status_text(const Contact& contact);  // "status 8 (answers)", "no status: error"

}  // namespace cal::farm
