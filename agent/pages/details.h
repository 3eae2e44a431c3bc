// A part of a page that unfolds. Pure.
#pragma once

#include "agent/pages/html.h"

#include <string_view>

namespace cal {

enum class Fold { folded, unfolded };

// `id` is unique on its page: the script keeps by it what a reader has folded or unfolded. `kind`
// is a class for the style sheet.
Html details_html(Fold fold, std::string_view id, std::string_view kind, const Html& summary,
                  const Html& content);

}  // namespace cal
