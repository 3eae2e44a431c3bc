// The data of an event as XML (MS-EVEN6 2.2.13), as Grafana Alloy passes them on: elements without
// a root. Pure.
#pragma once

#include "probes/events/event.h"

#include <string_view>
#include <vector>

namespace cal::winlog {

// The Data elements, with their names, in their order: `<Data Name="x">1</Data><Data>2</Data>`.
// Of XML that is not well-formed, those before the error. There is no DTD, so no entity but the
// five of XML itself is expanded.
std::vector<EventDatum> data_of_xml(std::string_view xml);

// The same for UserData, whose elements have their names:
// `<EventXML><param1>1</param1></EventXML>`. The outer element and every other one that holds
// elements is no datum.
std::vector<EventDatum> user_data_of_xml(std::string_view xml);

}  // namespace cal::winlog
