#include "agent/base/powershell.h"

#include "agent/base/text.h"
#include "agent/base/utf.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cal {

namespace {

// Each of these ends a literal in single quotes; PowerShell makes no difference between them.
constexpr std::array<std::string_view, 5> single_quotes{"'", "\u2018", "\u2019", "\u201A",
                                                        "\u201B"};

bool is_one_plain_line(std::string_view text) {
  return !first_not_utf8(text) && text.find_first_of(std::string_view("\0\n\t", 3)) == text.npos &&
         printable(text) == text;
}

}  // namespace

std::optional<std::string> powershell_literal(std::string_view text) {
  if (!is_one_plain_line(text)) return std::nullopt;
  std::string quoted = "'";
  while (!text.empty()) {
    const auto character = text.substr(0, utf8_length(text));
    quoted += character;
    if (std::ranges::find(single_quotes, character) != single_quotes.end()) quoted += character;
    text.remove_prefix(character.size());
  }
  return quoted + "'";
}

std::string powershell_comment(std::string_view text) {
  return fmt::format("# {}", is_one_plain_line(text) ? text : "(a name that cannot be shown)");
}

}  // namespace cal
