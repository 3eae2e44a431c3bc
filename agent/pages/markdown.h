// Markdown to HTML: CommonMark with GitHub's tables. Pure.
#pragma once

#include <string>
#include <string_view>

namespace cal {

// HTML in the text itself is left out, and so are links to anything but http, https and mailto. A
// link to another page of the same folder ("other.md") leads to the page as it is served ("other").
// Headings have their words as id ("how-it-asks").
std::string html_of_markdown(std::string_view markdown);

}  // namespace cal
