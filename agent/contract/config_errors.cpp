#include "agent/contract/config_errors.h"

#include "agent/base/text.h"
#include "agent/base/utf.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace cal {

void ConfigErrors::add(Place place, std::string_view text) {
  constexpr std::size_t max_bytes = 1000;
  auto error = one_line(shortened(text, max_bytes));
  const auto [begin, end] = first_.equal_range(place);
  // A value that two readers need is wrong once.
  if (std::any_of(begin, end, [&](const auto& each) { return each.second == error; })) return;
  first_.emplace(std::move(place), std::move(error));
  if (first_.size() <= max_config_errors) return;
  first_.erase(std::prev(first_.end()));
  has_more_ = true;
}

std::string ConfigErrors::text(std::size_t most) const {
  std::string lines;
  std::size_t listed = 0;
  for (const auto& [place, text] : first_) {
    if (listed++ == most) break;
    if (place.line == 0) {
      lines += fmt::format("{}: {}\n", place.file, text);
    } else {
      lines += fmt::format("{}:{}:{}: {}\n", place.file, place.line, place.column, text);
    }
  }
  if (has_more_ || first_.size() > most) {
    lines += fmt::format("{}: there are more errors; these are the first {}\n",
                         first_.begin()->first.file, most);
  }
  return lines;
}

std::string ConfigErrors::without_places() const {
  std::string all;
  for (const auto& [place, text] : first_) all += (all.empty() ? "" : "; ") + text;
  return has_more_ ? all + "; and more" : all;
}

}  // namespace cal
