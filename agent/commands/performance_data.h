// Performance data of a monitoring plugin, 'label'=value[UOM];[warn];[crit];[min];[max], of one
// run: licenses, days until something ends, the age of the data, and how long the probes took.
// Pure. https://www.monitoring-plugins.org/doc/guidelines.html#AEN201
#pragma once

#include "agent/run/board.h"

#include <string>

namespace cal {

// Separated by spaces. A fact that is unknown is left out. A threshold is a range: "7" warns above
// 7 or below 0, "14:" below 14.
std::string performance_data(const Rows& rows, SystemTime now);

}  // namespace cal
