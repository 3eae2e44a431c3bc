#include "agent/metrics/textfile.h"

#include "agent/base/log.h"

#include <cerrno>
#include <fstream>
#include <string_view>
#include <system_error>

namespace cal {

void Textfile::write(const Exposition& metrics) {
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
std::string Textfile::failure_of(const Exposition& metrics) const {
  const auto fresh = path_.string() + ".new";
  errno = 0;
  std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
  metrics.for_each_part([&](std::string_view part) { file << part; });
  file.close();
  if (!file) return std::generic_category().message(errno);
  std::error_code error;
  std::filesystem::rename(fresh, path_, error);
  return error ? error.message() : "";
}

}  // namespace cal
