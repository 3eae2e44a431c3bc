// The little that is read from the XML of an event (MS-EVEN6 2.2.13). No XML parser: the text was
// made by a program from one template, and whatever else it may be, reading it is safe. Pure.
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

// Of the first element of this name: its text, or the value of one of its attributes. Empty when
// there is none.
std::string element_text(std::string_view xml, std::string_view element);
std::string attribute_text(std::string_view xml, std::string_view element,
                           std::string_view attribute);

}  // namespace cal::winlog
