#include "agent/pages/markdown.h"

#include "tests/catch.h"

namespace {

std::string html_of(std::string_view markdown) {
  const auto page = cal::html_of_markdown(cal::Links(), markdown);
  return page.title.str() + page.body().str();
}

}  // namespace

TEST_CASE("headings, lists, code and tables become HTML", "[markdown]") {
  const auto html = html_of("# Title\n\n1. one\n\n| a | b |\n|---|---|\n| `x` | y |\n");
  CHECK(html.find("Title</h1>") != std::string::npos);
  CHECK(html.find("<ol>") != std::string::npos);
  CHECK(html.find("<th>a</th>") != std::string::npos);
  CHECK(html.find("<td><code>x</code></td>") != std::string::npos);
}

TEST_CASE("a link can lead to a heading", "[markdown]") {
  const auto html = html_of("# it\n\n## How it asks\n");
  CHECK(html.find("<h2><span id=\"how-it-asks\"></span>How it asks</h2>") != std::string::npos);
  CHECK(html_of("# it\n\n### The host's name: `not_found` `no-name`\n")
            .find("<span id=\"the-hosts-name-not_found-no-name\"></span>") != std::string::npos);
}

TEST_CASE("HTML and scripts in the text are left out", "[markdown]") {
  const auto html = html_of("<script>alert(1)</script>\n\n[x](javascript:alert(1)) <b>y</b>\n");
  CHECK(html.find("<script") == std::string::npos);
  CHECK(html.find("javascript:") == std::string::npos);
  CHECK(html.find("<b>") == std::string::npos);
}

TEST_CASE("the title is apart from the rest", "[markdown]") {
  const auto page = cal::html_of_markdown(cal::Links(), "# It\n\ntext\n\n# more\n");
  CHECK(page.title.str() == "<h1><span id=\"it\"></span>It</h1>\n");
  CHECK(page.body().str() == "<p>text</p>\n<h1><span id=\"more\"></span>more</h1>\n");
  CHECK(cal::html_of_markdown(cal::Links(), "text\n").title.empty());
  CHECK(cal::html_of_markdown(cal::Links(), "").body().empty());
}

TEST_CASE("a link to a neighboring page leads to where it is served", "[markdown]") {
  CHECK(html_of("[x](../other/README.md)").find("href=\"/runbooks/other\"") != std::string::npos);
  CHECK(html_of("[x](https://a.example/b.md)").find("href=\"https://a.example/b.md\"") !=
        std::string::npos);
  CHECK(html_of("[x](#how)").find("href=\"#how\"") != std::string::npos);
}

TEST_CASE("of a link to anything else, and of an image, the text stays", "[markdown]") {
  for (const auto* url : {"javascript:alert(1)", "../../x/README.md", "mailto:a@b.example", "x"}) {
    INFO(url);
    CHECK(html_of(fmt::format("a [*b* c]({}) d", url)) == "<p>a <em>b</em> c d</p>\n");
    CHECK(html_of(fmt::format("a ![*b* c]({}) d", url)) == "<p>a <em>b</em> c d</p>\n");
  }
  CHECK(html_of("![x](https://a.example/x.png)") == "<p>x</p>\n");
}
