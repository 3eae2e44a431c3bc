// The metrics as a file for node_exporter's textfile collector, and for agents that read the same
// format. Not thread-safe.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace cal {

class Textfile {
 public:
  explicit Textfile(std::filesystem::path path) : path_(std::move(path)) {}

  // Replaces the file as a whole. A failure is logged once, and so is the end of it.
  void write(std::string_view metrics);

 private:
  std::string failure_of(std::string_view metrics) const;

  std::filesystem::path path_;
  std::string failure_;
};

}  // namespace cal
