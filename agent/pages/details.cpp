#include "agent/pages/details.h"

namespace cal {

Html details_html(Fold fold, std::string_view id, std::string_view kind, const Html& summary,
                  const Html& content) {
  if (fold == Fold::unfolded) {
    return markup("<details open id=\"{}\" class=\"{}\"><summary>{}</summary>\n{}</details>\n", id,
                  kind, summary, content);
  }
  return markup("<details id=\"{}\" class=\"{}\"><summary>{}</summary>\n{}</details>\n", id, kind,
                summary, content);
}

}  // namespace cal
