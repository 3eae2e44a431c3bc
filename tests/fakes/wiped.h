// Makes the wiped text that the readers of exports require.
#pragma once

#include "probes/inventory/wiped_text.h"

#include <string_view>

namespace cal::fakes {

inline inventory::WipedText wiped(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace cal::fakes
