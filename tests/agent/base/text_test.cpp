#include "agent/base/text.h"

#include "tests/catch.h"

using namespace cal;
using namespace std::chrono_literals;

TEST_CASE("durations are read and written", "[text]") {
  const auto [text, span] = GENERATE(table<std::string, Milliseconds>({{"500ms", 500ms},
                                                                       {"30s", 30s},
                                                                       {"5m", 5min},
                                                                       {"2h", 2h},
                                                                       {"7d", 168h},
                                                                       {"1h30m", 90min},
                                                                       {"0s", 0s}}));
  CHECK(parse_duration(text) == span);
  CHECK(duration_text(span) == text);
}

TEST_CASE("an invalid duration is refused", "[text]") {
  const auto* text = GENERATE("", "5", "s", "-5s", "5 s", "5s ", "1.5s", "5S", "5w", "s5",
                              "99999999999999999999d", "9223372036854775807d");
  CHECK_FALSE(parse_duration(text));
}

TEST_CASE("spans have a space before their unit for people", "[text]") {
  CHECK(span_text(0s) == "0 s");
  CHECK(span_text(500ms) == "500 ms");
  CHECK(span_text(90s) == "1 min 30 s");
  CHECK(span_text(26h) == "1 d 2 h");
}

TEST_CASE("search terms are trimmed and in lower case", "[text]") {
  CHECK(folded("  North-1\t") == "north-1");
  CHECK(folded(" ").empty());
}

TEST_CASE("an arrow inside a part of a chain does not split it", "[text]") {
  CHECK(linked({"a", "B → Administrators", "c"}) == "a → B -> Administrators → c");
  CHECK(linked({}).empty());
}

TEST_CASE("ages show their largest unit", "[text]") {
  CHECK(age_text(999ms) == "0 s");
  CHECK(age_text(59s) == "59 s");
  CHECK(age_text(60s) == "1 min");
  CHECK(age_text(119min) == "1 h");
  CHECK(age_text(49h) == "2 d");
  CHECK(age_text(-5s) == "0 s");
}

TEST_CASE("times are UTC", "[text]") {
  const auto time = SystemTime{std::chrono::seconds{1'795'545'600}};
  CHECK(utc_text(time) == "2026-11-24T18:40:00Z");
  CHECK(unix_seconds(time + 250ms) == 1'795'545'600.25);
}

TEST_CASE("a time is read in the form in which it is written", "[text]") {
  CHECK(parse_utc("2026-11-24T18:40:00Z") == SystemTime{std::chrono::seconds{1'795'545'600}});
  const auto* other = GENERATE("", "2026-11-24", "2026-11-24 18:40:00Z", "2026-11-24T18:40:00",
                               "2026-11-24T18:40:00.5Z", "2026-11-24T18:40:60Z",
                               "2026-02-30T18:40:00Z", "9999-01-01T00:00:00Z");
  INFO(other);
  CHECK_FALSE(parse_utc(other));
}

TEST_CASE("bytes that are not UTF-8 become the replacement character", "[text]") {
  const std::string bad = "\xEF\xBF\xBD";
  CHECK(valid_utf8("Zoë → 🙂") == "Zoë → 🙂");
  CHECK(valid_utf8("a\xFFz") == "a" + bad + "z");
  CHECK(valid_utf8("\xC3") == bad);                                // ends early
  CHECK(valid_utf8("\xC0\xAF") == bad + bad);                      // overlong
  CHECK(valid_utf8("\xED\xA0\x80") == bad + bad + bad);            // a surrogate
  CHECK(valid_utf8("\xF4\x90\x80\x80") == bad + bad + bad + bad);  // beyond U+10FFFF
  CHECK(valid_utf8(std::string_view("a\0b", 3)) == "a" + bad + "b");
}

TEST_CASE("the last of a list follows an and, unless there are more", "[text]") {
  CHECK(list_with_and({}, 0).empty());
  CHECK(list_with_and({"a"}, 1) == "a");
  CHECK(list_with_and({"a", "b", "c"}, 3) == "a, b and c");
  CHECK(list_with_and({"a", "b"}, 5) == "a, b and 3 more");
}

TEST_CASE("times for people have one form, and old ones are a date and an age", "[text]") {
  using namespace std::chrono;
  const SystemTime now = sys_days(year(2026) / 11 / 27) + 8h;
  CHECK(time_text(now) == "2026-11-27 08:00:00 UTC");
  CHECK(minute_text(now) == "2026-11-27 08:00 UTC");
  CHECK(day_text(now) == "2026-11-27");
  const auto aged = [&](year_month_day day) { return day_and_age_text(sys_days(day), now); };
  CHECK(aged(year(2026) / 12 / 1) == "2026-12-01");
  CHECK(aged(year(2026) / 9 / 28) == "2026-09-28");
  CHECK(aged(year(2026) / 9 / 27) == "2026-09-27, 2 months ago");
  CHECK(aged(year(2025) / 3 / 4) == "2025-03-04, 20 months ago");
  CHECK(aged(year(2024) / 11 / 28) == "2024-11-28, 23 months ago");
  CHECK(aged(year(2020) / 1 / 1) == "2020-01-01, 6 years ago");
  CHECK(day_and_age_text(SystemTime::max(), now).starts_with("2262-"));
}

TEST_CASE("a sentence begins with a capital, and a chain comes apart as it was linked", "[text]") {
  CHECK(capitalized("install it") == "Install it");
  CHECK(capitalized("`code`") == "`code`");
  CHECK(capitalized("") == "");
  const auto chain = linked({"a", "b → c"});
  CHECK(unlinked(chain) == std::vector<std::string_view>{"a", "b -> c"});
  CHECK(unlinked("") == std::vector<std::string_view>{""});
}

TEST_CASE("HTML is escaped", "[text]") {
  CHECK(html_escape("<img src=x onerror='a()'>&\"") ==
        "&lt;img src=x onerror=&#39;a()&#39;&gt;&amp;&quot;");
  CHECK(html_escape("a\x01z\x7F") == "a\xEF\xBF\xBDz\xEF\xBF\xBD");
}

TEST_CASE("control characters and direction marks are not shown", "[text]") {
  const std::string mark =
      GENERATE("\x1B", "\r", "\u009B", "\u061C", "\u200F", "\u202E", "\u2028", "\u2066", "\u2069");
  CHECK(html_escape("a" + mark + "z") == "a\uFFFDz");
  CHECK(printable("a" + mark + "z") == "a?z");
}

TEST_CASE("JSON for a terminal has no control characters and means the same", "[text]") {
  CHECK(printable_json("{\n\t\"a\": \"ü→\"}") == "{\n\t\"a\": \"ü→\"}");
  CHECK(printable_json("\"\x7f \u009b \u061c \u200e \u202e \u2066\"") ==
        R"("\u007f \u009b \u061c \u200e \u202e \u2066")");
}

TEST_CASE("letters of every direction are shown as they are", "[text]") {
  const std::string text = "Zoë\nעברית\tالعربية 日本 😀 \u00A0\u200D\u2070";
  CHECK(html_escape(text) == text);
  CHECK(printable(text) == text);
}

TEST_CASE("the first sentence of several ends at a period before a capital letter", "[text]") {
  const auto split = [](std::string_view text) {
    const auto [first, rest] = first_sentence(text);
    return std::pair<std::string, std::string>(first, rest);
  };
  using Parts = std::pair<std::string, std::string>;
  CHECK(split("It is so. And more. Much.") == Parts{"It is so.", "And more. Much."});
  CHECK(split("It is so.") == Parts{"It is so.", ""});
  CHECK(split("it is so") == Parts{"it is so", ""});
  CHECK(split("J. Doe is not at dc1.example.com. See it") ==
        Parts{"J. Doe is not at dc1.example.com.", "See it"});
  CHECK(split("dc1. it is so") == Parts{"dc1. it is so", ""});
  CHECK(split("") == Parts{"", ""});
  CHECK(split(". B") == Parts{". B", ""});
}

TEST_CASE("a number has the right word after it", "[text]") {
  CHECK(counted(1, "pack") == "1 pack");
  CHECK(counted(0, "pack") == "0 packs");
  CHECK(counted(std::size_t{2}, "pack") == "2 packs");
  CHECK(counted(1, "entry", "entries") == "1 entry");
  CHECK(counted(3, "entry", "entries") == "3 entries");
  CHECK(plural(-1, "license") == "licenses");
}
