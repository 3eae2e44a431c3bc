#include "agent/contract/config_errors.h"

#include "tests/catch.h"

#include <fmt/format.h>

#include <string>

using cal::ConfigErrors;
using cal::max_config_errors;
using cal::max_logged_config_errors;

TEST_CASE("errors are listed in the order of the file, each once", "[config]") {
  ConfigErrors errors;
  CHECK(errors.empty());
  errors.add({"f.yml", 2, 5}, "second");
  errors.add({"f.yml", 1, 3}, "first");
  errors.add({"f.yml", 2, 5}, "of the same place");
  errors.add({"f.yml", 2, 5}, "second");
  errors.add({"f.yml"}, "of the whole file");
  CHECK(errors.text() ==
        "f.yml: of the whole file\nf.yml:1:3: first\nf.yml:2:5: second\n"
        "f.yml:2:5: of the same place\n");
  CHECK(errors.without_places() == "of the whole file; first; second; of the same place");
}

TEST_CASE("an error is one line, whatever it quotes", "[config]") {
  ConfigErrors errors;
  errors.add({"f.yml", 1, 1}, "unknown key 'a\nf.yml:2:1: b\x1b'");
  CHECK(errors.text() == "f.yml:1:1: unknown key 'a f.yml:2:1: b?'\n");
}

TEST_CASE("of very many errors the first of the file are kept, in bounded memory", "[config]") {
  ConfigErrors errors;
  const int count = GENERATE(200, 201, 100'000);
  for (int line = count; line > 0; --line) errors.add({"f.yml", line, 1}, std::string(5000, 'x'));
  CHECK(errors.text().size() < max_config_errors * 1100);
  CHECK(errors.text().find("f.yml:1:1: xxx") == 0);
  CHECK(errors.text().find("f.yml:200:1: xxx") != std::string::npos);
  const bool has_more = count > 200;
  CHECK(errors.text().ends_with("f.yml: there are more errors; these are the first 200\n") ==
        has_more);
  CHECK(errors.without_places().ends_with("; and more") == has_more);
  const auto logged = errors.text(max_logged_config_errors);
  CHECK(logged.size() < max_logged_config_errors * 1100);
  CHECK(logged.ends_with("f.yml: there are more errors; these are the first 20\n"));
}
