// The style and the script of the pages: that the build embeds the files as they are.
#include "agent/pages/assets.h"

#include "tests/catch.h"
#include "tests/fakes/source_tree.h"

#include <fstream>
#include <sstream>

using namespace cal;

TEST_CASE("an asset is the file of its name, byte for byte", "[pages]") {
  for (const auto* name : {"style.css", "refresh.js"}) {
    std::ostringstream file;
    file << std::ifstream(fakes::source_tree() / "agent/pages/assets" / name).rdbuf();
    CHECK(!file.str().empty());
    CHECK(asset(name) == file.str());
  }
  CHECK(asset("other").empty());
}
