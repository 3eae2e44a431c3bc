#include "probes/winlog/licensing_event.h"

#include "probes/winlog/error_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cal::winlog {

namespace {

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

// The first word of a message for which `wanted` is true.
template <class Wanted>
std::optional<std::uint32_t> code_in_words(std::string_view text, Wanted wanted) {
  while (!text.empty()) {
    const auto start = std::ranges::find_if(text, is_word);
    const auto end = std::find_if_not(start, text.end(), is_word);
    const auto word = std::string_view(start, end);
    if (const auto code = parse_error_code(word); code && wanted(word, *code)) return code;
    text = std::string_view(end, text.end());
  }
  return std::nullopt;
}

std::optional<std::uint32_t> code_in_place(const Event& event, std::size_t place) {
  if (!event.data_in_order || place >= event.data.size()) return std::nullopt;
  return parse_error_code(event.data[place].value);
}

// Some shippers keep the order or the names of the data, others lose them. What they keep decides
// where the code is looked for.
std::optional<std::uint32_t> find_code(const Event& event, std::size_t place) {
  if (const auto code = code_in_place(event, place)) return code;
  for (const auto& datum : event.data) {
    const auto code = parse_error_code(datum.value);
    if (code && is_documented(*code)) return code;
  }
  const auto documented = [](std::string_view, std::uint32_t code) { return is_documented(code); };
  if (const auto code = code_in_words(event.message, documented)) return code;
  const auto like_a_code = [](std::string_view word, std::uint32_t code) {
    return word.starts_with("0x") || code > 0xffff;
  };
  if (const auto code = code_in_words(event.message, like_a_code)) return code;
  for (const auto& datum : event.data) {
    if (const auto code = parse_error_code(datum.value)) return code;
  }
  return std::nullopt;
}

// A code that is only shown must not be a wrong one. Outside its place, only 0x… is accepted as a
// code, starting from the last datum, since names come before it.
std::optional<std::uint32_t> find_shown_code(const Event& event, std::size_t place) {
  if (const auto code = code_in_place(event, place)) return code;
  const auto is_hex = [](std::string_view word, std::uint32_t) { return word.starts_with("0x"); };
  if (const auto code = code_in_words(event.message, is_hex)) return code;
  for (auto datum = event.data.rbegin(); datum != event.data.rend(); ++datum) {
    const auto code = parse_error_code(datum->value);
    if (code && is_hex(datum->value, *code)) return code;
  }
  return std::nullopt;
}

std::string shown_code(std::uint32_t code) {
  const auto meaning = meaning_of_code(code);
  return meaning.cause == Cause::other ? hex_text(code)
                                       : fmt::format("{}, {}", hex_text(code), meaning.words);
}

// The texts in the first three pairs of quotation marks.
std::array<std::string, 3> quoted_in(std::string_view message) {
  std::array<std::string, 3> found;
  for (auto& text : found) {
    const auto begin = message.find('"');
    if (begin == message.npos) break;
    message.remove_prefix(begin + 1);
    const auto end = message.find('"');
    if (end == message.npos) break;
    text = message.substr(0, end);
    message.remove_prefix(end + 1);
  }
  return found;
}

// %1 and %2 of the message of event 4105. It quotes the user once and the domain twice, in some
// languages (Japanese) the domain first. In others it quotes something else, too: then the user is
// not known.
std::array<std::string, 2> user_and_domain_in(std::string_view message) {
  auto [first, second, third] = quoted_in(message);
  if (third == first) std::swap(first, second);
  if (third != second) return {};
  return {first, second};
}

std::string named_user(const Event& event) {
  auto [user, domain] = event.data_in_order && event.data.size() >= 2
                            ? std::array{event.data[0].value, event.data[1].value}
                            : user_and_domain_in(event.message);
  return user.empty() || domain.empty() ? user : domain + "\\" + user;
}

}  // namespace

std::optional<LicensingEvent> decode(const Event& event) {
  const auto source = source_of(event.provider);
  if (!source) return std::nullopt;
  const auto* const known = known_event(*source, event.id);
  if (known == nullptr) {
    if (!is_all_licensing(*source)) return std::nullopt;
    return LicensingEvent{.known = nullptr, .source = *source, .meaning = "an unknown event"};
  }
  LicensingEvent decoded{.known = known,
                         .source = *source,
                         .kind = known->kind,
                         .cause = known->cause,
                         .strength = known->strength,
                         .meaning = std::string(known->meaning)};
  if (known->names_user) decoded.named_user = named_user(event);
  if (known->shown_code_at) {
    decoded.code = find_shown_code(event, *known->shown_code_at);
    if (decoded.code) decoded.meaning += fmt::format(" ({})", shown_code(*decoded.code));
  }
  if (!known->code_at) return decoded;
  decoded.cause = Cause::other;
  decoded.code = find_code(event, *known->code_at);
  if (!decoded.code) {
    decoded.meaning += ": the event has no error code";
    return decoded;
  }
  const auto code = meaning_of_code(*decoded.code);
  decoded.cause = code.cause;
  decoded.strength = code.strength;
  decoded.meaning += fmt::format(": {}, {}", hex_text(*decoded.code), code.words);
  return decoded;
}

}  // namespace cal::winlog
