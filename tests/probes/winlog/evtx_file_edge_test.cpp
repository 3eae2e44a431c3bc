// Whole .evtx files: those of tests/data/evtx, and what is cut off or overwritten in them.
#include "probes/events/event_time.h"
#include "probes/winlog/evtx_file.h"
#include "tests/catch.h"
#include "tests/fakes/source_tree.h"
#include "tests/fakes/temporary_file.h"

#include <fstream>
#include <sstream>

using namespace cal::winlog;

namespace {

const auto folder = cal::fakes::source_tree() / "tests/data/evtx";

std::string content_of(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream(folder / name, std::ios::binary).rdbuf();
  return text.str();
}

struct Read {
  std::vector<Event> events;
  EvtxReport report;
  std::string error;
};

Read read(const std::filesystem::path& file, std::vector<std::string_view> providers = {}) {
  Read read;
  auto report = read_evtx(file, {.providers = providers},
                          [&](const Event& event) { read.events.push_back(event); });
  if (report) {
    read.report = *report;
  } else {
    read.error = report.error();
  }
  return read;
}

Read read_content(const std::string& content) {
  const cal::fakes::TemporaryFile file(content);
  return read(file.path());
}

std::string time_of(const Event& event) { return event_time_text(event.time).substr(0, 19); }

}  // namespace

TEST_CASE("an exported log has the times of its events, not of its record headers", "[evtx]") {
  const auto both = read(folder / "ok_then_fail_exported.evtx");
  REQUIRE(both.events.size() == 2);
  CHECK(both.report.unparsed == 0);
  CHECK_FALSE(both.report.damaged);
  CHECK(both.events[0].id == 4);
  CHECK(time_of(both.events[0]) == "2026-11-16T09:00:00");
  CHECK(both.events[1].id == 5);
  CHECK(time_of(both.events[1]) == "2026-11-25T09:00:00");
  CHECK(both.events[1].data[0] == EventDatum{"param1", "0xcfff1208"});
  const auto one = read(folder / "one_exported.evtx");
  REQUIRE(one.events.size() == 1);
  CHECK(time_of(one.events[0]) == "2026-11-25T09:00:00");
}

TEST_CASE("records without templates are read", "[evtx]") {
  const auto forwarded = read(folder / "forwarded_1069.evtx");
  REQUIRE(forwarded.events.size() == 11);
  CHECK(forwarded.report.unparsed == 0);
  CHECK(forwarded.events[0].id == 1069);
  CHECK(forwarded.events[0].record_id == 6433);
  CHECK(forwarded.events[0].computer == "rootdc1.offsec.lan");
  CHECK(forwarded.events[0].data[2] == EventDatum{"Param3", "10.23.123.11"});
}

TEST_CASE("data of UserData come by name and position", "[evtx]") {
  const auto log = read(folder / "4105_userdata.evtx");
  REQUIRE(log.events.size() == 4);
  const std::vector<EventDatum> expected{
      {"param1", "alice"}, {"param2", "CORP"}, {"param3", "0x80070005"}};
  CHECK(log.events[0].data == expected);
  CHECK(log.events[0].data_in_order);
}

TEST_CASE("events of other providers are passed over", "[evtx]") {
  CHECK(read(folder / "forwarded_1069.evtx", {"Other"}).events.empty());
  CHECK(read(folder / "forwarded_1069.evtx", {"Other"}).report.unparsed == 0);
}

TEST_CASE("what is missing or overwritten is damage, and the rest is read", "[evtx]") {
  const auto whole = content_of("4105_userdata.evtx");
  SECTION("a record's mark") {
    auto content = whole;
    content[4096 + 512] = 'x';
    const auto log = read_content(content);
    CHECK(log.events.size() == 3);
    CHECK(log.report.unparsed == 1);
    CHECK(log.report.damaged);
  }
  SECTION("a record's content") {
    auto content = whole;
    content.replace(4096 + 512 + 24, 8, 8, '\xff');
    const auto log = read_content(content);
    CHECK(log.events.size() == 3);
    CHECK(log.report.unparsed == 1);
  }
  SECTION("the chunk's mark") {
    auto content = whole;
    content[4096] = 'x';
    const auto log = read_content(content);
    CHECK(log.events.empty());
    CHECK(log.report.damaged);
  }
  SECTION("the file's end") {
    for (const auto size : {4096UL, 4096UL + 300, 4096UL + 512 + 100, 4096UL + 2'000}) {
      const auto log = read_content(whole.substr(0, size));
      CHECK(log.report.damaged);
      CHECK(log.events.size() < 4);
    }
  }
}

TEST_CASE("what is not an event log says so", "[evtx]") {
  CHECK(read_content("").error == "the file is empty");
  CHECK(read_content("not a log").error ==
        "this is not an event log: it does not begin with ElfFile");
  CHECK(read_content(content_of("4105_userdata.evtx").substr(0, 100)).error ==
        "the file's header is cut off");
  CHECK(read("/nowhere/x.evtx").error == "No such file or directory");
}
