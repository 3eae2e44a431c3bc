// "host", "host:port", "[2001:db8::1]:port": taken apart. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cal {

struct HostPort {
  std::string_view host;   // without brackets; empty in ":port"
  bool bracketed = false;  // only then a host with colons is clear from its port
  std::optional<std::uint16_t> port;
};

// Without brackets, the port follows the last colon. Empty when a bracket is not closed, or what
// follows the host is not a port. The host is not checked.
std::optional<HostPort> parse_host_port(std::string_view text);

inline constexpr std::size_t max_host_length = 253;  // RFC 1035 2.3.4, as text

// Whether a name may be asked for: at most max_host_length bytes, no white space or control
// characters, and none that has a meaning in a URL. Letters of every language, since Microsoft's
// DNS takes them as UTF-8.
bool is_host_name(std::string_view host);

}  // namespace cal
