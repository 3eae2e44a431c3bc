#include "agent/base/host_port.h"

#include <algorithm>
#include <charconv>

namespace cal {

std::optional<HostPort> parse_host_port(std::string_view text) {
  HostPort parts;
  parts.bracketed = text.starts_with('[');
  if (parts.bracketed) text.remove_prefix(1);
  const auto host_end = parts.bracketed ? text.find(']') : std::min(text.rfind(':'), text.size());
  if (host_end == text.npos) return std::nullopt;
  parts.host = text.substr(0, host_end);
  text.remove_prefix(host_end + (parts.bracketed ? 1 : 0));
  if (text.empty()) return parts;
  if (!text.starts_with(':')) return std::nullopt;
  text.remove_prefix(1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  parts.port = port;
  return parts;
}

bool is_host_name(std::string_view host) {
  const auto allowed = [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != '\x7F' &&
           std::string_view("/:@?#[]\\\"'<>").find(c) == std::string_view::npos;
  };
  return !host.empty() && host.size() <= max_host_length && std::ranges::all_of(host, allowed);
}

}  // namespace cal
