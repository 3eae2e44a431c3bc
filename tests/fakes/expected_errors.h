// A folder of wrong configurations, each with comments that contain the expected messages:
// "# expect: LINE:COLUMN: text".
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

namespace cal::fakes {

inline std::string replace_all(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// The text of the errors that the file expects; {folder} stands for the file's folder.
inline std::string expected_errors(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::string expected;
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("# expect: ")) expected += file.string() + ":" + line.substr(10) + "\n";
  }
  return replace_all(std::move(expected), "{folder}", file.parent_path().string());
}

}  // namespace cal::fakes
