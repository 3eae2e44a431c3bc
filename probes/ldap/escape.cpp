#include "probes/ldap/escape.h"

#include <fmt/format.h>

#include <iterator>

namespace cal::ldap {

namespace {

void append_hex(std::string& text, char c) {
  fmt::format_to(std::back_inserter(text), "\\{:02x}", static_cast<unsigned char>(c));
}

bool is_control_or_eight_bit(char c) {
  const auto code = static_cast<unsigned char>(c);
  return code < 0x20 || code >= 0x7f;
}

}  // namespace

std::string escape_filter(std::string_view octets) {
  std::string text;
  for (const char c : octets) {
    if (std::string_view("*()\\").find(c) != std::string_view::npos || is_control_or_eight_bit(c)) {
      append_hex(text, c);
    } else {
      text.push_back(c);
    }
  }
  return text;
}

std::string escape_dn_value(std::string_view value) {
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const bool at_edge = i == 0 || i + 1 == value.size();
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      append_hex(text, c);
      continue;
    }
    if (std::string_view("\"+,;<>\\=").find(c) != std::string_view::npos || (c == ' ' && at_edge) ||
        (c == '#' && i == 0)) {
      text.push_back('\\');
    }
    text.push_back(c);
  }
  return text;
}

}  // namespace cal::ldap
