// The frame around every page: head, navigation, the place of the banner, and the time.
#pragma once

#include "agent/base/clock.h"
#include "agent/pages/html.h"
#include "agent/pages/link.h"

#include <string>
#include <string_view>

namespace cal {

// A whole page, ready to be sent.
std::string page(const Links& links, std::string_view title, const Html& body, SystemTime now);

}  // namespace cal
