// A line of JSON as events: an accepted event is bounded and valid, and keeps its parts through our
// own format. Why a line is not accepted is shown in a short, valid text.
#include "probes/events/json_event.h"
#include "probes/events/layout_hint.h"
#include "tests/fuzz/event_property.h"

#include <string>

using namespace cal::winlog;
using cal::fuzz::require;

namespace {

void check(const Event& event) {
  require(!event.provider.empty(), "an event has a provider");
  cal::fuzz::check_event(event);
  require(parse_json_event(json_event(event)) == event,
          "an event is unchanged after writing and reading");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string line(data, data + size);
  const auto found = parse_json_line(line);
  for (const auto& event : found.events) check(event);
  const auto hint = layout_hint(line);
  require(!hint.empty() && hint.size() < 512, "a hint is short");
  cal::fuzz::check_text(hint);
  return 0;
}
