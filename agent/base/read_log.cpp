#include "agent/base/read_log.h"

#include "agent/base/log.h"

#include <string>

namespace cal {

ReadLog::~ReadLog() {
  if (!logs(LogLevel::debug)) return;
  log(LogLevel::debug, "file read",
      {{"file", file_.string()},
       {"bytes", std::to_string(bytes_)},
       {"duration_seconds", seconds_text(std::chrono::steady_clock::now() - start_)}});
}

}  // namespace cal
