// The security descriptor definition language (MS-DTYP 2.5.1), both ways. Pure.
//
// Beyond the language of the specification, so that every descriptor has a text form: an ACE type
// without letters is written as a number, with fields as usual ("(0x0c;;RP;;;SY)") or, where it is
// unknown, with its bytes ("(0x15;IO;(#0a0b0c0d))"); application data that is not text is
// written the same way as "(#hex)"; flags without letters are one number. The expression of a
// conditional ACE is kept as text and not compiled: in bytes made from it, only this program
// recognizes it.
#pragma once

#include "probes/security/descriptor.h"

#include <optional>
#include <string>
#include <string_view>

namespace cal::security {

// `domain` is the domain of DA, EA, LA and similar aliases, which are refused without it. A list
// that is longer than 65,535 bytes in binary form is refused, too.
Parsed<Descriptor> parse_sddl(std::string_view text, const std::optional<Sid>& domain = {});

// A SID as SDDL writes it: the text form or an alias.
Parsed<Sid> parse_sddl_sid(std::string_view text, const std::optional<Sid>& domain = {});

// Rights as SDDL writes them: letters, or one number (decimal, hex after 0x, or octal after 0).
Parsed<AccessMask> parse_sddl_rights(std::string_view text);

// Parsing the result with the same domain gives an equal value, except for what the language cannot
// express: the resource manager control, the revision of a list, and control bits other than those
// for inheritance and presence.
std::string format_sddl(const Descriptor& descriptor, const std::optional<Sid>& domain = {});
std::string format_sddl(const Ace& ace, const std::optional<Sid>& domain = {});
std::string format_sddl_rights(AccessMask mask);

}  // namespace cal::security
