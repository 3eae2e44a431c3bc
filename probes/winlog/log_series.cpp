#include "probes/winlog/log_series.h"

#include <fnmatch.h>

#include <algorithm>
#include <string>

namespace cal::winlog {

namespace {

namespace fs = std::filesystem;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view leading_digits(std::string_view text) {
  return text.substr(
      0, static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin()));
}

std::string_view without_zeros(std::string_view digits) {
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

// What follows NAME: -DATE.ndjson or -DATE-N.ndjson.
bool is_rest_of_name(std::string_view rest) {
  constexpr std::size_t date = 8;
  if (!rest.ends_with(".ndjson") || !rest.starts_with('-')) return false;
  rest.remove_suffix(7);
  rest.remove_prefix(1);
  if (leading_digits(rest).size() != date) return false;
  rest.remove_prefix(date);
  if (rest.empty()) return true;
  return rest.size() > 1 && rest[0] == '-' &&
         leading_digits(rest.substr(1)).size() + 1 == rest.size();
}

// `wanted` is empty for every log of a folder.
bool belongs(const std::string& wanted, const std::string& name) {
  if (wanted.empty()) {
    return !name.starts_with('.') && (name.ends_with(".ndjson") || name.ends_with(".jsonl"));
  }
  if (wanted.find_first_of("*?") != wanted.npos) {
    return fnmatch(wanted.c_str(), name.c_str(), FNM_PERIOD | FNM_NOESCAPE) == 0;
  }
  return name.starts_with(wanted) && is_rest_of_name(std::string_view(name).substr(wanted.size()));
}

std::vector<fs::path> files_in(const fs::path& folder, const std::string& wanted) {
  constexpr int max_entries = 10'000;
  std::error_code error;
  std::vector<fs::path> files;
  int looked_at = 0;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (++looked_at > max_entries) break;
    std::error_code ignored;
    if (belongs(wanted, entry.path().filename().string()) && entry.is_regular_file(ignored)) {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files, [](const fs::path& one, const fs::path& other) {
    return comes_before(one.stem().string(), other.stem().string());
  });
  return files;
}

bool is_newer(const fs::path& one, const fs::path& other) {
  std::error_code error;
  const auto written = fs::last_write_time(one, error);
  return !error && written > fs::last_write_time(other, error) && !error;
}

}  // namespace

bool comes_before(std::string_view name, std::string_view other) {
  while (!name.empty() && !other.empty()) {
    const auto digits = leading_digits(name);
    const auto other_digits = leading_digits(other);
    if (!digits.empty() && !other_digits.empty()) {
      const auto number = without_zeros(digits);
      const auto other_number = without_zeros(other_digits);
      if (number.size() != other_number.size()) return number.size() < other_number.size();
      if (number != other_number) return number < other_number;
      name.remove_prefix(digits.size());
      other.remove_prefix(other_digits.size());
    } else {
      if (name[0] != other[0]) return name[0] < other[0];
      name.remove_prefix(1);
      other.remove_prefix(1);
    }
  }
  return name.size() < other.size();
}

std::vector<fs::path> log_series(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return files_in(path, "");
  const auto folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  auto files = files_in(folder, path.filename().string());
  if (!fs::exists(path, error)) return files;
  // Winlogbeat 7 wrote to the name alone; after an update that file is the first of the series.
  if (files.empty() || !is_newer(files.back(), path)) return {};
  files.insert(files.begin(), path);
  return files;
}

}  // namespace cal::winlog
