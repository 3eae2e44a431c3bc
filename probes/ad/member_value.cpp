#include "probes/ad/member_value.h"

#include "probes/ad/distinguished_name.h"
#include "probes/security/well_known_sids.h"

namespace cal::ad {

MemberValue parse_member_value(std::string_view value) {
  MemberValue member;
  constexpr std::string_view sid = "<SID=";
  while (value.starts_with('<')) {
    const auto end = value.find(">;");
    if (end == std::string_view::npos) {
      member.malformed = true;
      break;
    }
    if (starts_with_ignoring_case(value, sid)) {
      member.sid = security::Sid::parse_text(value.substr(sid.size(), end - sid.size()));
      member.malformed = member.malformed || !member.sid;
    }
    value.remove_prefix(end + 2);
  }
  member.dn = value;
  if (!member.sid && !member.malformed)
    member.sid = security::Sid::parse_text(first_value(member.dn));
  return member;
}

std::string shown_member(const MemberValue& member) {
  const auto name = first_value(member.dn);
  const auto sid = security::Sid::parse_text(name);
  return sid ? security::name_of(*sid) : name;
}

}  // namespace cal::ad
