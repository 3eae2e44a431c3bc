// The ways to write an account or a group. Pure.
#pragma once

#include <string>
#include <string_view>

namespace cal::ad {

// `DOMAIN\name`, a UPN, a distinguished name, a SID, or a bare sAMAccountName.
enum class NameForm { domain_and_name, upn, distinguished_name, sid, bare_name };

struct PrincipalName {
  NameForm form;
  std::string text;    // the whole as written
  std::string domain;  // "DOMAIN" or the UPN's suffix, without a dot at its end
  std::string name;    // "name", the UPN's first part, or the SID or DN in its usual form
};

// Every text has one of the five forms.
PrincipalName parse_principal(std::string_view text);

// Why no account can have this name, and how to write it; empty if one can.
std::string why_unusable(const PrincipalName& name);

}  // namespace cal::ad
