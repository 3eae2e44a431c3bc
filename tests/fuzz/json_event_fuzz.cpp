// A line of JSON as an event: an accepted event is bounded and valid, and keeps its parts through
// our own format.
#include "agent/base/text.h"
#include "probes/events/json_event.h"
#include "tests/fuzz/property.h"

#include <string>

using namespace cal::winlog;
using cal::fuzz::require;

namespace {

void check_text(const std::string& text) {
  require(text.size() <= longest_text, "texts are bounded");
  require(cal::valid_utf8(text) == text, "texts are valid UTF-8");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto event = parse_json_event(std::string(data, data + size));
  if (!event) return 0;
  require(!event->provider.empty(), "an event has a provider");
  for (const auto* text :
       {&event->provider, &event->computer, &event->channel, &event->user, &event->message}) {
    check_text(*text);
  }
  require(event->data.size() <= max_data, "data is bounded");
  for (const auto& datum : event->data) {
    check_text(datum.name);
    check_text(datum.value);
  }
  require(parse_json_event(json_event(*event)) == event,
          "an event is unchanged after writing and reading");
  return 0;
}
