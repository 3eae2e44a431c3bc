// The metrics as a file for node_exporter's textfile collector, and for agents that read the same
// format. Not thread-safe.
#pragma once

#include "agent/metrics/exposition.h"

#include <filesystem>
#include <string>

namespace cal {

class Textfile {
 public:
  explicit Textfile(std::filesystem::path path) : path_(std::move(path)) {}

  // Replaces the file as a whole. A failure is logged once, and so is the end of it.
  void write(const Exposition& metrics);

 private:
  std::string failure_of(const Exposition& metrics) const;

  std::filesystem::path path_;
  std::string failure_;
};

}  // namespace cal
