// Arbitrary events: decoded, and added to a ledger. The input, per event: a byte for provider and
// ID, a byte for the record ID, a byte for the time, a byte for the length of the text that
// follows, which is datum and message.
#include "probes/winlog/error_code.h"
#include "probes/winlog/ledger.h"
#include "probes/winlog/ledger_text.h"
#include "tests/fuzz/property.h"

#include <algorithm>
#include <chrono>
#include <string>

using namespace cal;
using namespace cal::winlog;
using cal::fuzz::require;

namespace {

constexpr SystemTime start{std::chrono::seconds{1'000'000'000}};
constexpr std::uint32_t ids[] = {3, 4, 5, 9, 11, 12, 17, 21, 22, 39, 44, 56, 76, 1069, 4105};

Event event_of(std::span<const std::uint8_t, 4> head, std::string text) {
  const auto providers = licensing_providers();
  Event event;
  event.provider = providers[head[0] / std::size(ids) % providers.size()];
  event.id = ids[head[0] % std::size(ids)];
  event.record_id = head[1];
  event.channel = event.provider + (head[3] % 2 == 0 ? "/Operational" : "");
  event.time = start + std::chrono::seconds(head[2]);
  event.data_in_order = head[3] % 3 != 0;
  event.data = {{"", text}};
  event.message = std::move(text);
  return event;
}

void check_decoding(const Event& event) {
  const auto decoded = decode(event);
  if (!decoded) {
    require(!is_all_licensing(*source_of(event.provider)), "licensing events are decoded");
    return;
  }
  require(!decoded->meaning.empty(), "every event has a meaning");
  if (decoded->strength == Strength::certain) {
    require(decoded->code && is_documented(*decoded->code), "only documented codes are certain");
  }
  if (decoded->code) {
    const auto shown = error_code_text(*decoded->code);
    require(parse_error_code(shown.substr(0, 10)) == decoded->code,
            "a code is what is shown of it");
  }
}

std::uint64_t total(const Ledger& ledger) {
  std::uint64_t sum = 0;
  for (const auto& [key, count] : ledger.book().counts) sum += count;
  return sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto now = start + std::chrono::seconds(200);
  Ledger ledger;
  const auto series = with_known_events({}).size();
  std::uint64_t fresh = 0;
  std::span<const std::uint8_t> rest(data, size);
  while (rest.size() >= 4) {
    const auto head = rest.first<4>();
    rest = rest.subspan(4);
    const auto length = std::min<std::size_t>(head[3], rest.size());
    const auto event = event_of(
        head, std::string(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(length)));
    rest = rest.subspan(length);

    check_decoding(event);
    if (ledger.add(event, now)) ++fresh;
    require(!ledger.add(event, now), "an event is new once");
  }
  const auto& book = ledger.book();
  require(total(ledger) == fresh, "a new event is counted once");
  require(with_known_events(book.counts).size() == series, "no log creates new series");
  for (const auto& failure : book.failures) {
    require(failure.at <= now, "no failure is in the future");
    require(failure.first_at <= failure.at && failure.count > 0,
            "counted failures have a first time");
    require(
        failure.source != Source::ebs_cal || !book.last_success || failure.at >= *book.last_success,
        "a success clears the failures of its source");
  }
  if (size % 16 != 0) return 0;  // slow, and rarely something new
  // Invalid UTF-8 is replaced in the text; the parsers of events accept none.
  const auto text = ledger_text(book);
  const auto again = parse_ledger(text);
  require(again && ledger_text(*again) == text, "a ledger is unchanged after writing and reading");
  return 0;
}
