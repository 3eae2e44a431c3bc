#include "agent/pages/html.h"

#include "agent/base/text.h"

namespace cal {

Html::Html(std::string_view text) : html_(html_escape(text)) {}

Html Html::trusted(std::string html) {
  Html trusted;
  trusted.html_ = std::move(html);
  return trusted;
}

Html& Html::operator+=(const Html& more) {
  html_ += more.html_;
  return *this;
}

namespace filling {

std::string of(std::string_view text) { return html_escape(text); }

std::string of(const Link& link) { return html_escape(link.url()); }

}  // namespace filling

}  // namespace cal
