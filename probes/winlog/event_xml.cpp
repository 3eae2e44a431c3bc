#include "probes/winlog/event_xml.h"

#include "agent/base/text.h"
#include "agent/base/utf.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

namespace cal::winlog {

namespace {

std::string unescaped(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 5> entities{
      {{"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}}};
  std::string plain;
  while (!text.empty()) {
    std::size_t taken = 1;
    char c = text.front();
    for (const auto& [entity, meant] : entities) {
      if (!text.starts_with(entity)) continue;
      c = meant;
      taken = entity.size();
      break;
    }
    plain += c;
    text.remove_prefix(taken);
  }
  return plain;
}

// The value of `name="x"` or `name='x'` in the head of an element.
std::string value_in(std::string_view head, std::string_view name) {
  const auto start = fmt::format(" {}=", name);
  const auto at = head.find(start);
  if (at == head.npos || at + start.size() >= head.size()) return "";
  const char quote = head[at + start.size()];
  const auto value = head.substr(at + start.size() + 1);
  const auto end = value.find(quote);
  if ((quote != '"' && quote != '\'') || end == value.npos) return "";
  return bounded_text(unescaped(value.substr(0, end)));
}

struct Element {
  std::string_view head;  // between the name and >
  std::string_view text;
};

// Consumes `xml` up to the end of the next element with this name, which contains only text.
std::optional<Element> take_element(std::string_view& xml, std::string_view name) {
  const auto open = fmt::format("<{}", name);
  const auto close = fmt::format("</{}>", name);
  for (auto at = xml.find(open); at != xml.npos; at = xml.find(open, at + 1)) {
    const auto head_at = at + open.size();
    const auto head_end = xml.find('>', head_at);
    if (head_end == xml.npos) return std::nullopt;
    auto head = xml.substr(head_at, head_end - head_at);
    if (!head.empty() && std::string_view(" \t\r\n/").find(head.front()) == head.npos) continue;
    if (head.ends_with('/')) {
      xml.remove_prefix(head_end + 1);
      return Element{head, {}};
    }
    const auto end = xml.find(close, head_end);
    if (end == xml.npos) return std::nullopt;
    const Element found{head, xml.substr(head_end + 1, end - head_end - 1)};
    xml.remove_prefix(end + close.size());
    return found;
  }
  return std::nullopt;
}

}  // namespace

std::string bounded_text(std::string_view text) {
  auto valid = valid_utf8(text.substr(0, utf8_cut(text, longest_text)));
  valid.resize(utf8_cut(valid, longest_text));
  return valid;
}

std::vector<EventDatum> data_of_xml(std::string_view xml) {
  std::vector<EventDatum> data;
  while (data.size() < max_data) {
    const auto element = take_element(xml, "Data");
    if (!element) break;
    data.push_back({value_in(element->head, "Name"), bounded_text(unescaped(element->text))});
  }
  return data;
}

std::string element_text(std::string_view xml, std::string_view element) {
  const auto found = take_element(xml, element);
  return found ? bounded_text(unescaped(found->text)) : "";
}

std::string attribute_text(std::string_view xml, std::string_view element,
                           std::string_view attribute) {
  const auto found = take_element(xml, element);
  return found ? value_in(found->head, attribute) : "";
}

}  // namespace cal::winlog
