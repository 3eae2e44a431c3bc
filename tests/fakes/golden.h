// Golden files: the expected text of an output, in tests/golden. UPDATE_GOLDEN=1 in the
// environment rewrites them; review the diff.
#pragma once

#include "tests/fakes/source_tree.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace cal::fakes {

inline std::string golden(const std::string& name, const std::string& actual) {
  const std::string file = (source_tree() / "tests/golden" / name).string();
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(file) << actual;
  std::ostringstream expected;
  expected << std::ifstream(file).rdbuf();
  return expected.str();
}

}  // namespace cal::fakes
