// What to do about a file that does not exist or cannot be used. Pure.
#pragma once

#include "probes/inventory/fault.h"

#include <string>
#include <string_view>

namespace cal {

// "Correct line 3 of /srv/history.csv on the agent's host (dc1), or export it again." `option` is
// the key that names the file, and `host` the agent's.
std::string step_for_file(const inventory::FileFault& fault, std::string_view option,
                          std::string_view host);

// "if it has another name or folder there, correct `history_file` in …"
std::string correct_option_text(std::string_view option);

}  // namespace cal
