#include "probes/winlog/bookmark.h"

#include "tests/catch.h"

using namespace cal::winlog;

namespace {

constexpr auto known = std::nullopt;

}  // namespace

TEST_CASE("an event is new only once", "[winlog][bookmark]") {
  Bookmark bookmark;
  CHECK(bookmark.see(7, 100) == 0u);
  CHECK(bookmark.see(7, 100) == known);
  CHECK(bookmark.see(8, 100) == 0u);
  CHECK(bookmark.see(7, 100) == known);
  CHECK(bookmark.see(8, 99) == known);
}

TEST_CASE("skipped IDs are counted, but not before the first event", "[winlog][bookmark]") {
  Bookmark bookmark;
  CHECK(bookmark.see(500, 100) == 0u);
  CHECK(bookmark.see(501, 100) == 0u);
  CHECK(bookmark.see(511, 101) == 9u);
}

TEST_CASE("lower IDs at a later time belong to a cleared log", "[winlog][bookmark]") {
  Bookmark bookmark;
  bookmark.see(500, 100);
  CHECK(bookmark.see(1, 101) == 0u);
  CHECK(bookmark.see(2, 101) == 0u);
  CHECK(bookmark.see(2, 101) == known);

  SECTION("and the log before is still known") {
    CHECK(bookmark.see(499, 99) == known);
    CHECK(bookmark.see(500, 100) == known);
    CHECK(bookmark.see(3, 102) == 0u);
  }
  SECTION("and what was lost before the first one is counted") {
    CHECK(Bookmark(bookmark.marks()).see(1, 200) == 0u);
    CHECK(bookmark.see(2, 300) == 1u);
  }
}

TEST_CASE("the same IDs are new after each clearing", "[winlog][bookmark]") {
  Bookmark bookmark;
  for (std::int64_t second = 0; second < 100; ++second) CHECK(bookmark.see(1, second) == 0u);
  CHECK(bookmark.marks().size() <= 8);
}

TEST_CASE("a clock that was set back does not hide events", "[winlog][bookmark]") {
  Bookmark bookmark;
  bookmark.see(10, 1000);
  CHECK(bookmark.see(11, 500) == 0u);
  CHECK(bookmark.see(11, 500) == known);
  CHECK(bookmark.see(10, 1000) == known);
}

TEST_CASE("without a time the ID decides", "[winlog][bookmark]") {
  Bookmark bookmark;
  bookmark.see(10, 100);
  CHECK(bookmark.see(11, std::nullopt) == 0u);
  CHECK(bookmark.see(11, std::nullopt) == known);
  CHECK(bookmark.see(1, std::nullopt) == known);
  CHECK(bookmark.see(12, 101) == 0u);
}

TEST_CASE("IDs at the limits of their range are handled", "[winlog][bookmark]") {
  Bookmark bookmark;
  CHECK(bookmark.see(0, 1) == 0u);
  CHECK(bookmark.see(UINT64_MAX, 2) == UINT64_MAX - 1);
  CHECK(bookmark.see(0, 3) == 0u);
}
