// A number among the attributes of an entry. Pure.
#pragma once

#include "probes/ldap/entry.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cal::ad {

// Empty unless the first value is a number. Words of flags are written as signed numbers,
// negative if bit 31 is set.
template <class Number>
std::optional<Number> number_of(const ldap::Entry& entry, std::string_view attribute) {
  const auto text = entry.first(attribute);
  if (!text) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return static_cast<Number>(value);
}

}  // namespace cal::ad
