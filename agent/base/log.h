// The agent's log: one line per event on stderr, as logfmt or JSON, with fields. A line is written
// when something changes; only at level debug there are lines for every run. Thread-safe.
#pragma once

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>

namespace cal {

enum class LogLevel { debug, info, warning, error };
enum class LogFormat { logfmt, json };

struct LogField {
  std::string_view key;
  std::string value;
};

// Once, before any other thread starts. Without it: info, logfmt.
void set_up_log(LogLevel level, LogFormat format);

// Whether lines of this level are written, for callers whose fields are expensive.
bool logs(LogLevel level);

// Does not throw: without memory the line is lost.
void log(LogLevel level, std::string_view message,
         std::initializer_list<LogField> fields = {}) noexcept;

// The value of a field `duration_seconds`: "0.012".
std::string seconds_text(std::chrono::nanoseconds span);

// The fields of one line, without time and level: `msg="probe changed" probe=x`. Pure.
std::string logfmt_line(std::string_view message, std::initializer_list<LogField> fields);
std::string json_members(std::string_view message, std::initializer_list<LogField> fields);

}  // namespace cal
