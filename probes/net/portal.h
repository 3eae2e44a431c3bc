// The marks of an answer that is meant for a person with a browser, such as the login page of a
// captive portal. Pure.
#pragma once

#include <string>
#include <string_view>

namespace cal::net {

// Whether the target of a redirect (a URL, or whatever a server sent instead) is another host.
// Empty: there is no redirect.
bool leads_elsewhere(std::string_view target, std::string_view host);

// The same for the header Refresh: "0; url=http://portal.example.org/".
bool refreshes_elsewhere(std::string_view refresh, std::string_view host);

// Whether this is a web page, or a script that opens one, by its media type or by its beginning.
bool is_for_browsers(std::string_view content_type, std::string_view body);

}  // namespace cal::net
