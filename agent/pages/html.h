// HTML. Text becomes part of it escaped, and markup comes from literals of the program only. There
// is no other way to make an Html, so a page that forgets to escape does not compile.
#pragma once

#include "agent/pages/link.h"
#include "agent/pages/markup_check.h"

#include <fmt/format.h>

#include <array>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cal {

struct MarkdownPage;
struct RunbookReader;

template <class... Args>
class Markup;

class Html {
 public:
  Html() = default;
  explicit Html(std::string_view text);

  Html& operator+=(const Html& more);

  bool empty() const { return html_.empty(); }
  const std::string& str() const { return html_; }

 private:
  static Html trusted(std::string html);

  template <class... Args>
  friend Html markup(Markup<std::type_identity_t<Args>...> literal, const Args&... args);
  friend MarkdownPage html_of_markdown(const Links& links, std::string_view markdown,
                                       const std::optional<RunbookReader>& reader);

  std::string html_;
};

template <class T>
concept Number = (std::integral<T> || std::floating_point<T>)&&!std::same_as<T, bool> &&
                 !std::same_as<T, char>;

namespace filling {

std::string of(std::string_view text);
std::string of(const Link& link);
inline std::string_view of(const Html& html) { return html.str(); }
template <Number T>
T of(T number) {
  return number;
}

template <class T>
consteval Filling kind() {
  if constexpr (std::same_as<T, Html>) return Filling::html;
  if constexpr (std::same_as<T, Link>) return Filling::link;
  if constexpr (Number<T>) return Filling::number;
  return Filling::text;
}

}  // namespace filling

// A literal for `markup`, checked when it is compiled by the rules of markup_check.h.
template <class... Args>
class Markup {
 public:
  template <std::size_t N>
  consteval Markup(const char (&literal)[N]) : format_(literal) {  // NOLINT: used as a literal
    constexpr std::array<Filling, sizeof...(Args)> fillings{filling::kind<Args>()...};
    check_markup(literal, fillings);
  }

  auto format() const { return format_; }

 private:
  fmt::format_string<decltype(filling::of(std::declval<const Args&>()))...> format_;
};

// markup(R"(<li class="{}">{}</li>)", name, text): the placeholders are those of fmt. Text is
// escaped, Html is put in as it is, and a URL is always a Link.
template <class... Args>
Html markup(Markup<std::type_identity_t<Args>...> literal, const Args&... args) {
  return Html::trusted(fmt::format(literal.format(), filling::of(args)...));
}

}  // namespace cal
