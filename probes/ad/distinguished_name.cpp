#include "probes/ad/distinguished_name.h"

#include "probes/ldap/escape.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <vector>

namespace cal::ad {

namespace {

// Splits at the separators that are neither escaped nor quoted.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == separator && !quoted) {
      parts.push_back(text.substr(start, i - start));
      start = i + 1;
    }
  }
  parts.push_back(text.substr(start));
  return parts;
}

// Without spaces at both ends, except one that is escaped.
std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ') && !text.ends_with("\\ ")) text.remove_suffix(1);
  return text;
}

// ADSI escapes the slashes of a DN in a path.
std::string with_plain_slashes(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && text.substr(i + 1).starts_with('/')) continue;
    plain += text[i];
  }
  return plain;
}

bool is_type(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '.';
  });
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

bool starts_with_ignoring_case(std::string_view text, std::string_view start) {
  return equal_ignoring_case(text.substr(0, start.size()), start);
}

std::string without_path(std::string_view text) {
  for (const std::string_view scheme : {"ldap://", "ldaps://", "gc://"}) {
    if (!starts_with_ignoring_case(text, scheme)) continue;
    text.remove_prefix(scheme.size());
    const auto slash = text.find('/');
    return with_plain_slashes(slash < text.find('=') ? text.substr(slash + 1) : text);
  }
  return std::string(text);
}

std::optional<std::string> normalize_dn(std::string_view text) {
  const auto dn = without_path(trim(text));
  std::vector<std::string> parts;
  for (const auto part : split(dn, ',')) {
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const auto type = trim(part.substr(0, equals));
    const auto value = trim(part.substr(equals + 1));
    if (!is_type(type) || value.empty()) return std::nullopt;
    parts.push_back(fmt::format("{}={}", type, value));
  }
  // The dot at the end of a DNS name is not part of the domain's DN.
  auto& last = parts.back();
  if (starts_with_ignoring_case(last, "dc=") && last.ends_with('.')) last.pop_back();
  return fmt::format("{}", fmt::join(parts, ","));
}

std::string first_value(std::string_view dn) {
  std::string value;
  for (auto i = dn.find('=') + 1; i < dn.size() && dn[i] != ','; ++i) {
    if (dn[i] == '\\' && i + 1 < dn.size()) ++i;
    value += dn[i];
  }
  return value;
}

bool is_of_domain(std::string_view dn, std::string_view domain_dn) {
  for (const auto part : split(dn, ',')) {
    if (!starts_with_ignoring_case(part, "dc=")) continue;
    return equal_ignoring_case(dn.substr(static_cast<std::size_t>(part.data() - dn.data())),
                               domain_dn);
  }
  return false;
}

std::string filter_by_dn(std::string_view dn) {
  return fmt::format("(distinguishedName={})", ldap::escape_filter(dn));
}

std::string filter_by_dns(std::span<const std::string> dns) {
  std::string filter = "(|";
  for (const auto& dn : dns) filter += filter_by_dn(dn);
  return filter + ")";
}

}  // namespace cal::ad
