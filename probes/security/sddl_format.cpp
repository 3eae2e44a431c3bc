#include "probes/security/sddl.h"
#include "probes/security/sddl_tokens.h"
#include "probes/security/well_known_sids.h"

#include <fmt/format.h>

#include <algorithm>

namespace cal::security {

namespace {

std::string sid_text(const Sid& sid, const std::optional<Sid>& domain) {
  const auto alias = alias_of(sid, domain);
  return alias.empty() ? sid.text() : std::string(alias);
}

std::string type_text(std::uint8_t type) {
  for (const auto& row : sddl::types) {
    if (row.type == type) return std::string(row.word);
  }
  return fmt::format("0x{:02x}", type);
}

std::string flags_text(std::uint8_t flags) {
  std::string text;
  unsigned left = flags;
  for (const auto& row : sddl::ace_flags) {
    if ((flags & row.flag) == 0) continue;
    text += row.word;
    left &= ~unsigned{row.flag};
  }
  return left == 0 ? text : fmt::format("0x{:02x}", flags);
}

std::string hex_text(std::string_view data) {
  std::string text = "(#";
  for (const char c : data) {
    fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<unsigned char>(c));
  }
  return text + ")";
}

// A condition is written as the text it was read from, everything else as hex.
std::string data_text(std::string_view data) {
  std::string_view text = data;
  while (text.ends_with('\0') && data.size() - text.size() < 3) text.remove_suffix(1);
  const bool printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
  const bool condition = printable && !text.starts_with("(#") && !text.empty() &&
                         sddl::parenthesised_length(text) == text.size();
  return condition ? std::string(text) : hex_text(data);
}

std::string list_text(std::string_view section, const std::optional<Acl>& list,
                      std::uint16_t control, std::uint16_t sddl::ListToken::*bit,
                      const std::optional<Sid>& domain) {
  std::string text(section);
  for (const auto& row : sddl::list_flags) {
    if (control & row.*bit) text += row.word;
  }
  if (!list) return text.append(sddl::null_list);
  for (const Ace& ace : list->aces) text += format_sddl(ace, domain);
  return text;
}

}  // namespace

std::string format_sddl(const Descriptor& descriptor, const std::optional<Sid>& domain) {
  std::string text;
  if (descriptor.owner) text.append("O:").append(sid_text(*descriptor.owner, domain));
  if (descriptor.group) text.append("G:").append(sid_text(*descriptor.group, domain));
  if (descriptor.control & control::dacl_present) {
    text += list_text("D:", descriptor.dacl, descriptor.control, &sddl::ListToken::dacl, domain);
  }
  if (descriptor.control & control::sacl_present) {
    text += list_text("S:", descriptor.sacl, descriptor.control, &sddl::ListToken::sacl, domain);
  }
  return text;
}

std::string format_sddl(const Ace& ace, const std::optional<Sid>& domain) {
  const std::string front = fmt::format("({};{};", type_text(ace.type), flags_text(ace.flags));
  if (shape_of(ace.type).effect == AceEffect::unknown) return front + hex_text(ace.data) + ")";
  std::string text = fmt::format("{}{};{};{};{}", front, format_sddl_rights(ace.mask),
                                 ace.object_type ? ace.object_type->text() : "",
                                 ace.inherited_object_type ? ace.inherited_object_type->text() : "",
                                 sid_text(ace.sid, domain));
  if (!ace.data.empty()) text.append(";").append(data_text(ace.data));
  return text + ")";
}

std::string format_sddl_rights(AccessMask mask) {
  std::string text;
  AccessMask left = mask;
  for (const auto& row : sddl::single_rights) {
    if ((mask & row.mask) == 0) continue;
    text += row.word;
    left &= ~row.mask;
  }
  return left == 0 ? text : fmt::format("0x{:x}", mask);
}

}  // namespace cal::security
