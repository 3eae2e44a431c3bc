// Golden files: the expected text of an output, under tests/golden. UPDATE_GOLDEN=1 in the
// environment rewrites them; the review is the diff.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace cal::fakes {

inline std::string golden(const std::string& name, const std::string& actual) {
  const std::string file = std::string(CAL_SOURCE_DIR "/tests/golden/") + name;
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(file) << actual;
  std::ostringstream expected;
  expected << std::ifstream(file).rdbuf();
  return expected.str();
}

}  // namespace cal::fakes
