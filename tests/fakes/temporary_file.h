// A temporary file for a test, removed at its end.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

namespace cal::fakes {

class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view content) {
    std::string name = (std::filesystem::temp_directory_path() / "cal_test.XXXXXX").string();
    const int fd = ::mkstemp(name.data());
    path_ = name;
    while (!content.empty()) {
      const auto count = ::write(fd, content.data(), content.size());
      if (count <= 0) break;
      content.remove_prefix(static_cast<std::size_t>(count));
    }
    ::close(fd);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::filesystem::remove(path_); }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace cal::fakes
