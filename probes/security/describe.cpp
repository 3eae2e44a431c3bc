#include "probes/security/describe.h"

#include "probes/security/well_known_sids.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

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

struct PropertySet {
  std::string_view guid;
  std::string_view name;
};

constexpr auto property_sets = std::to_array<PropertySet>({
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
  if (ace.flags & ace_flag::inherit_only) remarks.emplace_back("for children only");
  if (ace.inherited_object_type) {
    remarks.push_back("for children of type " + describe_object_type(*ace.inherited_object_type));
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
  for (const auto& row : property_sets) {
    if (row.guid == text) return std::string(row.name);
  }
  return text;
}

}  // namespace cal::security
