// The one place that compiles Catch2's runner, and that knows the repository's folder: were it a
// macro of every test, no checkout could use what a compiler cache has of another.
#define CATCH_CONFIG_MAIN
#include "tests/fakes/source_tree.h"

#include <catch2/catch.hpp>

std::filesystem::path cal::fakes::source_tree() { return CAL_SOURCE_DIR; }
