#include "probes/winlog/child_process.h"
#include "probes/winlog/evtx_log.h"
#include "tests/catch.h"
#include "tests/fakes/scratch_folder.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>

using namespace cal;
using namespace cal::winlog;
using namespace std::chrono_literals;
using fakes::ScratchFolder;

namespace {

Deadline patient() { return Deadline::in(60s); }

// A script that is run as the child; its standard input is a file with the word "input".
struct Script {
  ScratchFolder folder;
  std::optional<LogFile> input;

  explicit Script(const std::string& text) {
    folder.write("script", "#!/bin/sh\n" + text);
    std::filesystem::permissions(folder / "script", std::filesystem::perms::owner_all);
    folder.write("input", "input");
    input.emplace(*LogFile::open(folder / "input"));
  }
  std::string path() const { return folder / "script"; }
};

struct Ignore : EventSink {
  void event(const Event&) override {}
  void others(std::uint64_t, std::uint64_t) override {}
  void unparsed(std::uint64_t, Origin) override {}
  void start_over() override {}
};

}  // namespace

TEST_CASE("a child reads its input and all of its output is read", "[winlog][child]") {
  const Script script("echo \"$1\"; cat; exit 3");
  ChildProcess child(script.path(), "word", script.input->descriptor());
  std::string said;
  CHECK(child.read_all(patient(), [&](std::string_view bytes) { said += bytes; }));
  CHECK(said == "word\ninput");
  CHECK(child.wait() == "exit code 3");
}

TEST_CASE("a child inherits no descriptors and no environment", "[winlog][child]") {
  const Script script("exec 2>&1; ls /proc/self/fd; env");
  ChildProcess child(script.path(), "word", script.input->descriptor());
  std::string said;
  CHECK(child.read_all(patient(), [&](std::string_view bytes) { said += bytes; }));
  CHECK(said.starts_with("0\n1\n2\n3\n"));  // 3 is the folder that ls reads
  CHECK(said.find("4\n") == said.npos);
  CHECK(said.find("HOME=") == said.npos);
}

TEST_CASE("a child that does not end is killed at the deadline", "[winlog][child]") {
  const Script script("echo $$; exec sleep 1000");
  std::string said;
  {
    ChildProcess child(script.path(), "word", script.input->descriptor());
    while (said.find('\n') == said.npos) {
      CHECK_FALSE(child.read_all(Deadline::in(50ms), [&](auto bytes) { said += bytes; }));
    }
  }
  CHECK(kill(std::stoi(said), 0) == -1);
  CHECK(errno == ESRCH);
}

TEST_CASE("the signal that killed a child is reported", "[winlog][child]") {
  const Script script("kill -KILL $$");
  ChildProcess child(script.path(), "word", script.input->descriptor());
  CHECK(child.read_all(patient(), [](std::string_view) {}));
  CHECK(child.wait() == "killed by signal 9");
}

TEST_CASE("a program that does not exist cannot be started", "[winlog][child]") {
  const Script script("");
  CHECK_THROWS_AS(ChildProcess("/no/such/program", "word", script.input->descriptor()),
                  std::system_error);
}

TEST_CASE("a log is unreadable if its reader crashes or answers in another format",
          "[winlog][child]") {
  struct Row {
    const char* script;
    const char* said;
  };
  const auto row = GENERATE(values<Row>({
      {"kill -SEGV $$", "the reader ended early, killed by signal 11"},
      {"exit 0", "the reader ended early, exit code 0"},
      {"echo nonsense", "the reader ended early, exit code 0"},
      {"echo error no event log", "no event log"},
  }));
  const Script script(row.script);
  FilePosition position;
  Ignore sink;
  const auto read = read_evtx_log(script.folder / "input", position, sink, patient(),
                                  EvtxSelection::licensing, script.path());
  REQUIRE_FALSE(read);
  CHECK(read.error().text.ends_with(row.said));
  CHECK(position == FilePosition{});
}

TEST_CASE("a log that takes too long is partly read, and read again on the next run",
          "[winlog][child]") {
  const Script script("exec sleep 1000");
  FilePosition position;
  Ignore sink;
  const auto read = read_evtx_log(script.folder / "input", position, sink, Deadline::in(50ms),
                                  EvtxSelection::licensing, script.path());
  REQUIRE(read);
  CHECK_FALSE(read->whole);
  CHECK(position == FilePosition{});
}

TEST_CASE("a log that has not changed is not read again", "[winlog][child]") {
  const Script script("echo run >> \"$(dirname \"$0\")/runs\"; echo end 0 0 0 0");
  FilePosition position;
  Ignore sink;
  const auto read = [&] {
    return read_evtx_log(script.folder / "input", position, sink, patient(),
                         EvtxSelection::licensing, script.path());
  };
  CHECK(read());
  CHECK(read());
  CHECK(script.folder.read("runs") == "run\n");
  script.folder.append("input", "more");
  CHECK(read());
  CHECK(script.folder.read("runs") == "run\nrun\n");
}
