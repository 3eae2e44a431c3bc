// Compiles Catch2's runner and the repository's path. If the path were a macro for every test,
// checkouts in different folders could not share a compiler cache.
#define CATCH_CONFIG_MAIN  // of Catch2 2; 3 has its main in a library
#include "tests/catch.h"
#include "tests/fakes/source_tree.h"

std::filesystem::path cal::fakes::source_tree() { return CAL_SOURCE_DIR; }
