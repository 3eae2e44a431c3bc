#include "agent/metrics/textfile.h"
#include "tests/catch.h"
#include "tests/fakes/scratch_folder.h"

using namespace cal;

namespace {

std::shared_ptr<const Exposition> page_of(std::string_view text) {
  ExpositionWriter writer;
  writer.append(text);
  return writer.finish();
}

}  // namespace

TEST_CASE("the textfile is replaced as a whole and leaves nothing beside it", "[textfile]") {
  const fakes::ScratchFolder folder;
  Textfile textfile(folder.path() / "cal.prom");
  textfile.write(*page_of("a 1\nb 2\n"));
  textfile.write(*page_of("a 3\n"));
  CHECK(folder.read("cal.prom") == "a 3\n");
  CHECK_FALSE(std::filesystem::exists(folder.path() / "cal.prom.new"));
}

TEST_CASE("a textfile that cannot be written does not stop the agent", "[textfile]") {
  const fakes::ScratchFolder folder;
  Textfile textfile(folder.path() / "later" / "cal.prom");
  textfile.write(*page_of("a 1\n"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "later"));
  std::filesystem::create_directory(folder.path() / "later");
  textfile.write(*page_of("a 2\n"));
  CHECK(folder.read("later/cal.prom") == "a 2\n");
}
