// Reads cases of the access check from standard input and compares our answers with the expected
// ones. One case per line, tab-separated: the descriptor (base64), the token's SIDs (commas), the
// mask (hex), the object types from the class downwards (commas, may be empty), and "granted" or
// "denied". Further columns are shown with a difference. Exits with 1 on a difference, or on a
// line that cannot be read.
#include "probes/security/access_check.h"
#include "probes/security/base64.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

namespace {

using cal::security::AccessMask;
using cal::security::DescriptorView;
using cal::security::Guid;
using cal::security::ObjectTree;
using cal::security::Sid;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  if (text.empty()) return parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// "granted", "denied", "unknown", or why the line cannot be read.
std::string answer(const std::vector<std::string_view>& columns) {
  const auto bytes = cal::security::decode_base64(columns[0]);
  if (!bytes) return "no base64";
  const auto view = DescriptorView::parse(std::as_bytes(std::span(*bytes)));
  if (!view) return std::string(view.error.what);

  std::vector<Sid> token;
  for (const auto text : split(columns[1], ',')) {
    const auto sid = Sid::parse_text(text);
    if (!sid) return "no SID";
    token.push_back(*sid);
  }
  std::vector<Guid> types;
  for (const auto text : split(columns[3], ',')) {
    const auto guid = Guid::parse_text(text);
    if (!guid) return "no GUID";
    types.push_back(*guid);
  }
  const auto tree = ObjectTree::chain(types);
  if (!types.empty() && !tree) return "no object tree";

  const std::string_view hex = columns[2].substr(2);
  AccessMask desired = 0;
  if (std::from_chars(hex.data(), hex.data() + hex.size(), desired, 16).ec != std::errc{}) {
    return "no mask";
  }
  const auto result = cal::security::access_check(
      *view, {.token = token, .desired = desired, .tree = tree ? &*tree : nullptr});
  return std::string(name_of(result.decision));
}

}  // namespace

int main() {
  std::size_t agree = 0;
  std::size_t disagree = 0;
  std::size_t granted = 0;
  for (std::string line; std::getline(std::cin, line);) {
    const auto columns = split(line, '\t');
    const bool readable = columns.size() >= 5 && columns[2].starts_with("0x");
    const std::string ours = readable ? answer(columns) : "no case";
    if (readable && ours == columns[4]) {
      ++agree;
      granted += ours == "granted" ? 1U : 0U;
    } else {
      ++disagree;
      fmt::print(stderr, "ours: {}; theirs: {}\n", ours, line);
    }
  }
  fmt::print("{} agree ({} of them granted), {} disagree\n", agree, granted, disagree);
  if (agree + disagree == 0) fmt::print(stderr, "no cases on standard input\n");
  return disagree == 0 && agree > 0 ? 0 : 1;
}
