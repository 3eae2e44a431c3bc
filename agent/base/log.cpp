#include "agent/base/log.h"

#include "agent/base/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <memory>

namespace cal {

namespace {

std::atomic<LogFormat> log_format = LogFormat::logfmt;

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

// A JSON string with its quotes: it escapes everything that could break a line, in both formats, or
// that a terminal would obey.
std::string json_text(std::string_view value) {
  return printable_json(nlohmann::json(valid_utf8(value)).dump());
}

bool needs_quotes(std::string_view value) {
  if (value.empty() || printable_json(value) != value) return true;
  for (const char c : value) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '=' || c == 0x7F || c == '\\') {
      return true;
    }
  }
  return false;
}

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = std::make_shared<spdlog::logger>("cal_exporter",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("ts=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v", spdlog::pattern_time_type::utc);
    return made;
  }();
  return *instance;
}

}  // namespace

void set_up_log(LogLevel level, LogFormat format) {
  log_format = format;
  logger().set_level(spdlog_level(level));
  if (format == LogFormat::json) {
    logger().set_pattern(R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})",
                         spdlog::pattern_time_type::utc);
  }
}

bool logs(LogLevel level) { return logger().should_log(spdlog_level(level)); }

void log(LogLevel level, std::string_view message,
         std::initializer_list<LogField> fields) noexcept {
  try {
    if (!logs(level)) return;
    logger().log(spdlog_level(level), log_format == LogFormat::json ? json_members(message, fields)
                                                                    : logfmt_line(message, fields));
  } catch (...) {
    return;
  }
}

std::string seconds_text(std::chrono::nanoseconds span) {
  return fmt::format("{:.3f}", std::chrono::duration<double>(span).count());
}

std::string logfmt_line(std::string_view message, std::initializer_list<LogField> fields) {
  std::string line = "msg=" + json_text(message);
  for (const auto& [key, value] : fields) {
    line += ' ';
    line += key;
    line += '=';
    line += needs_quotes(value) ? json_text(value) : valid_utf8(value);
  }
  return line;
}

std::string json_members(std::string_view message, std::initializer_list<LogField> fields) {
  std::string members = "\"msg\":" + json_text(message);
  for (const auto& [key, value] : fields) members += "," + json_text(key) + ":" + json_text(value);
  return members;
}

}  // namespace cal
