// An event from the layouts that nest its fields: Winlogbeat, OpenTelemetry's windowseventlog
// receiver, Wazuh, and the event's XML as JSON (evtx_dump and others). Pure.
#pragma once

#include "probes/events/json_values.h"

namespace cal::winlog {

// Each of them: null if the line has another layout, otherwise the part that is the event.
const Json* otel_part(const Json& line);
const Json* wazuh_part(const Json& line);
const Json* xml_part(const Json& line);

// False if a required field is missing. A line of Winlogbeat has a member `winlog`.
bool read_winlogbeat(const Json& line, Event& event);
bool read_otel(const Json& body, Event& event);
bool read_wazuh(const Json& win, Event& event);
bool read_xml_as_json(const Json& element, Event& event);

}  // namespace cal::winlog
