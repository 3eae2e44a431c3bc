// Markdown to HTML: CommonMark with GitHub's tables. Pure.
#pragma once

#include "agent/pages/html.h"
#include "agent/pages/link.h"
#include "agent/pages/runbook_marks.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cal {

// A heading with what follows it, up to the next heading.
struct MarkdownSection {
  int level = 0;                        // 2 for "## Resolve"; 0 for what has no heading before it
  std::string heading = {};             // its text, without code
  std::vector<std::string> codes = {};  // the `code` in the heading
  Html html = {};                       // all of it
};

struct MarkdownPage {
  Html title;  // the heading that the text begins with; empty without one
  std::vector<MarkdownSection> sections;

  Html body() const;  // all sections
};

// HTML in the text is left out. A link to a neighbor ("../other/README.md") leads to its runbook as
// it is served. Other links lead to http and https addresses and to sections of the same page; of
// any other link, and of an image, only the text stays. Headings have their words as id
// ("how-it-asks"). `reader`: without what is marked as for others; empty: all of it.
MarkdownPage html_of_markdown(const Links& links, std::string_view markdown,
                              const std::optional<RunbookReader>& reader = std::nullopt);

// Of the sections of a runbook below "Resolve", those whose heading names the reason.
Html steps_for(std::string_view reason, const std::vector<MarkdownSection>& sections);

}  // namespace cal
