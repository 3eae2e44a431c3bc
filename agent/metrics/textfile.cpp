#include "agent/metrics/textfile.h"

#include "agent/base/log.h"

#include <cerrno>
#include <fstream>
#include <system_error>

namespace cal {

void Textfile::write(std::string_view metrics) {
  auto failure = failure_of(metrics);
  if (failure != failure_ && !failure.empty()) {
    log(LogLevel::error, "writing the textfile failed; see --textfile.output",
        {{"file", path_.string()}, {"error", failure}});
  }
  if (failure.empty() && !failure_.empty()) {
    log(LogLevel::info, "writing the textfile works again", {{"file", path_.string()}});
  }
  failure_ = std::move(failure);
}

// Empty on success. A collector reads only *.prom, never the file that is still being written.
std::string Textfile::failure_of(std::string_view metrics) const {
  const auto fresh = path_.string() + ".new";
  errno = 0;
  std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
  file << metrics;
  file.close();
  if (!file) return std::generic_category().message(errno);
  std::error_code error;
  std::filesystem::rename(fresh, path_, error);
  return error ? error.message() : "";
}

}  // namespace cal
