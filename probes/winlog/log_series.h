// The files of a log whose shipper begins a new file at each rotation and start, as Winlogbeat
// does: NAME-DATE.ndjson, NAME-DATE-1.ndjson.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

namespace cal::winlog {

// In the order in which they were written. `path` is FOLDER/NAME, a pattern with `*` or `?` in its
// last part, or a folder, which stands for all its .ndjson and .jsonl files. Empty if none is of
// the series, or if a file has that very name and no file of the series is newer.
std::vector<std::filesystem::path> log_series(const std::filesystem::path& path);

// Whether a name comes before another: numbers in them by their value, and a shorter name first.
bool comes_before(std::string_view name, std::string_view other);

}  // namespace cal::winlog
