// Html: what is escaped, and what does not compile.
#include "agent/pages/html.h"

#include "tests/catch.h"

#include <array>

using namespace cal;

namespace {

template <class T>
concept CanBeAppended = requires(Html html, T more) {
  html += more;
};

// Text is not HTML until it is escaped, and nothing else makes HTML of a variable.
static_assert(!std::convertible_to<std::string, Html>);
static_assert(!std::convertible_to<const char*, Html>);
static_assert(CanBeAppended<Html> && !CanBeAppended<std::string> && !CanBeAppended<const char*>);
static_assert(!std::constructible_from<Markup<>, std::string>);
static_assert(!std::constructible_from<Markup<>, std::string_view>);

// A URL is a Link, and a text does not become one.
static_assert(!std::constructible_from<Link, std::string>);
static_assert(!std::constructible_from<Link, const char*>);
static_assert(!std::constructible_from<Html, Link>);

std::string error_of(std::string_view markup, Filling filling) {
  const std::array fillings{filling};
  try {
    check_markup(markup, fillings);
    return "";
  } catch (const std::logic_error& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("text in markup is escaped, HTML and numbers are as they are", "[pages]") {
  const auto bold = markup("<b>{}</b>", "<i> & \"it's\"");
  CHECK(bold.str() == "<b>&lt;i&gt; &amp; &quot;it&#39;s&quot;</b>");
  CHECK(markup("<p class=\"{}\">{}: {:.1f}</p>", "\"><", bold, 2.25).str() ==
        "<p class=\"&quot;&gt;&lt;\">" + bold.str() + ": 2.2</p>");
  CHECK(Html("<b>").str() == "&lt;b&gt;");
  CHECK(Html().empty());
}

TEST_CASE("a placeholder may be used twice", "[pages]") {
  CHECK(markup(R"(<h2 id="{0}">{0}, {1}</h2>)", "<a", 7).str() ==
        R"(<h2 id="&lt;a">&lt;a, 7</h2>)");
}

TEST_CASE("a link fills a URL", "[pages]") {
  CHECK(markup(R"(<a href="{}">{}</a>)", Links().runbook("a&b"), "a&b").str() ==
        R"(<a href="/runbooks/a%26b">a&amp;b</a>)");
  const auto search = Link::external("https://a.example/?a=1&b='2'").value();
  CHECK(markup(R"(<a href="{}">x</a>)", search).str() ==
        R"(<a href="https://a.example/?a=1&amp;b=&#39;2&#39;">x</a>)");
}

TEST_CASE("markup that could let text out of its place does not compile", "[pages]") {
  struct Row {
    std::string markup;
    Filling filling;
    std::string error;
  };
  const std::array<Row, 21> rows{{
      {"<p>{}</p>", Filling::text, ""},
      {"<p>{}</p>", Filling::html, ""},
      {"<p>{:.1f}</p>", Filling::number, ""},
      {R"(<p class="a {}" id="b">{0}</p>)", Filling::text, ""},
      {R"(<a href="{}">x</a>)", Filling::link, ""},
      {R"(<form class="x" action="{0}">)", Filling::link, ""},
      {R"(<a href="{}">x</a>)", Filling::text, "only a Link fills a URL"},
      {R"(<script src="{}"></script>)", Filling::text, "only a Link fills a URL"},
      {R"(<a href="{}">x</a>)", Filling::html, "only a Link fills a URL"},
      {R"(<a href="/x/{}">x</a>)", Filling::link, "a URL is one placeholder"},
      {R"(<a href="/x">{}</a>)", Filling::text, "a URL is one placeholder"},
      {R"(<p class="{}">)", Filling::link, "a Link fills only a URL"},
      {"<p>{}</p>", Filling::link, "a Link fills only a URL"},
      {R"(<p class="{}">)", Filling::html, "Html does not fill an attribute"},
      {"<p {}>", Filling::text, "a placeholder is between tags or in a quoted value"},
      {"<p class={}>", Filling::text, "a placeholder is between tags or in a quoted value"},
      {"<p class='{}'>", Filling::text, "values are in double quotes"},
      {R"(<p onclick="{}">)", Filling::text, "code and style are in agent/pages/assets"},
      {R"(<p style="{}">)", Filling::text, "code and style are in agent/pages/assets"},
      {"<p>{}</p", Filling::text, "a tag has no end"},
      {"<p>{}{}</p>", Filling::text, "a placeholder has no argument"},
  }};
  for (const auto& row : rows) {
    INFO(row.markup);
    CHECK(error_of(row.markup, row.filling) == row.error);
  }
}
