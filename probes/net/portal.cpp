#include "probes/net/portal.h"

#include "agent/base/text.h"
#include "probes/net/endpoint.h"

#include <algorithm>
#include <array>

namespace cal::net {

namespace {

constexpr std::string_view white_space = " \t\r\n\xef\xbb\xbf";

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

bool leads_elsewhere(std::string_view target, std::string_view host) {
  if (target.empty()) return false;
  const auto url = parse_url(std::string(target));
  return !url || folded(url->host) != folded(host);
}

bool refreshes_elsewhere(std::string_view refresh, std::string_view host) {
  const auto value = folded(refresh);
  const auto begin = value.find_first_of(";,");
  if (begin == value.npos) return false;  // only a number: the same page again
  auto target = std::string_view(value).substr(begin + 1);
  target.remove_prefix(std::min(target.find_first_not_of(" \t"), target.size()));
  if (target.starts_with("url")) {
    target.remove_prefix(3);
    target.remove_prefix(std::min(target.find_first_not_of(" \t="), target.size()));
  }
  if (target.starts_with('\'') || target.starts_with('"')) target.remove_prefix(1);
  target = target.substr(0, target.find_first_of("'\""));
  if (target.starts_with("//")) return leads_elsewhere("http:" + std::string(target), host);
  return contains(target, ":") && leads_elsewhere(target, host);  // else a path on the same host
}

bool is_for_browsers(std::string_view content_type, std::string_view body) {
  const auto type = folded(content_type);
  constexpr std::array<std::string_view, 5> types{"text/html", "application/xhtml",
                                                  "text/javascript", "application/javascript",
                                                  "application/captive+json"};  // RFC 8908
  if (std::ranges::any_of(types, [&](auto each) { return type.starts_with(each); })) return true;
  const auto first = body.find_first_not_of(white_space);
  if (first != body.npos && body[first] == '<') return true;
  const auto text = folded(body);
  constexpr std::array<std::string_view, 7> marks{
      "<html",           "<script",           "http-equiv",
      "window.location", "document.location", "location.replace",
      "location.href"};
  return std::ranges::any_of(marks, [&](auto each) { return contains(text, each); });
}

}  // namespace cal::net
