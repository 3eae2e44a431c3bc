// Text for people and for formats: times, durations, escaping. Pure.
#pragma once

#include "agent/base/clock.h"

#include <chrono>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cal {

// "30s", "5m", "7d", "1h30m", "500ms": whole numbers with units ms, s, m, h, d. Empty on anything
// else and on what does not fit 64 bits.
std::optional<Milliseconds> parse_duration(std::string_view text);

// The shortest of the same form: "1m30s".
std::string duration_text(Milliseconds span);

// The same for people: "1 min 30 s".
std::string span_text(Milliseconds span);

// The largest unit alone, for ages: "3 s", "12 min", "5 h", "2 d".
std::string age_text(Milliseconds span);

// "2026-11-24T18:40:00Z"
std::string utc_text(SystemTime time);

// The same for people: "2026-11-24 18:40:00 UTC"
std::string time_text(SystemTime time);

// For people, too: "2026-11-24"
std::string day_text(SystemTime time);

// And to the minute: "2026-11-24 18:40 UTC"
std::string minute_text(SystemTime time);

// "2025-03-04, 20 months ago"; of the last two months only the day.
std::string day_and_age_text(SystemTime time, SystemTime now);

// The reverse of utc_text.
std::optional<SystemTime> parse_utc(std::string_view text);

// Seconds since 1970.
double unix_seconds(SystemTime time);

// Without these characters at both ends.
std::string_view trimmed(std::string_view text, std::string_view around = " \t\r\n");

// "a, b and 3 more": these, of so many in all.
std::string list_of_first(const std::vector<std::string>& names, std::size_t total);

// "a, b and c" if these are all, else as above.
std::string list_with_and(const std::vector<std::string>& names, std::size_t total);

// The word after a number: "license" of 1, "licenses" of any other. `many`: of a word that does not
// only get an s.
template <std::integral Count>
std::string plural(Count count, std::string_view one, std::string_view many = {}) {
  if (count == 1) return std::string(one);
  return many.empty() ? std::string(one) + "s" : std::string(many);
}

// With the number: "1 license", "2 licenses".
template <std::integral Count>
std::string counted(Count count, std::string_view one, std::string_view many = {}) {
  return std::to_string(count) + " " + plural(count, one, many);
}

// "Install it", of "install it": an ASCII letter that begins a sentence.
std::string capitalized(std::string_view text);

// "It is so.", of "It is so. And more.", and what follows. A period that ends no sentence, as in an
// initial, is taken for an end if a blank and a capital letter follow two letters or more.
struct Sentences {
  std::string_view first;
  std::string_view rest;  // may be empty
};
Sentences first_sentence(std::string_view text);

// Without the white space around it, in lower case (ASCII), for searching.
std::string folded(std::string_view text);

// "a → b → c". An arrow inside a part becomes "->", so that no part passes for two.
std::string linked(const std::vector<std::string>& parts);

// The parts of such a text.
std::vector<std::string_view> unlinked(std::string_view text);

// Every byte that is not part of valid UTF-8 becomes U+FFFD, and so does NUL: one bad byte would
// make Prometheus refuse the whole page.
std::string valid_utf8(std::string_view text);

// For a terminal, which obeys control characters: all but newlines and tabs become '?', and so do
// the marks that turn the direction of a text around.
std::string printable(std::string_view text);

// printable(), as one line: newlines and tabs become blanks. For text of others within a line of
// ours.
std::string one_line(std::string_view text);

// For JSON that may be shown on a terminal: the same characters as escapes such as \u009b, so that
// the values stay the same.
std::string printable_json(std::string_view json);

// For HTML text and quoted attributes. The same characters become U+FFFD.
std::string html_escape(std::string_view text);

}  // namespace cal
