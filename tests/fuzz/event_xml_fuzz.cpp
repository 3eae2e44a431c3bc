// The data of an event from XML that others wrote: bounded and valid, whatever the text.
#include "agent/base/text.h"
#include "probes/events/event_xml.h"
#include "tests/fuzz/property.h"

#include <string>

using namespace cal::winlog;
using cal::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string xml(data, data + size);
  for (const auto& found : {data_of_xml(xml), user_data_of_xml(xml)}) {
    require(found.size() <= max_data, "data are bounded");
    for (const auto& [name, value] : found) {
      for (const auto& text : {name, value}) {
        require(text.size() <= longest_text, "texts are bounded");
        require(cal::valid_utf8(text) == text, "texts are valid UTF-8");
      }
    }
  }
  return 0;
}
