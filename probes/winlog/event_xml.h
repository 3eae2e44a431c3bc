// Reads the few parts that are needed of an event's XML (MS-EVEN6 2.2.13). This is not an XML
// parser: a program wrote the text from one template. Any other text is safe to read. Pure.
#pragma once

#include "probes/winlog/event.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cal::winlog {

// Valid UTF-8 of at most longest_text bytes.
std::string bounded_text(std::string_view text);

// The Data elements, with their names, in their order: `<Data Name="x">1</Data><Data>2</Data>`.
std::vector<EventDatum> data_of_xml(std::string_view xml);

// The text of the first element with this name, or the value of one of its attributes. Empty if
// there is none.
std::string element_text(std::string_view xml, std::string_view element);
std::string attribute_text(std::string_view xml, std::string_view element,
                           std::string_view attribute);

}  // namespace cal::winlog
