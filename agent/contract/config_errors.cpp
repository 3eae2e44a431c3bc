#include "agent/contract/config_errors.h"

#include "agent/base/utf.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cal {

void ConfigErrors::add(Place place, std::string_view text) {
  constexpr std::size_t max_bytes = 1000;
  list_.push_back({std::move(place), shortened(text, max_bytes)});
}

std::vector<ConfigErrors::ConfigError> ConfigErrors::sorted() const {
  auto sorted = list_;
  std::ranges::stable_sort(sorted, {}, &ConfigError::place);
  // A value that two readers need is wrong once.
  const auto repeated =
      std::unique(sorted.begin(), sorted.end(), [](const auto& one, const auto& other) {
        return one.place == other.place && one.text == other.text;
      });
  sorted.erase(repeated, sorted.end());
  return sorted;
}

std::string ConfigErrors::text() const {
  std::string lines;
  for (const auto& [place, text] : sorted()) {
    if (place.line == 0) {
      lines += fmt::format("{}: {}\n", place.file, text);
    } else {
      lines += fmt::format("{}:{}:{}: {}\n", place.file, place.line, place.column, text);
    }
  }
  return lines;
}

std::string ConfigErrors::without_places() const {
  std::string all;
  for (const auto& error : sorted()) all += (all.empty() ? "" : "; ") + error.text;
  return all;
}

}  // namespace cal
