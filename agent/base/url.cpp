#include "agent/base/url.h"

#include <algorithm>

namespace cal {

PageUrl parse_page_url(std::string_view url) {
  constexpr std::string_view scheme_end = "://";
  const auto end = url.find(scheme_end);
  if (end == url.npos) return {};
  const auto rest = url.substr(end + scheme_end.size());
  const auto slash = std::min(rest.find('/'), rest.size());
  auto path = rest.substr(slash);
  while (path.ends_with('/')) path.remove_suffix(1);
  return {url.substr(0, end), rest.substr(0, slash), path};
}

}  // namespace cal
