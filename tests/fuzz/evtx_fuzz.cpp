// Event log files: whatever the bytes, reading ends, and what is read is bounded and valid UTF-8.
#include "agent/base/utf.h"
#include "probes/evtx/event_log.h"
#include "probes/winlog/event_fields.h"
#include "tests/fuzz/property.h"

#include <cstdint>
#include <sstream>

using namespace cal;
using cal::fuzz::require;

namespace {

void check_text(const std::string& text) {
  require(text.size() <= winlog::longest_text, "a text is bounded");
  require(!first_not_utf8(text), "a text is valid UTF-8");
}

void check(const winlog::Event& event) {
  require(event.data.size() <= winlog::max_data, "data are bounded");
  for (const auto& [name, value] : event.data) {
    check_text(name);
    check_text(value);
  }
  for (const auto& text :
       {event.provider, event.computer, event.channel, event.user, event.message}) {
    check_text(text);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::istringstream file(std::string(data, data + size));
  const auto report = evtx::read_log(file, [](const evtx::Record& record) {
    winlog::EventFields fields({});
    try {
      evtx::decode_binary_xml(record.chunk, record.begin, record.end, fields);
      if (const auto event = fields.take()) check(*event);
    } catch (const evtx::Damaged& damaged) {
      require(*damaged.what() != '\0', "damage has a text");
    }
  });
  require(report || !report.error().empty(), "a refusal has a text");
  return 0;
}
