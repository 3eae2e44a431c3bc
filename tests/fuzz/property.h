// How a fuzz target checks a property: a violation aborts the process.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace cal::fuzz {

inline void require(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", property);
  std::abort();
}

}  // namespace cal::fuzz
