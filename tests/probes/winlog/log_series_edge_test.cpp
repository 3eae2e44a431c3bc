#include "probes/events/json_event.h"
#include "probes/winlog/json_log.h"
#include "probes/winlog/log_series.h"
#include "tests/catch.h"
#include "tests/fakes/scratch_folder.h"
#include "tests/probes/winlog/sample_events.h"

#include <algorithm>

using namespace cal;
using namespace cal::winlog;
using namespace cal::winlog::samples;

namespace {

std::string line(std::uint64_t record_id) {
  return json_event(event(ebs, 4, record_id, ten_o_clock + std::chrono::seconds(record_id))) + "\n";
}

struct Ids : EventSink {
  std::vector<std::uint64_t> ids;

  void event(const Event& event) override { ids.push_back(event.record_id); }
  void others(std::uint64_t, std::uint64_t) override {}
  void unparsed(std::uint64_t, Origin) override {}
  void start_over() override {}
};

struct Follower {
  fakes::ScratchFolder folder;
  std::string name = "events";
  FilePosition position;

  std::vector<std::uint64_t> read(Deadline deadline = Deadline(SteadyTime::max())) {
    Ids found;
    REQUIRE(follow_json_log(folder / name, position, found, deadline));
    return found.ids;
  }
};

using List = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("a series is followed from one file to the next", "[winlog][series]") {
  Follower log;
  log.name = GENERATE("events", "events-*.ndjson", "event?-2026*");
  log.folder.write("events-20261124.ndjson", line(1) + line(2));
  CHECK(log.read() == List{1, 2});
  CHECK(log.read().empty());
  // A start of the shipper: the old file got a last line, without a line end.
  log.folder.append("events-20261124.ndjson", line(3).substr(0, line(3).size() - 1));
  log.folder.write("events-20261124-1.ndjson", line(4));
  CHECK(log.read() == List{3, 4});
  // Several files between two runs; the tenth comes after the second.
  log.folder.append("events-20261124-1.ndjson", line(5));
  log.folder.write("events-20261124-2.ndjson", line(6));
  log.folder.write("events-20261124-10.ndjson", line(7));
  log.folder.write("events-20261125.ndjson", "");
  CHECK(log.read() == List{5, 6, 7});
  log.folder.append("events-20261125.ndjson", line(8));
  CHECK(log.read() == List{8});
  // The oldest files are removed, that of the position, too.
  for (const auto* gone : {"events-20261124.ndjson", "events-20261124-1.ndjson",
                           "events-20261124-2.ndjson", "events-20261124-10.ndjson"}) {
    std::filesystem::remove(log.folder / gone);
  }
  CHECK(log.read().empty());
  std::filesystem::remove(log.folder / "events-20261125.ndjson");
  log.folder.write("events-20261126.ndjson", line(9));
  CHECK(log.read() == List{9});
}

TEST_CASE("after the deadline the next run continues in the series", "[winlog][series]") {
  Follower log;
  std::string many;
  for (std::uint64_t id = 1; id <= 1000; ++id) many += line(id);
  log.folder.write("events-20261124.ndjson", many);
  log.folder.write("events-20261124-1.ndjson", line(1001));
  List all;
  for (int run = 0; run < 20; ++run) {
    for (const auto id : log.read(Deadline(SteadyTime::min()))) all.push_back(id);
  }
  CHECK(all.size() == 1001);
  CHECK(std::ranges::is_sorted(all));
}

TEST_CASE("only files of the series are followed", "[winlog][series]") {
  fakes::ScratchFolder folder;
  for (const auto* other : {"events-20261124.ndjson.tmp", "events-2026.ndjson", "events.ndjson",
                            "my-events-20261124.ndjson", "events-20261124-.ndjson",
                            "events-20261124-x.ndjson", "events-20261124.json"}) {
    folder.write(other, "x");
  }
  CHECK(log_series(folder / "events").empty());
  folder.write("events-20261124.ndjson", "x");
  CHECK(log_series(folder / "events").size() == 1);
  SECTION("unless a file has that very name") {
    folder.write("events", "x");
    CHECK(log_series(folder / "events").empty());
  }
  CHECK(log_series(folder / "no/events").empty());
}

TEST_CASE("numbers in names count by their value", "[winlog][series]") {
  CHECK(comes_before("e-20261124", "e-20261124-1"));
  CHECK(comes_before("e-20261124-2", "e-20261124-10"));
  CHECK(comes_before("e-20261124-10", "e-20261125"));
  CHECK_FALSE(comes_before("e-1", "e-01"));
  CHECK_FALSE(comes_before("e", "e"));
}
