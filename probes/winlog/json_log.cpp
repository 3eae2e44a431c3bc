#include "probes/winlog/json_log.h"

#include "agent/base/read_log.h"
#include "probes/winlog/json_event.h"
#include "probes/winlog/licensing_event.h"
#include "probes/winlog/line_splitter.h"
#include "probes/winlog/log_series.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace cal::winlog {

namespace {

constexpr std::size_t block = 64 * 1024;

// A line that names a licensing provider is about one of its events, in any format.
Origin origin_of(std::string_view line) {
  return std::ranges::any_of(licensing_providers(),
                             [&](auto provider) { return line.find(provider) != line.npos; })
             ? Origin::maybe_licensing
             : Origin::other;
}

void take(const Line& line, EventSink& sink) {
  const auto event = line.too_long ? std::nullopt : parse_json_event(line.text);
  if (event) {
    sink.event(*event);
  } else {
    sink.unparsed(1, origin_of(line.text));
  }
}

// Reads from `offset` to the end and returns where the next reading begins. A last line without a
// line end is read if it is complete: no part of a JSON object is one. Otherwise it is left for the
// next run, since it is still being written; with `is_last`, the line will not be completed.
std::uint64_t read_lines(const LogFile& file, std::uint64_t offset, bool is_last, EventSink& sink,
                         Deadline deadline, bool& whole) {
  std::vector<char> buffer(block);
  const auto head_size = file.read(0, std::span(buffer).first(2));
  LineSplitter splitter(encoding_of({buffer.data(), head_size}));
  const auto on_line = [&](const Line& line) { take(line, sink); };
  while (const auto count = file.read(offset + splitter.fed(), buffer)) {
    splitter.feed({buffer.data(), count}, on_line);
    if (!deadline.passed()) continue;
    whole = false;
    return offset + splitter.consumed();
  }
  if (splitter.fed() == splitter.consumed()) return offset + splitter.consumed();
  const auto rest = splitter.rest();
  if (!is_last && !parse_json_event(rest)) return offset + splitter.consumed();
  take({rest}, sink);
  return offset + splitter.fed();
}

// The file that was followed, under the name that a rotation gave it.
std::optional<LogFile> find_rotated(const std::filesystem::path& path,
                                    const FilePosition& position) {
  constexpr int max_entries = 10'000;
  std::error_code error;
  int looked_at = 0;
  const auto folder = std::filesystem::absolute(path, error).parent_path();
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (++looked_at > max_entries) break;
    std::error_code ignored;
    if (!entry.is_regular_file(ignored) || entry.path() == path) continue;
    auto file = LogFile::open(entry.path());
    if (file && file->continues(position)) return std::move(*file);
  }
  return std::nullopt;
}

// The file in which the reading ended; the first one if it is gone.
std::size_t index_of(const std::vector<LogFile>& files, const FilePosition& position) {
  const auto found =
      std::ranges::find_if(files, [&](const LogFile& file) { return file.continues(position); });
  return found == files.end() ? 0 : static_cast<std::size_t>(found - files.begin());
}

// A shipper writes only to the last file of a series.
tl::expected<LogState, FileFault> follow_series(const std::vector<std::filesystem::path>& paths,
                                                FilePosition& position, EventSink& sink,
                                                Deadline deadline) {
  std::vector<LogFile> files;
  for (const auto& path : paths) {
    auto file = LogFile::open(path);
    if (!file) return tl::unexpected(file.error());
    files.push_back(std::move(*file));
  }
  LogState state{.written_at = files.back().written_at()};
  bool started_over = false;  // once for all files of this run, so that what they lack adds up
  for (auto i = index_of(files, position); i < files.size() && state.whole; ++i) {
    const auto& file = files[i];
    if (!file.continues(position)) {
      if (!std::exchange(started_over, true)) sink.start_over();
      position = file.position(0);
    }
    const bool is_complete = i + 1 < files.size();
    const auto end = read_lines(file, position.offset, is_complete, sink, deadline, state.whole);
    position = file.position(end);
  }
  return state;
}

}  // namespace

tl::expected<LogState, FileFault> follow_json_log(const std::filesystem::path& path,
                                                  FilePosition& position, EventSink& sink,
                                                  Deadline deadline) {
  if (const auto series = log_series(path); !series.empty()) {
    return follow_series(series, position, sink, deadline);
  }
  const auto file = LogFile::open(path);
  if (!file) return tl::unexpected(file.error());
  LogState state{.written_at = file->written_at()};
  if (!file->continues(position)) {
    if (position.inode != 0) {
      if (const auto rotated = find_rotated(path, position)) {
        ReadLog read_log(path);
        const auto end = read_lines(*rotated, position.offset, true, sink, deadline, state.whole);
        read_log.add(end - position.offset);
        position = rotated->position(end);
        if (!state.whole) return state;
      }
    }
    sink.start_over();
    position = file->position(0);
  }
  ReadLog read_log(path);
  const auto end = read_lines(*file, position.offset, false, sink, deadline, state.whole);
  read_log.add(end - position.offset);
  position = file->position(end);
  return state;
}

}  // namespace cal::winlog
