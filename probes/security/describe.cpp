#include "probes/security/describe.h"

#include "probes/security/well_known_sids.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <span>

namespace cal::security {

namespace {

struct RightName {
  AccessMask mask;
  std::string_view name;
};

constexpr auto right_names = std::to_array<RightName>({
    {right::full_control, "Full control"},
    {right::list_contents, "List contents"},
    {right::list_object, "List object"},
    {right::read_property, "Read property"},
    {right::write_property, "Write property"},
    {right::validated_write, "Validated write"},
    {right::create_child, "Create child"},
    {right::delete_child, "Delete child"},
    {right::delete_tree, "Delete tree"},
    {right::control_access, "Control access"},
    {right::delete_object, "Delete"},
    {right::read_control, "Read permissions"},
    {right::write_dacl, "Change permissions"},
    {right::write_owner, "Take ownership"},
    {right::access_system_security, "Access system security"},
    {right::generic_all, "Generic all"},
    {right::generic_execute, "Generic execute"},
    {right::generic_write, "Generic write"},
    {right::generic_read, "Generic read"},
});

struct NamedType {
  std::string_view guid;
  std::string_view name;
};

// Property sets (MS-ADTS 3.1.1.2.3.3).
constexpr auto property_sets = std::to_array<NamedType>({
    {"c7407360-20bf-11d0-a768-00aa006e0529", "Domain Password"},
    {"59ba2f42-79a2-11d0-9020-00c04fc2d3cf", "General Information"},
    {"4c164200-20c0-11d0-a768-00aa006e0529", "Account Restrictions"},
    {"5f202010-79a5-11d0-9020-00c04fc2d4cf", "Logon Information"},
    {"bc0ac240-79a9-11d0-9020-00c04fc2d4cf", "Group Membership"},
    {"e45795b2-9455-11d1-aebd-0000f80367c1", "Phone and Mail Options"},
    {"77b5b886-944a-11d1-aebd-0000f80367c1", "Personal Information"},
    {"e45795b3-9455-11d1-aebd-0000f80367c1", "Web Information"},
    {"e48d0154-bcf8-11d1-8702-00c04fb96050", "Public Information"},
    {"037088f8-0ae1-11d2-b422-00a0c968f939", "Remote Access Information"},
    {"b8119fd0-04f6-4762-ab7a-4986c76b3f9a", "Other Domain Parameters"},
    {"72e39547-7b18-11d1-adef-00c04fd8d5cd", "DNS Host Name Attributes"},
    {"ffa6f046-ca4b-4feb-b40d-04dfee722543", "MS-TS-GatewayAccess"},
    {"91e647de-d96f-4b70-9557-d63ff4f3ccd8", "Private Information"},
    {"5805bc62-bdc9-4428-a5e2-856a0f4c185e", "Terminal Server License Server"},
});

// Classes and attributes that permissions often name: schemaIDGUID in MS-ADSC and MS-ADA1 to
// MS-ADA3, the same in every forest.
constexpr auto schema_names = std::to_array<NamedType>({
    {"bf967aba-0de6-11d0-a285-00aa003049e2", "user"},
    {"bf967a9c-0de6-11d0-a285-00aa003049e2", "group"},
    {"bf967a86-0de6-11d0-a285-00aa003049e2", "computer"},
    {"bf967aa5-0de6-11d0-a285-00aa003049e2", "organizationalUnit"},
    {"bf967a8b-0de6-11d0-a285-00aa003049e2", "container"},
    {"5cb41ed0-0e4c-11d0-a286-00aa003049e2", "contact"},
    {"4828cc14-1437-45bc-9b07-ad6f015e5f28", "inetOrgPerson"},
    {"bf967aa8-0de6-11d0-a285-00aa003049e2", "printQueue"},
    {"f30e3bc2-9ff0-11d1-b603-0000f80367c1", "groupPolicyContainer"},
    {"7b8b558a-93a5-4af7-adca-c017e67f1057", "msDS-GroupManagedServiceAccount"},
    {"28630ec1-41d5-11d1-a9c1-0000f80367c1", "serviceConnectionPoint"},
    {"bf96793f-0de6-11d0-a285-00aa003049e2", "cn"},
    {"bf967a0e-0de6-11d0-a285-00aa003049e2", "name"},
    {"bf967950-0de6-11d0-a285-00aa003049e2", "description"},
    {"bf967953-0de6-11d0-a285-00aa003049e2", "displayName"},
    {"bf9679c0-0de6-11d0-a285-00aa003049e2", "member"},
    {"3e0abfd0-126a-11d0-a060-00aa006c33ed", "sAMAccountName"},
    {"28630ebb-41d5-11d1-a9c1-0000f80367c1", "userPrincipalName"},
    {"f3a64788-5306-11d1-a9c5-0000f80367c1", "servicePrincipalName"},
    {"bf967a68-0de6-11d0-a285-00aa003049e2", "userAccountControl"},
    {"bf967a6d-0de6-11d0-a285-00aa003049e2", "userParameters"},
    {"bf967915-0de6-11d0-a285-00aa003049e2", "accountExpires"},
    {"bf967a0a-0de6-11d0-a285-00aa003049e2", "pwdLastSet"},
    {"28630ebf-41d5-11d1-a9c1-0000f80367c1", "lockoutTime"},
    {"bf967918-0de6-11d0-a285-00aa003049e2", "adminCount"},
    {"bf9679e3-0de6-11d0-a285-00aa003049e2", "nTSecurityDescriptor"},
    {"f30e3bbe-9ff0-11d1-b603-0000f80367c1", "gPLink"},
    {"f30e3bbf-9ff0-11d1-b603-0000f80367c1", "gPOptions"},
    {"b7c69e6d-2cc7-11d2-854e-00a0c983f608", "tokenGroups"},
    {"6db69a1c-9422-11d1-aebd-0000f80367c1", "terminalServer"},
    {"70004ef5-25c3-446a-97c8-996ae8566776", "msTSExpireDate"},
    {"0ae94a89-372f-4df2-ae8a-c64a2bc47278", "msTSLicenseVersion"},
    {"f3bcc547-85b0-432c-9ac0-304506bf2c83", "msTSManagingLS"},
});

std::string_view verb_of(const Ace& ace) {
  switch (shape_of(ace.type).effect) {
    case AceEffect::allow:
      return "allow";
    case AceEffect::deny:
      return "deny";
    case AceEffect::none:
    case AceEffect::unknown:
      break;
  }
  switch (ace.type) {
    case ace_type::mandatory_label:
      return "mandatory label";
    case ace_type::resource_attribute:
      return "resource attribute";
    case ace_type::scoped_policy:
      return "central access policy";
    default:
      return "audit";
  }
}

std::vector<std::string> remarks_of(const Ace& ace) {
  std::vector<std::string> remarks;
  if (shape_of(ace.type).callback) remarks.emplace_back("under a condition");
  if (ace.flags & ace_flag::inherited) remarks.emplace_back("inherited");
  const bool is_inherit_only = (ace.flags & ace_flag::inherit_only) != 0;
  if (is_inherit_only) remarks.emplace_back("inherit-only");
  if (ace.inherited_object_type) {
    remarks.push_back(
        fmt::format("for descendant {} objects", describe_object_type(*ace.inherited_object_type)));
  } else if (is_inherit_only) {
    remarks.emplace_back("for descendant objects");
  }
  return remarks;
}

}  // namespace

std::string describe(const Ace& ace) {
  if (shape_of(ace.type).effect == AceEffect::unknown) {
    return fmt::format("an entry of unknown type 0x{:02x}", ace.type);
  }
  std::string text = fmt::format("{} {}", verb_of(ace), describe_rights(ace.mask));
  if (ace.object_type) text += " on " + describe_object_type(*ace.object_type);
  text += " to " + name_of(ace.sid);
  const auto remarks = remarks_of(ace);
  if (!remarks.empty()) text += fmt::format(" ({})", fmt::join(remarks, ", "));
  return text;
}

std::string describe_rights(AccessMask mask) {
  std::vector<std::string> names;
  AccessMask left = mask;
  for (const auto& row : right_names) {
    if ((left & row.mask) != row.mask) continue;
    names.emplace_back(row.name);
    left &= ~row.mask;
  }
  if (left != 0) names.push_back(fmt::format("0x{:x}", left));
  return names.empty() ? "nothing" : fmt::format("{}", fmt::join(names, ", "));
}

std::string describe_object_type(const Guid& guid) {
  std::string text = guid.text();
  for (const auto& names :
       {std::span<const NamedType>(property_sets), std::span<const NamedType>(schema_names)}) {
    for (const auto& row : names) {
      if (row.guid == text) return std::string(row.name);
    }
  }
  return text;
}

}  // namespace cal::security
