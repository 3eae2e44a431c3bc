#include "probes/winlog/evtx_log.h"

#include "agent/base/read_log.h"
#include "probes/events/json_event.h"
#include "probes/winlog/child_process.h"
#include "probes/winlog/evtx_file.h"
#include "probes/winlog/licensing_event.h"
#include "probes/winlog/line_splitter.h"
#include "probes/winlog/security_provider.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <new>
#include <optional>

namespace cal::winlog {

namespace {

// The last line of the child: "end OTHERS ELSEWHERE UNPARSED DAMAGED", or "error TEXT".
constexpr std::string_view end_word = "end ";
constexpr std::string_view error_word = "error ";

void limit(__rlimit_resource resource, rlim_t value) {
  const rlimit both{value, value};
  setrlimit(resource, &both);
}

// The address space of the program at its start: mostly libraries.
rlim_t mapped_bytes() {
  rlim_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE));
}

void confine() {
  constexpr rlim_t memory = 64 * 1024 * 1024;  // a log of 90 MB needs 25
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  limit(RLIMIT_AS, mapped_bytes() + memory);
  limit(RLIMIT_CPU, 600);  // the parent kills it at its deadline, long before
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_NOFILE, 8);
}

struct Selection {
  EvtxSelection selection;
  std::string_view argument;
};

constexpr std::array selections{
    Selection{EvtxSelection::licensing, "read-evtx-as-child"},
    Selection{EvtxSelection::security, "read-security-evtx-as-child"},
};

void print_event(const Event& event) { fmt::print("{}\n", json_event(event)); }

tl::expected<EvtxReport, std::string> print_selected(EvtxSelection selection) {
  const std::string file = "/proc/self/fd/0";
  if (selection == EvtxSelection::licensing) {
    return read_evtx(file, {.providers = licensing_providers()}, print_event);
  }
  std::optional<Event> last;
  const auto keep = [&](const Event& other) {
    if (!last) print_event(other);
    last = other;
  };
  auto report = read_evtx(file, {.providers = security_providers(), .ids = directory_change_ids()},
                          print_event, keep);
  if (last) print_event(*last);
  return report;
}

struct ChildEnd {
  EvtxReport report = {};
  std::string error = {};
};

std::optional<ChildEnd> parse_end(std::string_view line) {
  if (line.starts_with(error_word)) {
    return ChildEnd{.error = std::string(line.substr(error_word.size()))};
  }
  if (!line.starts_with(end_word)) return std::nullopt;
  line.remove_prefix(end_word.size());
  ChildEnd end;
  for (auto* count : {&end.report.others, &end.report.elsewhere, &end.report.unparsed}) {
    const auto* const last = line.data() + line.size();
    const auto [stopped, error] = std::from_chars(line.data(), last, *count);
    if (error != std::errc{} || stopped == last) return std::nullopt;
    line.remove_prefix(static_cast<std::size_t>(stopped - line.data()) + 1);
  }
  end.report.damaged = line == "1";
  return end;
}

}  // namespace

std::optional<EvtxSelection> evtx_child_selection(std::string_view argument) {
  const auto* const found = std::ranges::find(selections, argument, &Selection::argument);
  return found == selections.end() ? std::nullopt : std::optional(found->selection);
}

int evtx_child_main(EvtxSelection selection) {
  confine();
  try {
    if (const auto report = print_selected(selection)) {
      fmt::print("{}{} {} {} {}\n", end_word, report->others, report->elsewhere, report->unparsed,
                 report->damaged ? 1 : 0);
    } else {
      fmt::print("{}{}\n", error_word, report.error());
    }
  } catch (const std::bad_alloc&) {
    fmt::print("{}reading it needs more memory than allowed; export fewer events\n", error_word);
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}

tl::expected<LogState, FileFault> read_evtx_log(const std::filesystem::path& path,
                                                FilePosition& position, EventSink& sink,
                                                Deadline deadline, EvtxSelection selection,
                                                const std::string& program) {
  const auto file = LogFile::open(path);
  if (!file) return tl::unexpected(file.error());
  LogState state{.written_at = file->written_at()};
  auto now = file->position(file->size());
  now.damaged = position.damaged;
  if (now == position) {
    state.damaged = now.damaged;
    return state;
  }

  sink.start_over();
  ReadLog read_log(path);
  std::optional<ChildEnd> end;
  LineSplitter splitter(Encoding::utf8);
  const auto* const row = std::ranges::find(selections, selection, &Selection::selection);
  ChildProcess child(program, std::string(row->argument), file->descriptor());
  const bool in_time = child.read_all(deadline, [&](std::string_view bytes) {
    splitter.feed(bytes, [&](const Line& line) {
      if (const auto event = parse_json_event(line.text)) {
        sink.event(*event);
      } else if (auto said = parse_end(line.text)) {
        end = std::move(said);
      } else {
        sink.unparsed(1, Origin::maybe_licensing);
      }
    });
  });
  if (in_time) read_log.add(file->size());
  if (!in_time) {
    state.whole = false;
    return state;
  }
  const auto how = child.wait();
  if (!end || !end->error.empty()) {
    return tl::unexpected(
        FileFault{false, fmt::format("read {}: {}", path.string(),
                                     end ? end->error : "the reader ended early, " + how)});
  }
  const auto& report = end->report;
  sink.others(report.others, report.elsewhere);
  if (report.unparsed > 0) sink.unparsed(report.unparsed, Origin::maybe_licensing);
  now.damaged = report.damaged;
  state.damaged = now.damaged;
  position = now;
  return state;
}

}  // namespace cal::winlog
