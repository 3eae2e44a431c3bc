#include "agent/pages/markdown.h"

#include <catch2/catch.hpp>

using cal::html_of_markdown;

TEST_CASE("headings, lists, code and tables become HTML", "[markdown]") {
  const auto html = html_of_markdown("# Title\n\n1. one\n\n| a | b |\n|---|---|\n| `x` | y |\n");
  CHECK(html.find("Title</h1>") != std::string::npos);
  CHECK(html.find("<ol>") != std::string::npos);
  CHECK(html.find("<th>a</th>") != std::string::npos);
  CHECK(html.find("<td><code>x</code></td>") != std::string::npos);
}

TEST_CASE("a link can lead to a heading", "[markdown]") {
  const auto html = html_of_markdown("# it\n\n## How it asks\n");
  CHECK(html.find("<h2><span id=\"how-it-asks\"></span>How it asks</h2>") != std::string::npos);
}

TEST_CASE("HTML and scripts in the text are left out", "[markdown]") {
  const auto html =
      html_of_markdown("<script>alert(1)</script>\n\n[x](javascript:alert(1)) <b>y</b>\n");
  CHECK(html.find("<script") == std::string::npos);
  CHECK(html.find("javascript:") == std::string::npos);
  CHECK(html.find("<b>") == std::string::npos);
}

TEST_CASE("a link to a neighbouring page leads to where it is served", "[markdown]") {
  CHECK(html_of_markdown("[x](../other/README.md)").find("href=\"other\"") != std::string::npos);
  CHECK(html_of_markdown("[x](https://a.example/b.md)").find("b.md") != std::string::npos);
}
