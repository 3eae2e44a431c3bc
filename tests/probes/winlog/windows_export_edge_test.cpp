// The event lines of config/windows, in each encoding that PowerShell 5.1 and 7 write.
#include "probes/winlog/json_log.h"
#include "tests/catch.h"
#include "tests/fakes/source_tree.h"
#include "tests/probes/winlog/sample_events.h"

using namespace cal;
using namespace cal::winlog;

namespace {

struct Collector : EventSink {
  std::vector<Event> events;
  std::uint64_t unread = 0;

  void event(const Event& event) override { events.push_back(event); }
  void others(std::uint64_t, std::uint64_t) override {}
  void unparsed(std::uint64_t count, Origin) override { unread += count; }
  void start_over() override {}
};

}  // namespace

TEST_CASE("the Windows task's lines are read in every encoding of PowerShell", "[winlog]") {
  const auto* name =
      GENERATE("windows_5.1_utf8_bom.jsonl", "windows_5.1_utf16le.jsonl", "windows_7_utf8.jsonl");
  INFO(name);
  Collector found;
  FilePosition position;
  const auto state = follow_json_log(cal::fakes::source_tree() / "tests/data/events" / name,
                                     position, found, Deadline(SteadyTime::max()));
  REQUIRE(state);
  CHECK(found.unread == 0);
  REQUIRE(found.events.size() == 3);
  const auto& failed = found.events[0];
  CHECK(failed.provider == samples::ebs);
  CHECK(failed.id == 5);
  CHECK(failed.record_id == 41);
  CHECK(failed.computer == "SRV1.ebs.example.com");
  REQUIRE(failed.data.size() == 2);
  CHECK(failed.data[0].value == "0xcfff1208");
  CHECK(failed.data[1].value == "Das CAL-Paket ist <bereits> installiert & \"aktiv\".");
  CHECK(failed.message.find("für Müller's") != std::string::npos);
  CHECK(std::chrono::floor<std::chrono::seconds>(failed.time) ==
        SystemTime(std::chrono::sys_days(std::chrono::year(2026) / 11 / 24) +
                   std::chrono::hours(9) + std::chrono::minutes(58)));
  CHECK(found.events[1].id == 12);
  CHECK(found.events[2].id == 4);
}
