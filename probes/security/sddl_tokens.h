// The tokens of SDDL (MS-DTYP 2.5.1.1), shared by its parser and its formatter. Pure tables.
#pragma once

#include "probes/security/access_mask.h"
#include "probes/security/descriptor_view.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace cal::security::sddl {

struct TypeToken {
  std::string_view word;
  std::uint8_t type;
};

// ZA and XU as in MS-DTYP 2.4.4.1 and Windows; the table of 2.5.1.1 has their numbers swapped.
inline constexpr auto types = std::to_array<TypeToken>({
    {"A", ace_type::access_allowed},
    {"D", ace_type::access_denied},
    {"AU", ace_type::system_audit},
    {"AL", ace_type::system_alarm},
    {"OA", ace_type::allowed_object},
    {"OD", ace_type::denied_object},
    {"OU", ace_type::audit_object},
    {"OL", ace_type::alarm_object},
    {"XA", ace_type::allowed_callback},
    {"XD", ace_type::denied_callback},
    {"ZA", ace_type::allowed_callback_object},
    {"XU", ace_type::audit_callback},
    {"ML", ace_type::mandatory_label},
    {"RA", ace_type::resource_attribute},
    {"SP", ace_type::scoped_policy},
});

// Types that only a SACL has. Their entries are kept as bytes: nothing here evaluates them.
struct LabelToken {
  std::string_view word;
  std::uint8_t type;
  bool condition;  // can follow the SID
};

inline constexpr auto labels = std::to_array<LabelToken>({
    {"TL", 0x14, false},  // SYSTEM_PROCESS_TRUST_LABEL_ACE
    {"FL", 0x15, true},   // SYSTEM_ACCESS_FILTER_ACE
});

struct FlagToken {
  std::string_view word;
  std::uint8_t flag;
};

inline constexpr auto ace_flags = std::to_array<FlagToken>({
    {"OI", ace_flag::object_inherit},
    {"CI", ace_flag::container_inherit},
    {"NP", ace_flag::no_propagate},
    {"IO", ace_flag::inherit_only},
    {"ID", ace_flag::inherited},
    {"SA", ace_flag::audit_success},
    {"FA", ace_flag::audit_failure},
});

// Parsed, never written: audit entries have the second bit, too.
inline constexpr auto other_ace_flags = std::to_array<FlagToken>({
    {"CR", 0x20},  // CRITICAL_ACE_FLAG
    {"TP", 0x40},  // TRUST_PROTECTED_FILTER_ACE_FLAG
});

struct RightToken {
  std::string_view word;
  AccessMask mask;
};

// One bit each, in the order in which Windows writes them.
inline constexpr auto single_rights = std::to_array<RightToken>({
    {"GA", right::generic_all},
    {"GX", right::generic_execute},
    {"GW", right::generic_write},
    {"GR", right::generic_read},
    {"CC", right::create_child},
    {"DC", right::delete_child},
    {"LC", right::list_contents},
    {"SW", right::validated_write},
    {"RP", right::read_property},
    {"WP", right::write_property},
    {"DT", right::delete_tree},
    {"LO", right::list_object},
    {"CR", right::control_access},
    {"SD", right::delete_object},
    {"RC", right::read_control},
    {"WD", right::write_dacl},
    {"WO", right::write_owner},
});

// Parsed, never written: other tokens have the same bits.
inline constexpr auto other_rights = std::to_array<RightToken>({
    {"FA", 0x1f01ff},
    {"FR", 0x120089},
    {"FW", 0x120116},
    {"FX", 0x1200a0},
    {"KA", 0xf003f},
    {"KR", 0x20019},
    {"KW", 0x20006},
    {"KX", 0x20019},
    {"NW", 0x1},
    {"NR", 0x2},
    {"NX", 0x4},
});

// The flags of a list, which are bits of the descriptor's control word.
struct ListToken {
  std::string_view word;
  std::uint16_t dacl;
  std::uint16_t sacl;
};

inline constexpr auto list_flags = std::to_array<ListToken>({
    {"P", control::dacl_protected, control::sacl_protected},
    {"AR", control::dacl_auto_inherit_required, control::sacl_auto_inherit_required},
    {"AI", control::dacl_auto_inherited, control::sacl_auto_inherited},
});

inline constexpr std::string_view null_list = "NO_ACCESS_CONTROL";

// The length of the parenthesized text at the front of `text`, whose parentheses balance outside of
// double quotes. Zero if there is none.
constexpr std::size_t parenthesised_length(std::string_view text) {
  if (!text.starts_with('(')) return 0;
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted) continue;
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0) return i + 1;
  }
  return 0;
}

}  // namespace cal::security::sddl
