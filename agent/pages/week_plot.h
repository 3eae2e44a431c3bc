// A bar for each week, as inline SVG: no script, nothing from another host. Pure.
#pragma once

#include "agent/contract/license_outlook.h"
#include "agent/pages/html.h"

namespace cal {

// The issued licenses that end in each week, and a mark for each pack that ends. Empty if nothing
// is known.
Html week_plot(const LicenseOutlook& outlook, std::string_view id);

}  // namespace cal
