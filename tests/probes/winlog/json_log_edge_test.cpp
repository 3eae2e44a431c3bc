#include "probes/events/json_event.h"
#include "probes/winlog/json_log.h"
#include "probes/winlog/line_splitter.h"
#include "tests/catch.h"
#include "tests/fakes/scratch_folder.h"
#include "tests/probes/winlog/sample_events.h"

#include <sys/stat.h>

using namespace cal;
using namespace cal::winlog;
using namespace cal::winlog::samples;
using fakes::ScratchFolder;

namespace {

std::string line(std::uint64_t record_id) {
  return json_event(event(ebs, 4, record_id, ten_o_clock + std::chrono::seconds(record_id))) + "\n";
}

std::string lines(std::uint64_t first, std::uint64_t last) {
  std::string text;
  for (auto id = first; id <= last; ++id) text += line(id);
  return text;
}

struct Collector : EventSink {
  std::vector<std::uint64_t> ids;
  std::uint64_t unread = 0;
  int starts = 0;

  void event(const Event& event) override { ids.push_back(event.record_id); }
  void others(std::uint64_t, std::uint64_t) override {}
  void unparsed(std::uint64_t count, Origin) override { unread += count; }
  void start_over() override { ++starts; }
};

using Ids = std::vector<std::uint64_t>;

// A log that is followed, run by run.
struct Follower {
  ScratchFolder folder;
  FilePosition position;
  Collector last;

  // The IDs that one run reads.
  Ids read(Deadline deadline = Deadline(SteadyTime::max())) {
    Collector collector;
    const auto state = follow_json_log(folder / "log", position, collector, deadline);
    REQUIRE(state);
    last.unread = collector.unread;
    last.starts = collector.starts;
    whole = state->whole;
    return collector.ids;
  }
  bool whole = false;
};

}  // namespace

TEST_CASE("a log is read once, and then only its new lines", "[winlog][follow]") {
  Follower log;
  log.folder.write("log", lines(1, 3));
  CHECK(log.read() == Ids{1, 2, 3});
  CHECK(log.last.starts == 1);
  CHECK(log.read().empty());
  log.folder.append("log", lines(4, 5));
  CHECK(log.read() == Ids{4, 5});
  CHECK(log.last.starts == 0);
}

TEST_CASE("a line that is being written is read when it is complete", "[winlog][follow]") {
  Follower log;
  const auto half = line(2).substr(0, 20);
  log.folder.write("log", line(1) + half);
  CHECK(log.read() == Ids{1});
  CHECK(log.read().empty());
  CHECK(log.last.unread == 0);
  log.folder.append("log", line(2).substr(20) + line(3));
  CHECK(log.read() == Ids{2, 3});
}

TEST_CASE("a last line without a line end is read if it is complete", "[winlog][follow]") {
  Follower log;
  log.folder.write("log", line(1).substr(0, line(1).size() - 1));
  CHECK(log.read() == Ids{1});
  log.folder.append("log", "\n" + line(2));
  CHECK(log.read() == Ids{2});
}

TEST_CASE("a rotated log is read to its end first", "[winlog][follow]") {
  Follower log;
  log.folder.write("log", lines(1, 2));
  log.read();
  log.folder.append("log", line(3) + line(4).substr(0, 20));
  std::filesystem::rename(log.folder / "log", log.folder / "log.1");
  log.folder.write("log", lines(5, 6));
  CHECK(log.read() == Ids{3, 5, 6});
  CHECK(log.last.unread == 1);  // the incomplete line, which will not be completed
  CHECK(log.read().empty());
}

TEST_CASE("a truncated log is read from its start", "[winlog][follow]") {
  Follower log;
  log.folder.write("log", lines(1, 3));
  log.read();
  log.folder.write("log", lines(4, 4));
  CHECK(log.read() == Ids{4});
  CHECK(log.last.starts == 1);
}

TEST_CASE("a truncated log that grew past the old position is read from its start",
          "[winlog][follow]") {
  Follower log;
  log.folder.write("log", lines(1, 3));
  log.read();
  log.folder.write("log", lines(4, 20));
  CHECK(log.read().size() == 17);
}

TEST_CASE("a log that was replaced by its copy is read again from its start", "[winlog][follow]") {
  Follower log;
  log.folder.write("log", lines(1, 3));
  log.read();
  std::filesystem::copy_file(log.folder / "log", log.folder / "copy");
  std::filesystem::rename(log.folder / "copy", log.folder / "log");
  CHECK(log.read() == Ids{1, 2, 3});
}

TEST_CASE("lines that are not events are counted, and the others are read", "[winlog][follow]") {
  Follower log;
  log.folder.write("log", "garbage\n" + line(1) + "{\n\n" +
                              std::string(LineSplitter::longest_line + 1, 'x') + "\n" + line(2));
  CHECK(log.read() == Ids{1, 2});
  CHECK(log.last.unread == 3);
}

TEST_CASE("a log in UTF-16 is also followed", "[winlog][follow]") {
  const auto utf16 = [](const std::string& ascii) {
    std::string wide;
    for (const char c : ascii) wide += {c, '\0'};
    return wide;
  };
  Follower log;
  log.folder.write("log", "\xFF\xFE" + utf16(lines(1, 2) + "{"));
  CHECK(log.read() == Ids{1, 2});
  log.folder.write("log", "\xFF\xFE" + utf16(lines(1, 3)));
  CHECK(log.read() == Ids{3});
}

TEST_CASE("after the deadline the next run continues", "[winlog][follow]") {
  Follower log;
  log.folder.write("log", lines(1, 2000));
  Ids all;
  int runs = 0;
  do {
    const auto some = log.read(Deadline(SteadyTime::min()));
    all.insert(all.end(), some.begin(), some.end());
    ++runs;
  } while (!log.whole && runs < 1000);
  CHECK(runs > 2);
  REQUIRE(all.size() == 2000);
  CHECK(all.back() == 2000);
}

TEST_CASE("the fault of an unreadable path says why", "[winlog][follow]") {
  const ScratchFolder folder;
  FilePosition position;
  Collector sink;
  const auto fault = [&](const char* name) {
    const auto read = follow_json_log(folder / name, position, sink, Deadline(SteadyTime::max()));
    REQUIRE_FALSE(read);
    return read.error();
  };
  CHECK(fault("none").missing);
  CHECK(fault("none").text.ends_with("none: No such file or directory"));
  CHECK_FALSE(fault(".").missing);
  CHECK(fault(".").text.ends_with("it is a folder, not a file"));
  REQUIRE(mkfifo((folder / "fifo").c_str(), 0600) == 0);
  CHECK(fault("fifo").text.ends_with("it is not a regular file"));
  CHECK(fault("/proc/self/mem").text == "read /proc/self/mem: read: Input/output error");
  folder.write("sparse", "");
  std::filesystem::resize_file(folder / "sparse", std::uintmax_t{1} << 40U);
  CHECK(fault("sparse").text.ends_with("64 MiB without a line end: these are not lines of JSON"));
}

TEST_CASE("of a log that is closed, the last line counts without a line end", "[winlog][follow]") {
  const ScratchFolder folder;
  folder.write("log", R"({"not whole)");
  for (const auto log_end : {LogEnd::open, LogEnd::closed}) {
    FilePosition position;
    Collector sink;
    REQUIRE(follow_json_log(folder / "log", position, sink, Deadline(SteadyTime::max()), log_end));
    CHECK(sink.unread == (log_end == LogEnd::closed ? 1 : 0));
  }
}
