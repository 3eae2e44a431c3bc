// Many networks on the status page: how many there are of each answer, and the networks in groups
// that share one, the worst first. Works without a script. Pure.
#pragma once

#include "agent/pages/html.h"
#include "agent/pages/network_section.h"

#include <string>
#include <string_view>
#include <vector>

namespace cal {

// "ebs: likely cause", "500 networks: 1 certain cause, 2 possible cause, 497 no cause found"
std::string headline(const std::vector<NetworkRows>& networks);

// A link for each cause with the number of its networks.
Html cause_filters(const Links& links, const std::vector<NetworkRows>& networks);

// Links to these networks.
Html network_list(const Links& links, const std::vector<std::string>& networks);

// Networks with the same sentence are one group, which says it once and unfolds their names.
Html network_groups(const Links& links, const std::vector<const NetworkRows*>& networks);

}  // namespace cal
