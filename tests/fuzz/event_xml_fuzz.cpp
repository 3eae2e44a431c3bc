// The data of an event from XML that others wrote: bounded and valid, whatever the text.
#include "probes/events/event_xml.h"
#include "tests/fuzz/event_property.h"

#include <string>

using namespace cal::winlog;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string xml(data, data + size);
  for (const auto& found : {data_of_xml(xml), user_data_of_xml(xml)}) cal::fuzz::check_data(found);
  return 0;
}
