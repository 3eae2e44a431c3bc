#include "agent/base/text.h"

#include "agent/base/iso_time.h"
#include "agent/base/utf.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>

namespace cal {

namespace {

struct Unit {
  std::string_view name;
  std::string_view symbol;  // for people
  std::int64_t milliseconds;
};

constexpr std::array units{Unit{"d", "d", 86'400'000}, Unit{"h", "h", 3'600'000},
                           Unit{"m", "min", 60'000}, Unit{"s", "s", 1'000}, Unit{"ms", "ms", 1}};

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

// Whether one character steers what shows it: C0 but for newline and tab, DEL, C1 (U+0080 to
// U+009F, which some terminals obey), line separators, and what turns the direction of the text
// around it (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), so that a name reads as
// another.
bool is_control(std::string_view character) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 1) {
    return (byte(0) < 0x20 && character != "\n" && character != "\t") || byte(0) == 0x7F;
  }
  if (character.size() == 2) return (byte(0) == 0xC2 && byte(1) < 0xA0) || character == "\u061C";
  if (character.size() != 3 || byte(0) != 0xE2) return false;
  if (byte(1) == 0x81) return byte(2) >= 0xA6 && byte(2) <= 0xA9;
  return byte(1) == 0x80 &&
         (byte(2) == 0x8E || byte(2) == 0x8F || (byte(2) >= 0xA8 && byte(2) <= 0xAE));
}

// `replace` is called with each control character.
template <class Replace>
std::string with_controls_replaced(std::string_view text, Replace replace) {
  const auto valid = valid_utf8(text);
  std::string_view rest(valid);
  std::string kept;
  kept.reserve(valid.size());
  while (!rest.empty()) {
    const auto character = rest.substr(0, utf8_length(rest));
    if (is_control(character)) {
      kept += replace(character);
    } else {
      kept += character;
    }
    rest.remove_prefix(character.size());
  }
  return kept;
}

std::string without_controls(std::string_view text, std::string_view instead) {
  return with_controls_replaced(text, [&](std::string_view) { return instead; });
}

// Of one that is_control() knows, which has at most three bytes.
unsigned code_point(std::string_view character) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 1) return byte(0);
  if (character.size() == 2) return (byte(0) & 0x1FU) << 6U | (byte(1) & 0x3FU);
  return (byte(0) & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU);
}

}  // namespace

std::optional<Milliseconds> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  while (!text.empty()) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const auto name = text.substr(0, text.find_first_of("0123456789"));
    const auto unit = std::ranges::find(units, name, &Unit::name);
    if (unit == units.end()) return std::nullopt;
    text.remove_prefix(name.size());
    if (number > (INT64_MAX - total) / unit->milliseconds) return std::nullopt;
    total += number * unit->milliseconds;
  }
  return Milliseconds{total};
}

std::string duration_text(Milliseconds span) {
  auto rest = span.count();
  if (rest == 0) return "0s";
  std::string text;
  for (const auto& unit : units) {
    if (rest < unit.milliseconds) continue;
    fmt::format_to(std::back_inserter(text), "{}{}", rest / unit.milliseconds, unit.name);
    rest %= unit.milliseconds;
  }
  return text;
}

std::string span_text(Milliseconds span) {
  auto rest = span.count();
  if (rest == 0) return "0 s";
  std::vector<std::string> parts;
  for (const auto& unit : units) {
    if (rest < unit.milliseconds) continue;
    parts.push_back(fmt::format("{} {}", rest / unit.milliseconds, unit.symbol));
    rest %= unit.milliseconds;
  }
  return fmt::format("{}", fmt::join(parts, " "));
}

std::string age_text(Milliseconds span) {
  const auto seconds = std::max<std::int64_t>(span.count() / 1000, 0);
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{} min", seconds / 60);
  if (seconds < 86'400) return fmt::format("{} h", seconds / 3600);
  return fmt::format("{} d", seconds / 86'400);
}

std::string utc_text(SystemTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)));
}

std::string time_text(SystemTime time) {
  auto text = utc_text(time);
  text.replace(text.find('T'), 1, " ");
  text.replace(text.find('Z'), 1, " UTC");
  return text;
}

std::string day_text(SystemTime time) {
  const auto text = utc_text(time);
  return text.substr(0, text.find('T'));
}

std::string minute_text(SystemTime time) {
  auto text = time_text(time);
  text.erase(text.rfind(':'), 3);  // the seconds
  return text;
}

std::string day_and_age_text(SystemTime time, SystemTime now) {
  using std::chrono::floor, std::chrono::days, std::chrono::year_month_day;
  const year_month_day then(floor<days>(time));
  const year_month_day today(floor<days>(now));
  auto months = (today.year() / today.month() - then.year() / then.month()).count();
  if (today.day() < then.day()) --months;
  if (months < 2) return day_text(time);
  constexpr int months_of_two_years = 24;
  return months < months_of_two_years
             ? fmt::format("{}, {} months ago", day_text(time), months)
             : fmt::format("{}, {} years ago", day_text(time), months / 12);
}

std::string capitalized(std::string_view text) {
  std::string result(text);
  if (!result.empty() && result.front() >= 'a' && result.front() <= 'z') {
    result.front() = static_cast<char>(result.front() - 'a' + 'A');
  }
  return result;
}

std::optional<SystemTime> parse_utc(std::string_view text) {
  const auto parsed = parse_iso_time(text);
  if (!parsed) return std::nullopt;
  const auto time = clamped(parsed->at);
  return utc_text(time) == text ? std::optional(time) : std::nullopt;
}

double unix_seconds(SystemTime time) {
  return std::chrono::duration<double>(
             std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch())
      .count();
}

std::string_view trimmed(std::string_view text, std::string_view around) {
  const auto first = text.find_first_not_of(around);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(around) - first + 1);
}

std::string list_of_first(const std::vector<std::string>& names, std::size_t total) {
  auto text = fmt::format("{}", fmt::join(names, ", "));
  if (total > names.size()) text += fmt::format(" and {} more", total - names.size());
  return text;
}

std::string list_with_and(const std::vector<std::string>& names, std::size_t total) {
  if (total > names.size() || names.size() < 2) return list_of_first(names, total);
  return fmt::format("{} and {}", fmt::join(names.begin(), names.end() - 1, ", "), names.back());
}

Sentences first_sentence(std::string_view text) {
  const auto is_within = [](char c) { return c != ' ' && c != '.'; };
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  for (std::size_t i = 2; i + 2 < text.size(); ++i) {
    if (text[i] != '.' || text[i + 1] != ' ' || !is_capital(text[i + 2])) continue;
    if (is_within(text[i - 1]) && is_within(text[i - 2])) {
      return {text.substr(0, i + 1), text.substr(i + 2)};
    }
  }
  return {text, {}};
}

std::string folded(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return "";
  std::string lower(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

std::string linked(const std::vector<std::string>& parts) {
  constexpr std::string_view arrow = "→";
  std::string text;
  for (auto part : parts) {
    for (auto at = part.find(arrow); at != part.npos; at = part.find(arrow, at)) {
      part.replace(at, arrow.size(), "->");
    }
    text += text.empty() ? "" : " → ";
    text += part;
  }
  return text;
}

std::vector<std::string_view> unlinked(std::string_view text) {
  constexpr std::string_view arrow = " → ";
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(arrow);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + arrow.size());
  }
}

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const auto length = text.front() == '\0' ? 0 : utf8_length(text);
    valid += length == 0 ? replacement : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return valid;
}

std::string printable(std::string_view text) { return without_controls(text, "?"); }

std::string one_line(std::string_view text) {
  auto line = printable(text);
  std::ranges::replace_if(
      line, [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return line;
}

std::string printable_json(std::string_view json) {
  return with_controls_replaced(json, [](std::string_view character) {
    return fmt::format("\\u{:04x}", code_point(character));
  });
}

std::string html_escape(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : without_controls(text, replacement)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

}  // namespace cal
