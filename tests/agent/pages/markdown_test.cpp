#include "agent/pages/markdown.h"

#include "tests/catch.h"

namespace {

using cal::Profile;
using cal::RunbookReader;

std::string html_of(std::string_view markdown,
                    const std::optional<RunbookReader>& reader = std::nullopt) {
  const auto page = cal::html_of_markdown(cal::Links(), markdown, reader);
  return page.title.str() + page.body().str();
}

const RunbookReader ebs{Profile::ebs};
const RunbookReader rds{Profile::rds};

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

TEST_CASE("a paragraph or an item for another profile is left out", "[markdown]") {
  const auto* const text =
      "All.\n\n**EBS:** one.\n\n**Remote Desktop:** two.\n\n"
      "1. **EBS:** three\n2. **Remote Desktop:** `four`\n3. five\n";
  CHECK(html_of(text, ebs) ==
        "<p>All.</p>\n<p>One.</p>\n<ol>\n<li>Three</li>\n<li>five</li>\n</ol>\n");
  CHECK(html_of(text, rds) ==
        "<p>All.</p>\n<p>Two.</p>\n<ol>\n<li><code>four</code></li>\n<li>five</li>\n</ol>\n");
  CHECK(html_of(text).find("<strong>EBS:</strong> one.") != std::string::npos);
}

TEST_CASE("only a mark at the beginning leaves out, and no other text", "[markdown]") {
  for (const auto* text :
       {"EBS: it.\n", "It, **EBS:** there.\n", "**EBS** it.\n", "**Check:** it.\n"}) {
    INFO(text);
    CHECK(html_of(text, rds) == html_of(text));
  }
}

TEST_CASE("a heading for another profile is left out with all below it", "[markdown]") {
  const auto* const text =
      "# it\n\n## a (EBS)\n\none\n\n### b\n\ntwo\n\n## c\n\nthree\n\n## `d` (Remote "
      "Desktop)\n\nfour\n";
  const auto has = [&](const RunbookReader& reader, std::string_view part) {
    return html_of(text, reader).find(part) != std::string::npos;
  };
  for (const auto* part : {"one", "two", "three"}) CHECK(has(ebs, part));
  CHECK_FALSE(has(ebs, "four"));
  for (const auto* part : {"three", "four"}) CHECK(has(rds, part));
  for (const auto* part : {"one", "two"}) CHECK_FALSE(has(rds, part));
}

TEST_CASE("a list without an item for the reader is left out", "[markdown]") {
  CHECK(html_of("text\n\n- **EBS:** one\n", rds) == "<p>text</p>\n");
}

TEST_CASE("a heading for several reasons shows the one that was found", "[markdown]") {
  const auto* const text = "## It\n\n### Either: `one` `two` `three` (EBS)\n\nlook\n";
  const auto heading = [&](std::string_view reason) {
    const auto page = html_of(text, RunbookReader{Profile::ebs, reason});
    return page.substr(page.find("Either"), page.find("</h3>") - page.find("Either"));
  };
  CHECK(heading("one") == "Either: <code>one</code> (EBS)");
  CHECK(heading("two") == "Either: <code>two</code> (EBS)");
  CHECK(heading("three") == "Either: <code>three</code> (EBS)");
  CHECK(heading("") == "Either: <code>one</code> <code>two</code> <code>three</code> (EBS)");
}

TEST_CASE("below Verify, a heading for other reasons is left out with all below it", "[markdown]") {
  const std::string text =
      "## Verify\n\n### It goes on: `one` `two`\n\nRun it.\n\n### It is there: `two`\n\nLook.\n\n"
      "## Options\n\n### For: `one`\n\nNone.\n";
  const auto one = html_of(text, RunbookReader{Profile::ebs, "one"});
  CHECK(one.find("Run it.") != std::string::npos);
  CHECK(one.find("Look.") == std::string::npos);
  CHECK(html_of(text, RunbookReader{Profile::ebs, "two"}).find("Look.") != std::string::npos);
  const auto other = html_of(text, RunbookReader{Profile::ebs, "three"});
  CHECK(other.find("Run it.") == std::string::npos);
  CHECK(other.find("Verify") == std::string::npos);
  CHECK(other.find("None.") != std::string::npos);
  CHECK(html_of(text, RunbookReader{Profile::ebs}).find("Look.") != std::string::npos);
}

TEST_CASE("of a list for several reasons, the items of the one that was found come first",
          "[markdown]") {
  const auto* const text =
      "# it\n\n### Either: `one` `two` `three`\n\n1. look\n2. `one`: do this\n3. `two` `one`: do "
      "that\n"
      "4. `three`, if so: leave it\n5. `other`: stays\n\n### Next: `four`\n\n- `one`: stays\n";
  const auto page = html_of(text, RunbookReader{Profile::ebs, "one"});
  CHECK(page.find(
            "<ol>\n<li><code>one</code>: do this</li>\n<li><code>two</code> <code>one</code>: do "
            "that</li>\n<li>look</li>\n<li><code>other</code>: stays</li>\n</ol>") !=
        std::string::npos);
  CHECK(page.find("<ul>\n<li><code>one</code>: stays</li>\n</ul>") != std::string::npos);
  CHECK(html_of(text, RunbookReader{Profile::ebs, "four"}).find("leave it") != std::string::npos);
  CHECK(html_of(text, ebs) == html_of(text));
}
