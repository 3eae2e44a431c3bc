// YAML for which a walk over its tree would never end or would overflow the stack.
#include "agent/config/yaml_check.h"

#include "agent/base/file.h"
#include "agent/config/yaml_text.h"
#include "tests/catch.h"
#include "tests/fakes/source_tree.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <string>

using namespace cal;

namespace {

std::string error_of(const std::string& text) {
  ConfigErrors errors;
  const auto root = parse_yaml(text, "f.yml", errors);
  CHECK((root || !errors.empty()));
  return errors.text();
}

// `levels` anchors, each a list of ten aliases to the one before.
std::string laughs(int levels) {
  std::string text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int level = 1; level <= levels; ++level) {
    std::string aliases;
    for (int i = 0; i < 10; ++i) aliases += fmt::format("{}*a{}", i == 0 ? "" : ", ", level - 1);
    text += fmt::format("a{0}: &a{0} [{1}]\n", level, aliases);
  }
  return text;
}

}  // namespace

TEST_CASE("an alias to a node that contains it is an error with its place", "[yaml]") {
  for (const auto* text :
       {"a: &a [*a]", "a: &a {b: *a}", "a: &a\n  b:\n    - c: [d, *a]\n", "&root\na: *root\n"}) {
    INFO(text);
    CHECK_THAT(error_of(text), Catch::Contains("this alias refers to a node that contains it"));
    CHECK_THAT(error_of(text), Catch::StartsWith("f.yml:"));
  }
  CHECK_THAT(error_of("x: 1\na: &a [1,\n  *a]"), Catch::StartsWith("f.yml:3:3: "));
}

TEST_CASE("aliases that expand to too much are an error, however they are nested", "[yaml]") {
  CHECK(error_of(laughs(4)).empty());
  CHECK_THAT(error_of(laughs(9)), Catch::Contains("expand to more than 4 MB"));
  CHECK_THAT(error_of(laughs(30)), Catch::Contains("expand to more than 4 MB"));
  std::string wide = "s: &s " + std::string(100'000, 'x') + "\nl:\n";
  for (int i = 0; i < 100; ++i) wide += "  - *s\n";
  CHECK_THAT(error_of(wide), Catch::Contains("expand to more than 4 MB"));
}

TEST_CASE("ordinary anchors work", "[yaml]") {
  ConfigErrors errors;
  const auto root =
      parse_yaml("d: &d {i: 1m}\na: *d\nb: [*d, *d]\nk: &k key\n*k : v\n", "f", errors);
  REQUIRE(root);
  CHECK((*root)["a"]["i"].Scalar() == "1m");
  CHECK((*root)["b"][1]["i"].Scalar() == "1m");
  CHECK((*root)["key"].Scalar() == "v");
}

TEST_CASE("nesting, size and documents are bounded", "[yaml]") {
  CHECK(error_of(std::string(60, '[') + std::string(60, ']')).empty());
  for (const std::size_t depth : {65U, 1'000U, 200'000U}) {
    CHECK_THAT(error_of(std::string(depth, '[')), Catch::Contains("nested more than 64 levels"));
  }
  std::string steps;
  for (std::size_t i = 0; i < 200; ++i) steps += std::string(i, ' ') + "a:\n";
  CHECK_THAT(error_of(steps), Catch::Contains("nested more than 64 levels"));
  CHECK_THAT(error_of(std::string(max_yaml_bytes + 1, ' ')), Catch::Contains("at most 8 MB"));
  CHECK_THAT(error_of("a: 1\n---\nb: 2\n"),
             Catch::Contains("f.yml:2:1: invalid YAML: a second YAML"));
  CHECK(error_of("---\na: 1\n...\n").empty());
}

TEST_CASE("a duplicate key is an error in every mapping, also as an alias's value", "[yaml]") {
  CHECK(error_of("a: 1\nb: {c: 1, d: [{e: 1, e: 2}]}\na: 2\n") ==
        "f.yml:2:22: duplicate key 'e'; first defined on line 2\n"
        "f.yml:3:1: duplicate key 'a'; first defined on line 1\n");
  CHECK(error_of("a: {b: 1}\nc: {b: 1}\n").empty());
}

TEST_CASE("a key that an alias repeats is a duplicate", "[yaml]") {
  for (const auto* text : {"? &k a\n: 1\n? *k\n: 2\n", "k: &k a\na: 1\n*k : 2\n",
                           "&k a: 1\n*k : 2\n", "{&k a: 1, *k : 2}"}) {
    INFO(text);
    CHECK_THAT(error_of(text), Catch::Contains("duplicate key 'a'"));
  }
}

TEST_CASE("a key that is not text is an error", "[yaml]") {
  for (const auto* text : {"? [a]\n: 1\n", "? {a: b}\n: 1\n", "~: 1\n", ": 1\n", "null: 1\n",
                           "a: &a [b]\n? *a\n: 1\n"}) {
    INFO(text);
    CHECK_THAT(error_of(text), Catch::Contains("a key must be text"));
  }
  CHECK(error_of("'null': 1\n\"~\": 2\n'': 3\n").empty());
}

TEST_CASE("values are counted", "[yaml]") {
  const auto list_of = [](std::size_t items) {
    std::string text;
    for (std::size_t i = 0; i < items; ++i) text += "- a\n";
    return text;
  };
  CHECK(error_of(list_of(max_yaml_nodes - 1)).empty());
  CHECK_THAT(error_of(list_of(max_yaml_nodes)), Catch::Contains("more than 150000 values"));
}

// yaml-cpp's scanner would keep a token for each, before there is a node or a level to count.
TEST_CASE("a text of very many tokens is refused before it is read", "[yaml]") {
  const auto* const unit = GENERATE("[", "{", "[]", "[a,", "{a,", "{a: ", "{a: b,", "\"\"", "''",
                                    "- ", "? ", ": ", "!a ", "&a ", "*a ", "| ", "[\n", "--- a\n");
  INFO(unit);
  std::string text;
  while (text.size() < 4'000'000) text += unit;
  CHECK_THAT(error_of(text), Catch::Contains("f.yml: the file has more than 400000 brackets"));
}

TEST_CASE("750 networks with every key and every comment are read", "[yaml]") {
  auto text = *read_file(fakes::source_tree() / "config/cal_exporter.yml", max_yaml_bytes);
  const auto network = text.substr(text.find("\n  - name:"));
  for (int i = 0; i < 749; ++i) text += network;
  INFO(text.size());
  CHECK(error_of(text).empty());
}
