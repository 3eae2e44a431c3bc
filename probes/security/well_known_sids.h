// Well-known SIDs: their two-letter SDDL aliases (MS-DTYP 2.5.1.1) and their names
// (MS-DTYP 2.4.2.4). Pure tables.
#pragma once

#include "probes/security/sid.h"

#include <optional>
#include <string>
#include <string_view>

namespace cal::security {

enum class AliasProblem { none, unknown_alias, needs_domain };

struct AliasLookup {
  std::optional<Sid> sid;
  AliasProblem problem = AliasProblem::none;
};

// The SID of an alias. Some aliases stand for an account of the domain (EA, SA, RO, EK: of the
// forest's root domain), which the caller must supply.
AliasLookup sid_of_alias(std::string_view alias, const std::optional<Sid>& domain);

// The alias of a SID; empty if it has none or belongs to another domain.
std::string_view alias_of(const Sid& sid, const std::optional<Sid>& domain);

// "NT AUTHORITY\SYSTEM", "Domain Admins (S-1-5-21-1-2-3-512)", or the text form.
std::string name_of(const Sid& sid);

// The same with the SID always shown: "BUILTIN\Administrators (S-1-5-32-544)".
std::string name_with_sid(const Sid& sid);

}  // namespace cal::security
