// The fuzzer's input as a file that code under test opens by its name. One thread at a time.
#pragma once

#include "tests/fuzz/property.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace cal::fuzz {

// In memory, and kept until the process ends.
class InputFile {
 public:
  InputFile() : fd_(::memfd_create("input", MFD_CLOEXEC)) { require(fd_ >= 0, "there is memory"); }

  std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(fd_); }

  void write(std::span<const std::uint8_t> bytes) const {
    const bool is_empty = ::ftruncate(fd_, 0) == 0;
    const auto written = ::pwrite(fd_, bytes.data(), bytes.size(), 0);
    require(is_empty && written == static_cast<ssize_t>(bytes.size()), "the input is written");
  }

 private:
  int fd_;
};

}  // namespace cal::fuzz
