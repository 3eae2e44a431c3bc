#include "agent/contract/state_file.h"

#include "tests/catch.h"

using namespace cal;

TEST_CASE("a sealed state opens to the same text", "[state]") {
  for (const auto* text : {"", "x", "two\nlines\n", "\xff"}) {
    CHECK(open_state(1, sealed_state(1, text)).state == SavedState{1, text});
  }
}

TEST_CASE("a state that is cut, changed or longer is damaged", "[state]") {
  const auto sealed = sealed_state(1, "some text");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    CHECK(open_state(1, sealed.substr(0, i)).wrong == "is damaged");
    auto changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK_FALSE(open_state(1, changed).state);
  }
  CHECK(open_state(1, sealed + "x").wrong == "is damaged");
}

TEST_CASE("a state of an older version opens, and says which it is", "[state]") {
  CHECK(open_state(3, sealed_state(1, "x")).state == SavedState{1, "x"});
  CHECK(open_state(3, sealed_state(2, "x")).state == SavedState{2, "x"});
}

TEST_CASE("a state of a newer version names both versions", "[state]") {
  const auto opened = open_state(1, sealed_state(2, "x"));
  CHECK_FALSE(opened.state);
  CHECK(opened.wrong ==
        "was written by a newer version of cal_exporter: it has version 2, and 1 is the newest "
        "that can be read");
}
