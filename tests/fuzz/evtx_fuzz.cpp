// Event log files: whatever the bytes, reading ends, and what is read is bounded and valid UTF-8.
#include "probes/evtx/event_log.h"
#include "probes/winlog/event_fields.h"
#include "tests/fuzz/event_property.h"

#include <cstdint>
#include <sstream>

using namespace cal;
using cal::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::istringstream file(std::string(data, data + size));
  const auto report = evtx::read_log(file, [](const evtx::Record& record) {
    winlog::EventFields fields({});
    try {
      evtx::decode_binary_xml(record.chunk, record.begin, record.end, fields);
      if (const auto event = fields.take()) fuzz::check_event(*event);
    } catch (const evtx::Damaged& damaged) {
      require(*damaged.what() != '\0', "damage has a text");
    }
  });
  require(report || !report.error().empty(), "a refusal has a text");
  return 0;
}
