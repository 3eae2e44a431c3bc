#include "probes/winlog/json_log.h"

#include "agent/base/read_log.h"
#include "probes/events/json_event.h"
#include "probes/winlog/known_events.h"
#include "probes/winlog/line_splitter.h"
#include "probes/winlog/log_series.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace cal::winlog {

namespace {

constexpr std::size_t block = 64 * 1024;
// Bytes without a line end after which a file is something else, such as a sparse one.
constexpr std::uint64_t max_without_line = std::uint64_t{64} << 20U;

struct NotLines : std::runtime_error {
  NotLines() : std::runtime_error("64 MiB without a line end: these are not lines of JSON") {}
};

// Without NULs, which JSON does not have: of UTF-16 in a file that begins as UTF-8, or of blocks
// that a crash of the writing host left.
std::string without_nuls(std::string_view line) {
  std::string text(line);
  std::erase(text, '\0');
  return text;
}

void take(const Line& line, EventSink& sink) {
  if (line.too_long) return sink.unparsed(1, Origin::maybe_licensing);
  if (line.text.find('\0') != line.text.npos) {
    const auto text = without_nuls(line.text);
    if (text.find_first_not_of(" \r\n") != text.npos) take({text}, sink);
    return;
  }
  const auto found = parse_json_line(line.text);
  for (const auto& event : found.events) sink.event(event);
  if (found.refused == 0) return;
  // A line that names a licensing provider is about one of its events, in any format.
  sink.unparsed(found.refused,
                may_name_provider(line.text) ? Origin::maybe_licensing : Origin::other);
}

// Reads from `offset` to where the file ended when it was opened, so that one that grows comes to
// an end, and returns where the next reading begins. Throws NotLines and std::system_error. A last
// line without a line end is read if it is complete: no part of a JSON object is one. Otherwise it
// is left for the next run, since it is still being written; with `is_last`, the line will not be
// completed.
std::uint64_t read_lines(const LogFile& file, std::uint64_t offset, bool is_last, EventSink& sink,
                         Deadline deadline, LogState& state) {
  std::vector<char> buffer(block);
  const auto head_size = file.read(0, std::span(buffer).first(2));
  LineSplitter splitter(encoding_of({buffer.data(), head_size}));
  const auto on_line = [&](const Line& line) { take(line, sink); };
  for (auto at = offset; at < file.size(); at = offset + splitter.fed()) {
    const auto wanted = std::min<std::uint64_t>(block, file.size() - at);
    const auto count = file.read(at, std::span(buffer).first(wanted));
    if (count == 0) break;
    splitter.feed({buffer.data(), count}, on_line);
    if (splitter.fed() - splitter.consumed() > max_without_line) throw NotLines();
    if (!deadline.passed()) continue;
    state.whole = false;
    return offset + splitter.consumed();
  }
  if (splitter.fed() == splitter.consumed()) return offset + splitter.consumed();
  const auto rest = without_nuls(splitter.rest());
  const bool is_complete = !splitter.rest_is_too_long() && parse_json_line(rest).refused == 0;
  if (!is_last && !is_complete) {
    state.ends_inside_a_line =
        splitter.rest_is_too_long() || rest.find_first_not_of(" \r") != rest.npos;
    return offset + splitter.consumed();
  }
  take({rest, splitter.rest_is_too_long()}, sink);
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

// The first file that has something new: the one in which the reading ended, or an earlier one that
// was written to since, where several shippers write into one folder. The first one if that is
// gone.
std::size_t first_to_read(const std::vector<LogFile>& files, const FilePosition& position) {
  const auto last =
      std::ranges::find_if(files, [&](const LogFile& file) { return file.continues(position); });
  if (last == files.end()) return 0;
  const auto first = std::find_if(files.begin(), last, [&](const LogFile& file) {
    return file.written_at().time_since_epoch().count() > position.modified;
  });
  return static_cast<std::size_t>(first - files.begin());
}

// A shipper writes only to the last file of a series. Events that are read again are known by their
// record IDs.
tl::expected<LogState, FileFault> follow_series(const std::vector<std::filesystem::path>& paths,
                                                FilePosition& position, EventSink& sink,
                                                Deadline deadline, LogEnd log_end) {
  std::vector<LogFile> files;
  for (const auto& path : paths) {
    auto file = LogFile::open(path);
    if (!file) return tl::unexpected(file.error());
    files.push_back(std::move(*file));
  }
  LogState state;
  for (const auto& file : files) state.written_at = std::max(state.written_at, file.written_at());
  bool started_over = false;  // once for all files of this run, so that what they lack adds up
  for (auto i = first_to_read(files, position); i < files.size() && state.whole; ++i) {
    const auto& file = files[i];
    if (!file.continues(position)) {
      if (!std::exchange(started_over, true)) sink.start_over();
      position = file.position(0);
    }
    const bool is_complete = i + 1 < files.size() || log_end == LogEnd::closed;
    const auto end = read_lines(file, position.offset, is_complete, sink, deadline, state);
    position = file.position(end);
  }
  position.modified = state.written_at.time_since_epoch().count();  // of all that were looked at
  return state;
}

tl::expected<LogState, FileFault> follow_file(const std::filesystem::path& path,
                                              FilePosition& position, EventSink& sink,
                                              Deadline deadline, LogEnd log_end) {
  const auto file = LogFile::open(path);
  if (!file) return tl::unexpected(file.error());
  LogState state{.written_at = file->written_at()};
  if (!file->continues(position)) {
    if (position.inode != 0) {
      if (const auto rotated = find_rotated(path, position)) {
        ReadLog read_log(path);
        const auto end = read_lines(*rotated, position.offset, true, sink, deadline, state);
        read_log.add(end - position.offset);
        position = rotated->position(end);
        if (!state.whole) return state;
      }
    }
    sink.start_over();
    position = file->position(0);
  }
  ReadLog read_log(path);
  const auto end =
      read_lines(*file, position.offset, log_end == LogEnd::closed, sink, deadline, state);
  read_log.add(end - position.offset);
  position = file->position(end);
  return state;
}

}  // namespace

tl::expected<LogState, FileFault> follow_json_log(const std::filesystem::path& path,
                                                  FilePosition& position, EventSink& sink,
                                                  Deadline deadline, LogEnd log_end) {
  const auto unreadable = [&](const std::exception& error) {
    return tl::unexpected(
        FileFault{false, fmt::format("read {}: {}", path.string(), error.what())});
  };
  try {
    const auto series = log_series(path);
    return series.empty() ? follow_file(path, position, sink, deadline, log_end)
                          : follow_series(series, position, sink, deadline, log_end);
  } catch (const NotLines& error) {
    return unreadable(error);
  } catch (const std::system_error& error) {
    return unreadable(error);
  }
}

std::string first_line(const std::filesystem::path& path) {
  const auto series = log_series(path);
  const auto file = LogFile::open(series.empty() ? path : series.back());
  if (!file) return "";
  std::vector<char> buffer(block);
  const std::string_view head(buffer.data(), file->read(0, buffer));
  LineSplitter splitter(encoding_of(head.substr(0, 2)));
  std::string first;
  splitter.feed(head, [&](const Line& line) {
    if (first.empty()) first = without_nuls(line.text);
  });
  return first.empty() ? without_nuls(splitter.rest()) : first;
}

}  // namespace cal::winlog
