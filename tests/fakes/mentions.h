// For lists that are kept by hand: whether a file of the repository has a text, and if not, what to
// do about it.
#pragma once

#include "tests/catch.h"
#include "tests/fakes/source_tree.h"

#include <fstream>
#include <sstream>
#include <string>

namespace cal::fakes {

inline std::string text_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(source_tree() / file).rdbuf();
  return text.str();
}

inline void check_mention(const std::string& file, const std::string& text,
                          const std::string& step) {
  INFO(file << " does not have \"" << text << "\": " << step);
  const bool is_there = text_of(file).find(text) != std::string::npos;
  CHECK(is_there);
}

}  // namespace cal::fakes
