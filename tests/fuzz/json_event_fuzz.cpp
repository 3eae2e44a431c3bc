// A line of JSON as events: an accepted event is bounded and valid, and keeps its parts through our
// own format. What a line is that is not accepted is said in a short, valid text.
#include "agent/base/text.h"
#include "probes/events/json_event.h"
#include "probes/events/layout_hint.h"
#include "tests/fuzz/property.h"

#include <string>

using namespace cal::winlog;
using cal::fuzz::require;

namespace {

void check_text(const std::string& text) {
  require(text.size() <= longest_text, "texts are bounded");
  require(cal::valid_utf8(text) == text, "texts are valid UTF-8");
}

void check(const Event& event) {
  require(!event.provider.empty(), "an event has a provider");
  for (const auto* text :
       {&event.provider, &event.computer, &event.channel, &event.user, &event.message}) {
    check_text(*text);
  }
  require(event.data.size() <= max_data, "data is bounded");
  for (const auto& datum : event.data) {
    check_text(datum.name);
    check_text(datum.value);
  }
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
  check_text(hint);
  return 0;
}
