// The head of a request, as RFC 9112 3.2 and 6.3 want it to be read and libmicrohttpd does not.
#pragma once

#include <optional>
#include <string>
#include <string_view>

struct MHD_Connection;

namespace cal {

// Why two readers, such as a proxy and this server, may take different parts of it for the request:
// "there is more than one Host header". Empty when they do not. libmicrohttpd ends a value at a
// NUL, so that one inside a header is not seen.
std::string head_fault(MHD_Connection* connection);

// A path, or a whole URL, of which the host counts instead of the Host header. Its views are those
// of the arguments.
struct RequestTarget {
  std::string_view host;  // as in a Host header
  std::string_view path;  // begins with '/', or is the "*" of OPTIONS
};

// Pure. `target` is without its query. Empty for the form that only proxies use (CONNECT), and for
// everything else.
std::optional<RequestTarget> parse_target(std::string_view target, std::string_view host_header);

}  // namespace cal
