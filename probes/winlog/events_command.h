// `cal_exporter events`: the events of a log file, decoded, as JSON lines. Only reads the file.
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
  bool show_progress = false;                // on `err`, a line that is overwritten
};

// Writes the events to `out`, and to `err` how many could not be read. Exit code: 0 all events were
// read, 1 some could not be read, 3 the file cannot be read at all.
int events_command(const EventsArguments& arguments, std::FILE* out, std::FILE* err);

}  // namespace cal::winlog
