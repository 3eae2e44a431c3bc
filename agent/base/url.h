// A URL of pages, taken apart: "https://cal.example.com:8443/ebs". Pure.
#pragma once

#include <string_view>

namespace cal {

struct PageUrl {
  std::string_view scheme;     // "https"
  std::string_view authority;  // "cal.example.com:8443"
  std::string_view path;       // "/ebs", without slashes at its end; empty for the root
};

// Everything is empty unless there is a scheme and "://".
PageUrl parse_page_url(std::string_view url);

}  // namespace cal
