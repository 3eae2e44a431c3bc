#include "probes/repair/descriptor_change.h"

#include "agent/base/powershell.h"
#include "probes/repair/account_change.h"
#include "probes/security/sddl.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cal::repair {

namespace {

using security::Descriptor;

// Longer ones would bury the command.
constexpr std::size_t max_sddl_bytes = 32U << 10U;

// Without a domain, so that every account of a domain is written as its SID.
std::string sddl_of(const Descriptor& descriptor, Part part) {
  Descriptor only;
  if (part == Part::owner) {
    only.owner = descriptor.owner;
  } else {
    only.dacl = descriptor.dacl;
    using namespace security::control;
    only.control |= descriptor.control & (dacl_present | dacl_protected | dacl_auto_inherited |
                                          dacl_auto_inherit_required);
  }
  return security::format_sddl(only);
}

bool is_usual(const Descriptor& descriptor) {
  using namespace security::ace_type;
  constexpr std::array types{access_allowed, access_denied, allowed_object, denied_object};
  return descriptor.dacl &&
         std::ranges::all_of(descriptor.dacl->aces, [&](const security::Ace& ace) {
           return std::ranges::find(types, ace.type) != types.end();
         });
}

// Of .NET alone. It asks for and writes one part (the control with the flags of MS-ADTS
// 3.1.1.3.4.1.11), so the others need no right and stay as they are.
constexpr std::string_view setup =
    R"(Add-Type -AssemblyName System.DirectoryServices.Protocols
$ldap = New-Object DirectoryServices.Protocols.LdapConnection $dc
$ldap.SessionOptions.Signing = $true
$ldap.SessionOptions.Sealing = $true
$part = New-Object DirectoryServices.Protocols.SecurityDescriptorFlagControl '{0}'
function ConvertFrom-Text($text) {{
  New-Object Security.AccessControl.RawSecurityDescriptor $text
}}
function Get-Text($descriptor) {{ $descriptor.GetSddlForm('{1}') }}
function Get-Sorted($text) {{
  ([regex]::Matches($text, '\([^)]*\)|[^()]+') | ForEach-Object Value | Sort-Object) -join ' '
}}
function Get-Own($text) {{
  Get-Sorted ($text -creplace '\(\w+;\w*ID\w*;[^)]*\)', '')
}}
function Read-Descriptor {{
  $ask = New-Object DirectoryServices.Protocols.SearchRequest $object, '(objectClass=*)', 'Base', 'nTSecurityDescriptor'
  [void]$ask.Controls.Add($part)
  $found = $ldap.SendRequest($ask).Entries[0].Attributes['nTSecurityDescriptor']
  $bytes = [byte[]]$found.GetValues([byte[]])[0]
  New-Object Security.AccessControl.RawSecurityDescriptor $bytes, 0
}}
function Write-Descriptor($text) {{
  $new = ConvertFrom-Text $text
  $bytes = New-Object byte[] $new.BinaryLength
  $new.GetBinaryForm($bytes, 0)
  $value = New-Object DirectoryServices.Protocols.DirectoryAttributeModification
  $value.Name = 'nTSecurityDescriptor'
  $value.Operation = 'Replace'
  [void]$value.Add($bytes)
  $write = New-Object DirectoryServices.Protocols.ModifyRequest $object, $value
  [void]$write.Controls.Add($part)
  [void]$ldap.SendRequest($write)
}}
)";

}  // namespace

std::optional<RepairStep> change_descriptor(const ObjectPlace& place, Part part,
                                            const Descriptor& before, const Descriptor& after) {
  const auto server = powershell_literal(host_of(place.server));
  const auto old_text = sddl_of(before, part);
  const auto new_text = sddl_of(after, part);
  const auto old_literal = powershell_literal(old_text);
  const auto new_literal = powershell_literal(new_text);
  const bool can_be_written =
      part == Part::owner ? before.owner && after.owner : is_usual(before) && is_usual(after);
  if (!server || !old_literal || !new_literal || !can_be_written ||
      old_text.size() > max_sddl_bytes || new_text.size() > max_sddl_bytes) {
    return std::nullopt;
  }
  RepairStep step{"", Shell::powershell};
  step.setup =
      fmt::format("$dc = {}\n$object = '<GUID={}>'  {}\n$before = {}\n$after = {}\n", *server,
                  place.guid.text(), powershell_comment(place.dn), *old_literal, *new_literal);
  step.setup += part == Part::owner ? fmt::format(setup, "Owner", "Owner")
                                    : fmt::format(setup, "Dacl", "Access");
  step.check =
      "if ((Get-Text (Read-Descriptor)) -cne (Get-Text (ConvertFrom-Text $before))) {\n"
      "  throw 'The permissions are not as they were read: make a new plan.'\n"
      "}\n";
  step.command = "Write-Descriptor $after\n";
  step.check_after =
      "$want = Get-Sorted (Get-Text (ConvertFrom-Text $after))\n"
      "if ((Get-Sorted (Get-Text (Read-Descriptor))) -cne $want) {\n"
      "  throw 'The domain controller has made other permissions of it: compare them.'\n"
      "}\n";
  // What is inherited is not written, and may have been changed where it comes from.
  step.undo_check =
      "if ((Get-Own (Get-Text (Read-Descriptor))) -cne "
      "(Get-Own (Get-Text (ConvertFrom-Text $after)))) {\n"
      "  throw 'Somebody has changed it since: nothing was changed. See what it is now, and decide "
      "by hand.'\n"
      "}\n";
  step.undo = "Write-Descriptor $before\n";
  return step;
}

}  // namespace cal::repair
