#include "probes/inventory/product_key.h"

#include "tests/catch.h"

#include <new>

using namespace cal::inventory;

TEST_CASE("a key is the same in every spelling", "[inventory]") {
  const auto key = ProductKey::parse("ABCDE-12345-FGHIJ-67890-KLMNO");
  REQUIRE(key);
  CHECK(key->last_five() == "KLMNO");
  for (const auto* same : {"abcde-12345-fghij-67890-klmno", "ABCDE12345FGHIJ67890KLMNO",
                           "ABCDE 12345 FGHIJ 67890 KLMNO"}) {
    CHECK(ProductKey::parse(same) == key);
  }
  CHECK_FALSE(ProductKey::parse("ABCDE-12345-FGHIJ-67890-KLMNP") == key);
}

TEST_CASE("a text that is too short, too long or not a key is refused", "[inventory]") {
  CHECK(ProductKey::parse("ABCDE-12345-FGHIJ"));
  CHECK(ProductKey::parse(std::string(ProductKey::max_size, 'A')));
  for (const auto& bad : {std::string(), std::string("KLMNO"), std::string("ABCDE-12345-FGHI"),
                          std::string("ABCDE-12345-FGHIJ-67890-KLMN\xC3\x96"),
                          std::string("ABCDE-12345-FGHIJ\nABCDE-12345-FGHIJ"),
                          std::string(ProductKey::max_size + 1, 'A')}) {
    CHECK_FALSE(ProductKey::parse(bad));
  }
}

TEST_CASE("a key that a console masked, and one that was cut off, are recognized", "[inventory]") {
  const auto key = [](std::string_view text) { return *ProductKey::parse(text); };
  CHECK(key("XXXXX-XXXXX-XXXXX-XXXXX-KLMNO").is_masked());
  CHECK(key("00000-00000-00000-00000-KLMNO").is_masked());
  CHECK_FALSE(key("XXXXX-XXXXX-XXXXX-XXXX1-KLMNO").is_masked());
  const auto whole = key("ABCDE-12345-FGHIJ-67890-KLMNO");
  for (const auto* part :
       {"ABCDE-12345-FGHIJ", "ABCDE-12345-FGHIJ-67890-KLM", "12345-FGHIJ-67890-KLMNO"}) {
    CHECK(key(part).is_cut_from(whole));
    CHECK(whole.is_cut_from(key(part)));
  }
  CHECK_FALSE(whole.is_cut_from(whole));
  CHECK_FALSE(key("ABCDE-12345-FGHIK").is_cut_from(whole));
}

TEST_CASE("a key is wiped when it is destroyed", "[inventory]") {
  alignas(ProductKey) std::array<char, sizeof(ProductKey)> place{};
  auto* const key = new (place.data()) ProductKey(*ProductKey::parse("ABCDE-12345-FGHIJ"));
  CHECK(std::string_view(place.data(), place.size()).find("ABCDE12345FGHIJ") !=
        std::string_view::npos);
  key->~ProductKey();
  CHECK(std::string_view(place.data(), place.size()).find("ABCDE") == std::string_view::npos);
}

TEST_CASE("text that holds a key is hidden, and other text is shown", "[inventory]") {
  for (const auto* secret :
       {"ABCDE-12345-FGHIJ-67890-KLMNO", "key: abcde-12345-fghij-67890-klmno (old)",
        "ABCDE12345FGHIJ67890KLMNO", "ABCDE 12345 FGHIJ 67890 KLMNO",
        "x-ABCDE-12345-FGHIJ-67890"}) {
    CHECK(shown(secret) == "(hidden: it looks like a product key)");
  }
  for (const auto* text :
       {"", "Windows EBS CAL Suite", "Windows Server 2008 oder Windows Server 2008 R2",
        "A02-6.00-S", "Remotedesktopdienstelizenzierung", "Büro", "Suite 12345"}) {
    CHECK(shown(text) == text);
  }
  CHECK(shown(std::string(300, 'x')).size() == 100);
}
