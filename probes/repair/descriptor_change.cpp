#include "probes/repair/descriptor_change.h"

#include "agent/base/powershell.h"
#include "probes/repair/account_change.h"
#include "probes/repair/words.h"
#include "probes/security/sddl.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

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

struct Edit {
  std::vector<security::Ace> removed = {};
  std::vector<security::Ace> added = {};  // before what is inherited
  bool inherits_again = false;            // the list is protected before, and not after
};

// Those of `aces` that `others` has not, each as often as it is there.
std::vector<security::Ace> without(const std::vector<security::Ace>& aces,
                                   std::vector<security::Ace> others) {
  std::vector<security::Ace> left;
  for (const auto& ace : aces) {
    const auto found = std::ranges::find(others, ace);
    if (found == others.end()) {
      left.push_back(ace);
    } else {
      others.erase(found);
    }
  }
  return left;
}

// As the script makes it of the same edit.
Descriptor edited(Descriptor descriptor, const Edit& edit) {
  if (edit.inherits_again) {
    using namespace security::control;
    descriptor.control &=
        static_cast<std::uint16_t>(~(dacl_protected | dacl_auto_inherit_required));
    descriptor.control |= dacl_auto_inherited;
  }
  auto& aces = descriptor.dacl->aces;
  for (const auto& ace : edit.removed) aces.erase(std::ranges::find(aces, ace));
  aces.insert(std::ranges::find_if(aces,
                                   [](const security::Ace& ace) {
                                     return (ace.flags & security::ace_flag::inherited) != 0;
                                   }),
              edit.added.begin(), edit.added.end());
  return descriptor;
}

bool is_protected(const Descriptor& descriptor) {
  return (descriptor.control & security::control::dacl_protected) != 0;
}

// Empty if it is more than entries that are gone, new ones before what is inherited, and a list
// that inherits again.
std::optional<Edit> edit_of(const Descriptor& before, const Descriptor& after) {
  const Edit edit{without(before.dacl->aces, after.dacl->aces),
                  without(after.dacl->aces, before.dacl->aces),
                  is_protected(before) && !is_protected(after)};
  if (sddl_of(edited(before, edit), Part::dacl) != sddl_of(after, Part::dacl)) return std::nullopt;
  return edit;
}

// "@('(A;;GA;;;SY)', '(A;;GR;;;AU)')"; an entry of the usual types has no quotation mark.
std::string ace_literals(const std::vector<security::Ace>& aces) {
  std::vector<std::string> texts;
  texts.reserve(aces.size());
  for (const auto& ace : aces) texts.push_back(fmt::format("'{}'", security::format_sddl(ace)));
  return fmt::format("@({})", fmt::join(texts, ", "));
}

// The list afterwards is computed from the one before, so that a reader sees what differs.
constexpr std::string_view edit_list = R"ps($after = $before
foreach ($ace in $removed) {{
  $at = $after.IndexOf($ace, [StringComparison]::Ordinal)
  if ($at -lt 0) {{ throw "$ace is not among the permissions." }}
  $after = $after.Remove($at, $ace.Length)
}}
$at = [regex]::Match($after, '\(\w+;\w*ID\w*;|$').Index  # behind the entries of the object itself
$after = $after.Insert($at, -join $added)
{0}if ($after -ceq $before) {{ throw 'Nothing would change.' }}
$change = (@({1}$removed | ForEach-Object {{ "remove $_" }}) + @($added | ForEach-Object {{ "add $_" }})) -join ', '
)ps";

// "D:PAI(…)" becomes "D:AI(…)".
constexpr std::string_view inherit_again =
    R"ps($after = $after -creplace '^D:[A-Z]*', 'D:AI'  # without P: it inherits again
)ps";

constexpr std::string_view edit_owner = R"ps($change = "$after instead of $before"
)ps";

// Of .NET alone. It asks for and writes one part (the control with the flags of MS-ADTS
// 3.1.1.3.4.1.11), so the others need no right and stay as they are.
constexpr std::string_view setup =
    R"ps(Add-Type -AssemblyName System.DirectoryServices.Protocols
$ldap = New-Object DirectoryServices.Protocols.LdapConnection $dc
$ldap.SessionOptions.ProtocolVersion = 3
$ldap.SessionOptions.ReferralChasing = 'None'
$ldap.SessionOptions.Signing = $true
$ldap.SessionOptions.Sealing = $true
$part = New-Object DirectoryServices.Protocols.SecurityDescriptorFlagControl '{0}'
function ConvertFrom-Text($text) {{
  New-Object Security.AccessControl.RawSecurityDescriptor $text
}}
function Get-Text($descriptor) {{ $descriptor.GetSddlForm('{1}') }}
function Get-Usual($text) {{ Get-Text (ConvertFrom-Text $text) }}
function Get-Sorted($text) {{
  ([regex]::Matches($text, '\([^)]*\)|[^()]+') | ForEach-Object {{ $_.Value }} | Sort-Object) -join ' '
}}
function Get-Own($text) {{
  Get-Sorted ($text -creplace '\(\w+;\w*ID\w*;[^)]*\)', '')
}}
function Read-Entry {{
  $ask = New-Object DirectoryServices.Protocols.SearchRequest $object, '(objectClass=*)', 'Base', 'nTSecurityDescriptor'
  [void]$ask.Controls.Add($part)
  $ldap.SendRequest($ask).Entries[0]
}}
function Read-Text {{
  $found = (Read-Entry).Attributes['nTSecurityDescriptor']
  $bytes = [byte[]]$found.GetValues([byte[]])[0]
  Get-Text (New-Object Security.AccessControl.RawSecurityDescriptor $bytes, 0)
}}
function Write-Descriptor($text{2}) {{
  $new = ConvertFrom-Text $text
  $bytes = New-Object byte[] $new.BinaryLength
  $new.GetBinaryForm($bytes, 0)
  $value = New-Object DirectoryServices.Protocols.DirectoryAttributeModification
  $value.Name = 'nTSecurityDescriptor'
  $value.Operation = 'Replace'
  [void]$value.Add($bytes)
  $write = New-Object DirectoryServices.Protocols.ModifyRequest $object, $value
  [void]$write.Controls.Add($part)
{3}  [void]$ldap.SendRequest($write)
}}
{4}$target = "$((Read-Entry).DistinguishedName) on $dc"
)ps";

constexpr std::string_view check_descriptor = R"ps($now = Read-Text
if ($now -cne (Get-Usual $before)) {
  "now: $now"
  throw 'The permissions are not as they were read: make a new plan.'
}
)ps";

constexpr std::string_view read_back = R"ps($now = Read-Text
if ((Get-Sorted $now) -cne (Get-Sorted (Get-Usual $after))) {
  "written:   $(Get-Usual $after)"
  "read back: $now"
  if ((Get-Own $now) -ceq (Get-Own (Get-Usual $after))) {
    throw 'It was written, but what the object inherits is not as it was. The undo works.'
  }
  throw 'It was written, but the domain controller made other entries of it, so the undo stops: compare, and decide by hand.'
}
)ps";

// What is inherited is not written, and may have been changed where it comes from.
constexpr std::string_view check_before_undo = R"ps($now = Read-Text
if ((Get-Own $now) -ceq (Get-Own (Get-Usual $before))) {
  throw 'It is as before the repair: there is nothing to undo.'
}
if ((Get-Own $now) -cne (Get-Own (Get-Usual $after))) {
  "now: $now"
)ps";

constexpr std::string_view read_back_after_undo = R"ps($now = Read-Text
if ((Get-Own $now) -cne (Get-Own (Get-Usual $before))) {
  "written:   $(Get-Usual $before)"
  "read back: $now"
  throw 'It was written, but the domain controller made other entries of it: compare, and decide by hand.'
}
)ps";

// Both are written in one request, so that neither is without the other.
constexpr std::string_view add_to_write = R"ps(  [void]$write.Modifications.Add($also)
)ps";

constexpr std::string_view read_admin_count = R"ps(function Read-AdminCount {
  $ask = New-Object DirectoryServices.Protocols.SearchRequest $object, '(objectClass=*)', 'Base', 'adminCount'
  $found = $ldap.SendRequest($ask).Entries[0].Attributes['adminCount']
  if ($null -ne $found) { $found.GetValues([string])[0] }
}
$count = New-Object DirectoryServices.Protocols.DirectoryAttributeModification
$count.Name = 'adminCount'
)ps";

constexpr std::string_view check_admin_count =
    R"ps(if ((Read-AdminCount) -ne '1') { throw 'adminCount is not 1 any more: make a new plan.' }
)ps";

constexpr std::string_view clear_admin_count = R"ps($count.Operation = 'Delete'
Write-Descriptor $after $count
)ps";

constexpr std::string_view read_back_end = R"ps($now = Read-Text
if ((Get-Own $now) -cne (Get-Own (Get-Usual $after)) -or $null -ne (Read-AdminCount)) {
  "written:   $(Get-Usual $after)"
  "read back: $now, adminCount '$(Read-AdminCount)'"
  throw 'It was written, but the domain controller made something else of it, so the undo stops: compare, and decide by hand.'
}
)ps";

constexpr std::string_view check_count_before_undo = R"ps(if ($null -ne (Read-AdminCount)) {
  "adminCount: $(Read-AdminCount)"
)ps";

constexpr std::string_view set_admin_count = R"ps($count.Operation = 'Replace'
[void]$count.Add('1')
Write-Descriptor $before $count
)ps";

constexpr std::string_view read_count_back_after_undo =
    R"ps(if ((Read-AdminCount) -ne '1') { throw 'It was written, but adminCount cannot be seen.' }
)ps";

enum class Kind { entries, end_of_protection };

std::optional<RepairStep> change(const ObjectPlace& place, Part part, const Descriptor& before,
                                 const Descriptor& after, Kind kind) {
  const auto server = powershell_literal(host_of(place.server));
  const bool can_be_written =
      part == Part::owner ? before.owner && after.owner : is_usual(before) && is_usual(after);
  if (!server || !can_be_written) return std::nullopt;
  const auto old_text = sddl_of(before, part);
  const auto new_text = sddl_of(after, part);
  const auto old_literal = powershell_literal(old_text);
  const auto new_literal = powershell_literal(new_text);
  const auto edit = part == Part::dacl ? edit_of(before, after) : Edit{};
  const bool ends = kind == Kind::end_of_protection;
  if (!old_literal || !new_literal || !edit || edit->inherits_again != ends ||
      old_text.size() > max_sddl_bytes || new_text.size() > max_sddl_bytes) {
    return std::nullopt;
  }
  RepairStep step{"", Shell::powershell};
  step.setup = fmt::format("$dc = {}\n$object = '<GUID={}>'  {}\n$before = {}\n", *server,
                           place.guid.text(), powershell_comment(place.dn), *old_literal);
  if (part == Part::owner) {
    step.setup += fmt::format("$after = {}\n", *new_literal);
    step.setup += edit_owner;
    step.setup += fmt::format(setup, "Owner", "Owner", "", "", "");
  } else {
    step.setup += fmt::format("$removed = {}\n$added = {}\n", ace_literals(edit->removed),
                              ace_literals(edit->added));
    step.setup += fmt::format(edit_list, ends ? inherit_again : "",
                              ends ? "'inherit permissions'; 'clear adminCount'; " : "");
    step.setup += fmt::format(setup, "Dacl", "Access", ends ? ", $also" : "",
                              ends ? add_to_write : "", ends ? read_admin_count : "");
  }
  step.check = check_descriptor;
  step.command = "Write-Descriptor $after\n";
  step.check_after = read_back;
  step.undo_check = fmt::format("{}  throw '{}'\n}}\n", check_before_undo, not_as_left);
  step.undo = "Write-Descriptor $before\n";
  step.undo += read_back_after_undo;
  return step;
}

}  // namespace

std::optional<RepairStep> change_descriptor(const ObjectPlace& place, Part part,
                                            const Descriptor& before, const Descriptor& after) {
  return change(place, part, before, after, Kind::entries);
}

std::optional<RepairStep> end_protection(const ObjectPlace& place, const Descriptor& before,
                                         const Descriptor& after) {
  auto step = change(place, Part::dacl, before, after, Kind::end_of_protection);
  if (!step) return step;
  step->check += check_admin_count;
  step->command = clear_admin_count;
  step->check_after = read_back_end;
  step->undo_check += fmt::format("{}  throw '{}'\n}}\n", check_count_before_undo, not_as_left);
  step->undo =
      fmt::format("{}{}{}", set_admin_count, read_back_after_undo, read_count_back_after_undo);
  return step;
}

}  // namespace cal::repair
