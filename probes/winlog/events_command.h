// `cal_exporter events`: the events of a log file, decoded, as JSON lines. Reads the file and
// touches nothing else.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>

namespace cal::winlog {

struct EventsArguments {
  std::filesystem::path file;
  std::optional<std::string> provider = {};  // only its events
  std::optional<std::uint32_t> id = {};      // only events of this id
  bool show_progress = false;                // on `err`, a line that rewrites itself
};

// Writes the events to `out`, and to `err` how many could not be read. Exit code: 0 all was read, 1
// something could not be, 3 the file cannot be read at all.
int events_command(const EventsArguments& arguments, std::FILE* out, std::FILE* err);

}  // namespace cal::winlog
