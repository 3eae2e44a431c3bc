#include "agent/config/yaml_tokens.h"

namespace cal {

namespace {

constexpr std::string_view brackets = ",[]{}";
constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view quotes = "\"'";

bool is_one_of(char c, std::string_view set) { return set.find(c) != set.npos; }

bool separates(char c) {
  return is_one_of(c, blanks) || is_one_of(c, brackets) || is_one_of(c, quotes);
}

// YAML 1.2, 5.3 and 7.3.3: within a word, an indicator other than a bracket is an ordinary
// character. Both ends of the text count as blanks.
bool may_begin_token(char before, char c, char after) {
  if (is_one_of(c, brackets)) return true;
  if (is_one_of(c, ":-?")) return separates(after) || separates(before);
  return is_one_of(c, "&*!|>%\"'") && (separates(before) || is_one_of(before, ":-?"));
}

}  // namespace

std::size_t token_places(std::string_view yaml) {
  std::size_t places = 0;
  for (std::size_t i = 0; i < yaml.size(); ++i) {
    const char before = i == 0 ? ' ' : yaml[i - 1];
    const char after = i + 1 == yaml.size() ? ' ' : yaml[i + 1];
    if (may_begin_token(before, yaml[i], after)) ++places;
  }
  return places;
}

}  // namespace cal
