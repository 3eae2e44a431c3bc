// How what changed on session hosts and license servers is put back. Pure.
#pragma once

#include "probes/session_host_licensing/changes.h"

#include <string>
#include <vector>

namespace cal::session_host_licensing {

struct WayBack {
  std::string text;                // "set the licensing mode of RDSH1 to per user again; …"
  std::vector<std::string> notes;  // what to know beside that
};

// Of what can be put back, but for `settled`, which other steps put back. No text: nothing.
WayBack way_back(const Changes& changes, const std::vector<Change>& settled);

// "RDSH1 left contoso.test: if that was not meant, let it join again." Empty: none of these hosts
// left a domain.
std::string left_domain_sentence(const Changes& changes);

}  // namespace cal::session_host_licensing
