// What to do about a file that does not exist or cannot be used, and how it is named. Pure.
#pragma once

#include "probes/inventory/fault.h"

#include <string>
#include <string_view>

namespace cal {

// "Correct line 3 of /srv/history.csv on the agent's host (dc1), or export it again." `option` is
// the key that names the file, and `host` the agent's.
std::string step_for_file(const inventory::FileFault& fault, std::string_view option,
                          std::string_view host);

// "the agent's host (dc1)". Empty: its name is not known.
std::string agents_host(std::string_view host);

// As a word of a POSIX shell: '/srv/history.csv'.
std::string shell_word(std::string_view text);

// "if it has another name or folder there, correct `history_file` in …"
std::string correct_option_text(std::string_view option);

}  // namespace cal
