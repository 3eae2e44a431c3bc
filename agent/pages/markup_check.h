// The rules for literal markup, checked when it is compiled: what may fill which place of it.
// html.h applies them. A broken rule is an exception, which the compiler shows with its text.
#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string_view>

namespace cal {

// What fills a placeholder.
enum class Filling { text, number, html, link };

namespace markup_check {

enum class Position { between_tags, tag, value, url };

constexpr bool is_url(std::string_view attribute) {
  return attribute == "href" || attribute == "src" || attribute == "action";
}

constexpr bool is_code(std::string_view attribute) {
  return attribute.starts_with("on") || attribute == "style";
}

// "{}", "{2}" or "{:.1f}", and nothing beside it.
constexpr bool is_placeholder(std::string_view value) {
  return value.starts_with('{') && value.find('}') == value.size() - 1;
}

// `<a class="x" href=` -> `href`
constexpr std::string_view last_attribute(std::string_view before_value) {
  before_value.remove_suffix(before_value.ends_with('=') ? 1 : 0);
  return before_value.substr(before_value.find_last_of(" \n<") + 1);
}

constexpr void check(Filling filling, Position place) {
  switch (place) {
    case Position::between_tags:
      if (filling == Filling::link) throw std::logic_error("a Link fills only a URL");
      return;
    case Position::tag:
      throw std::logic_error("a placeholder is between tags or in a quoted value");
    case Position::value:
      if (filling == Filling::html) throw std::logic_error("Html does not fill an attribute");
      if (filling == Filling::link) throw std::logic_error("a Link fills only a URL");
      return;
    case Position::url:
      if (filling != Filling::link) throw std::logic_error("only a Link fills a URL");
      return;
  }
}

}  // namespace markup_check

// Throws unless the literal is whole and its placeholders may be filled with these.
constexpr void check_markup(std::string_view markup, std::span<const Filling> fillings) {
  using namespace markup_check;
  auto place = Position::between_tags;
  std::size_t next = 0;
  for (std::size_t i = 0; i < markup.size(); ++i) {
    const char c = markup[i];
    if (c == '{') {
      const char digit = i + 1 < markup.size() ? markup[i + 1] : '}';
      const bool is_numbered = digit >= '0' && digit <= '9';
      const auto index = is_numbered ? static_cast<std::size_t>(digit - '0') : next++;
      if (index >= fillings.size()) throw std::logic_error("a placeholder has no argument");
      check(fillings[index], place);
    } else if (place == Position::between_tags) {
      if (c == '<') place = Position::tag;
    } else if (place != Position::tag) {
      if (c == '"') place = Position::tag;
    } else if (c == '>') {
      place = Position::between_tags;
    } else if (c == '\'') {
      throw std::logic_error("values are in double quotes");
    } else if (c == '"') {
      const auto attribute = last_attribute(markup.substr(0, i));
      const auto value = markup.substr(i + 1, markup.find('"', i + 1) - i - 1);
      if (is_code(attribute)) throw std::logic_error("code and style are in agent/pages/assets");
      place = is_url(attribute) ? Position::url : Position::value;
      if (place == Position::url && !is_placeholder(value)) {
        throw std::logic_error("a URL is one placeholder");
      }
    }
  }
  if (place != Position::between_tags) throw std::logic_error("a tag has no end");
}

}  // namespace cal
