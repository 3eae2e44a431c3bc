// The marks in a runbook, which show what applies to whom (probes/README.md, "Marks in a
// runbook"). Pure.
#pragma once

#include "agent/contract/profile.h"

#include <string>
#include <string_view>
#include <vector>

struct cmark_node;

namespace cal {

// For whom a runbook is shown.
struct RunbookReader {
  Profile profile;
  std::string_view reason = {};  // what was found; empty: the steps for every reason
};

// The text of a heading, with that of its `code`.
std::string heading_text(cmark_node* heading);
std::vector<std::string> heading_codes(cmark_node* heading);

// Takes out of a document what is for other profiles, and of lists that serve several reasons the
// items for other reasons; those for the reader's own come first. A heading keeps only the reader's
// reason of several. Below "Verify", a heading for other reasons goes with all below it, and
// "Verify" itself if nothing is left.
void keep_for(const RunbookReader& reader, cmark_node* document);

}  // namespace cal
