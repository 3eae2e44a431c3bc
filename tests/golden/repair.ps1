# A repair plan of cal_exporter, made at 2026-11-24 18:40:00 UTC.
#Requires -Version 5.1
# It only defines functions. Load it with a dot in front (. .\plan.ps1), read one, then call it.
# Each stops if the state is not the one that it was made for.
# No Windows build has run these commands yet. First try each with -WhatIf: behind the last brace of a block that you paste, and behind the name of the function in a script. It connects, checks and shows the change, and writes nothing. Without it, each asks before the change.
#
# ebs: fake
# Repair-1: Enable it.
# - Undo-1 takes it back.
#
# ebs: fake
# Repair-2: Unlock it.
# Cannot be undone: a lock cannot be set back, and need not be
#
# ebs: fake
# Repair-3: Let it expire later.
# - Undo-3 takes it back.
#
# ebs: fake
# Repair-4: Keep the password.
# - Undo-4 takes it back.
#
# ebs: fake
# Repair-5: Set a password.
# Cannot be undone: the old password is not known to anybody but its owner
#
# ebs: fake
# Repair-6: Add it.
# - Undo-6 takes it back.
#
# ebs: fake
# Repair-7: Remove the entry.
# - Undo-7 takes it back.
#
# ebs: fake
# Repair-8: Make SYSTEM the owner.
# - Undo-8 takes it back.
#
# ebs: fake
# Repair-9: Make it an administrator of one computer.
# - Undo-9 takes it back.
#
# ebs: fake
# Repair-10: Set another mode by policy.
# - Undo-10 takes it back.
#
# ebs: fake
# Repair-11: Specify servers by policy.
# - Undo-11 takes it back.
#
# ebs: fake
# Repair-12: Change the deployment.
# - Undo-12 takes it back.
#
# ebs: fake
# Repair-13: Specify servers on a host.
# - Undo-13 takes it back.
#
# ebs: fake
# Repair-14: Let it inherit again.
# - Undo-14 takes it back.
#
# ebs: fake
# Repair-15: Change the mode of the deployment.
# - Undo-15 takes it back.
#
# ebs: fake
# Repair-16: Remove the certificate of a host.
# - Undo-16 takes it back.

function Repair-1 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
$dc = 'dc1.ebs.example.com'
$account = 'S-1-5-21-1-2-3-1102'  # EBS\O'Brien
function Read-Account {
  Get-ADObject -LDAPFilter "(objectSid=$account)" -Server $dc -Properties userAccountControl
}
$target = "$((Read-Account).Name) ($account) on $dc"
$change = 'enable the account'
if ((Read-Account).userAccountControl -ne 514) { throw 'The account is not as it was read: make a new plan.' }
if (-not $PSCmdlet.ShouldProcess($target, $change)) { return }
Enable-ADAccount -Identity $account -Server $dc
if ((Read-Account).userAccountControl -band 2) { throw 'The change cannot be seen on this domain controller.' }
"${target}: ${change}: changed and read back."
}

function Undo-1 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
$dc = 'dc1.ebs.example.com'
$account = 'S-1-5-21-1-2-3-1102'  # EBS\O'Brien
function Read-Account {
  Get-ADObject -LDAPFilter "(objectSid=$account)" -Server $dc -Properties userAccountControl
}
$target = "$((Read-Account).Name) ($account) on $dc"
$change = 'enable the account'
if ((Read-Account).userAccountControl -band 2) { throw 'It is not as the repair leaves it: the repair was not run, or it was changed since. Nothing was changed now: see what it is, and decide by hand.' }
if (-not $PSCmdlet.ShouldProcess($target, "undo: $change")) { return }
Disable-ADAccount -Identity $account -Server $dc
if (-not ((Read-Account).userAccountControl -band 2)) { throw 'It was written, but the undo cannot be seen.' }
"${target}: ${change}: undone and read back."
}

function Repair-2 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
$dc = 'dc1.ebs.example.com'
$account = 'S-1-5-21-1-2-3-1102'  # EBS\O'Brien
function Read-Account {
  Get-ADObject -LDAPFilter "(objectSid=$account)" -Server $dc -Properties lockoutTime
}
$target = "$((Read-Account).Name) ($account) on $dc"
$change = 'unlock the account'
if ([long](Read-Account).lockoutTime -eq 0) { throw 'The account is not as it was read: make a new plan.' }
if (-not $PSCmdlet.ShouldProcess($target, $change)) { return }
Unlock-ADAccount -Identity $account -Server $dc
if ([long](Read-Account).lockoutTime -ne 0) { throw 'The change cannot be seen on this domain controller.' }
"${target}: ${change}: changed and read back."
}

function Repair-3 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
$dc = 'dc1.ebs.example.com'
$account = 'S-1-5-21-1-2-3-1102'  # EBS\O'Brien
function Read-Account {
  Get-ADObject -LDAPFilter "(objectSid=$account)" -Server $dc -Properties accountExpires
}
$target = "$((Read-Account).Name) ($account) on $dc"
$change = 'accountExpires = 2000'
if ((Read-Account).accountExpires -ne 1000) { throw 'The account is not as it was read: make a new plan.' }
if (-not $PSCmdlet.ShouldProcess($target, $change)) { return }
Set-ADObject -Identity (Read-Account).ObjectGUID -Server $dc -Replace @{accountExpires = [long]2000}
if ((Read-Account).accountExpires -ne 2000) { throw 'The change cannot be seen on this domain controller.' }
"${target}: ${change}: changed and read back."
}

function Undo-3 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
$dc = 'dc1.ebs.example.com'
$account = 'S-1-5-21-1-2-3-1102'  # EBS\O'Brien
function Read-Account {
  Get-ADObject -LDAPFilter "(objectSid=$account)" -Server $dc -Properties accountExpires
}
$target = "$((Read-Account).Name) ($account) on $dc"
$change = 'accountExpires = 2000'
if ((Read-Account).accountExpires -ne 2000) { throw 'It is not as the repair leaves it: the repair was not run, or it was changed since. Nothing was changed now: see what it is, and decide by hand.' }
if (-not $PSCmdlet.ShouldProcess($target, "undo: $change")) { return }
Set-ADObject -Identity (Read-Account).ObjectGUID -Server $dc -Replace @{accountExpires = [long]1000}
if ((Read-Account).accountExpires -ne 1000) { throw 'It was written, but the undo cannot be seen.' }
"${target}: ${change}: undone and read back."
}

function Repair-4 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
$dc = 'dc1.ebs.example.com'
$account = 'S-1-5-21-1-2-3-1102'  # EBS\O'Brien
function Read-Account {
  Get-ADObject -LDAPFilter "(objectSid=$account)" -Server $dc -Properties pwdLastSet
}
$target = "$((Read-Account).Name) ($account) on $dc"
$change = 'keep the password that was set'
if ((Read-Account).pwdLastSet -ne 0) { throw 'The account is not as it was read: make a new plan.' }
if (-not $PSCmdlet.ShouldProcess($target, $change)) { return }
Set-ADUser -Identity $account -ChangePasswordAtLogon $false -Server $dc
if (-not ((Read-Account).pwdLastSet -gt 0)) { throw 'The change cannot be seen on this domain controller.' }
"${target}: ${change}: changed and read back."
}

function Undo-4 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
$dc = 'dc1.ebs.example.com'
$account = 'S-1-5-21-1-2-3-1102'  # EBS\O'Brien
function Read-Account {
  Get-ADObject -LDAPFilter "(objectSid=$account)" -Server $dc -Properties pwdLastSet
}
$target = "$((Read-Account).Name) ($account) on $dc"
$change = 'keep the password that was set'
if (-not ((Read-Account).pwdLastSet -gt 0)) { throw 'It is not as the repair leaves it: the repair was not run, or it was changed since. Nothing was changed now: see what it is, and decide by hand.' }
if (-not $PSCmdlet.ShouldProcess($target, "undo: $change")) { return }
Set-ADUser -Identity $account -ChangePasswordAtLogon $true -Server $dc
if ((Read-Account).pwdLastSet -ne 0) { throw 'It was written, but the undo cannot be seen.' }
"${target}: ${change}: undone and read back."
}

function Repair-5 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
$dc = 'dc1.ebs.example.com'
$account = 'S-1-5-21-1-2-3-1102'  # EBS\O'Brien
function Read-Account {
  Get-ADObject -LDAPFilter "(objectSid=$account)" -Server $dc -Properties pwdLastSet
}
$target = "$((Read-Account).Name) ($account) on $dc"
$change = 'set a new password'
$before = (Read-Account).pwdLastSet
if (-not $PSCmdlet.ShouldProcess($target, $change)) { return }
Set-ADAccountPassword -Identity $account -Reset -NewPassword (Read-Host 'New password' -AsSecureString) -Server $dc
if ((Read-Account).pwdLastSet -le $before) { throw 'The change cannot be seen on this domain controller.' }
"${target}: ${change}: changed and read back."
}

function Repair-6 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
$dc = 'dc1.ebs.example.com'
$account = 'S-1-5-21-1-2-3-1102'  # EBS\O'Brien
function Read-Account {
  Get-ADObject -LDAPFilter "(objectSid=$account)" -Server $dc -Properties adminCount
}
$target = "$((Read-Account).Name) ($account) on $dc"
$group = 'S-1-5-32-544'  # Administrators
$change = "add it to $((Get-ADGroup -Identity $group -Server $dc).Name) ($group)"
function Test-Member {
  $members = (Get-ADGroup -Identity $group -Server $dc -Properties member).member
  $members -contains (Read-Account).DistinguishedName
}
if ((Get-CimInstance Win32_OperatingSystem).ProductType -ne 2) { throw 'This computer is not a domain controller, so the group of the domain gives no rights on it. See who is in its own: Get-LocalGroupMember -SID S-1-5-32-544' }
if (-not (Read-Account)) { throw 'The account was not found: make a new plan.' }
if (Test-Member) { throw 'It is a member now: make a new plan.' }
"adminCount of the account is '$((Read-Account).adminCount)': keep this for the undo."
if (-not $PSCmdlet.ShouldProcess($target, $change)) { return }
Add-ADGroupMember -Identity $group -Members $account -Server $dc
if (-not (Test-Member)) { throw 'The change cannot be seen on this domain controller.' }
"${target}: ${change}: changed and read back."
}

function Undo-6 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
$dc = 'dc1.ebs.example.com'
$account = 'S-1-5-21-1-2-3-1102'  # EBS\O'Brien
function Read-Account {
  Get-ADObject -LDAPFilter "(objectSid=$account)" -Server $dc -Properties adminCount
}
$target = "$((Read-Account).Name) ($account) on $dc"
$group = 'S-1-5-32-544'  # Administrators
$change = "add it to $((Get-ADGroup -Identity $group -Server $dc).Name) ($group)"
function Test-Member {
  $members = (Get-ADGroup -Identity $group -Server $dc -Properties member).member
  $members -contains (Read-Account).DistinguishedName
}
if (-not (Test-Member)) { throw 'It is not as the repair leaves it: the repair was not run, or it was changed since. Nothing was changed now: see what it is, and decide by hand.' }
if (-not $PSCmdlet.ShouldProcess($target, "undo: $change")) { return }
Remove-ADGroupMember -Identity $group -Members $account -Server $dc -Confirm:$false
if (Test-Member) { throw 'It was written, but the undo cannot be seen.' }
"${target}: ${change}: undone and read back."
}

function Repair-7 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
$dc = 'dc1.ebs.example.com'
$object = '<GUID=01234567-89ab-cdef-0123-456789abcdef>'  # CN=msWssgConfig,CN=System,DC=ebs
$before = 'D:AI(D;;WP;;;SY)(A;;GA;;;S-1-5-21-1-2-3-512)'
$removed = @('(D;;WP;;;SY)')
$added = @()
$after = $before
foreach ($ace in $removed) {
  $at = $after.IndexOf($ace, [StringComparison]::Ordinal)
  if ($at -lt 0) { throw "$ace is not among the permissions." }
  $after = $after.Remove($at, $ace.Length)
}
$at = [regex]::Match($after, '\(\w+;\w*ID\w*;|$').Index  # behind the entries of the object itself
$after = $after.Insert($at, -join $added)
if ($after -ceq $before) { throw 'Nothing would change.' }
$change = (@($removed | ForEach-Object { "remove $_" }) + @($added | ForEach-Object { "add $_" })) -join ', '
Add-Type -AssemblyName System.DirectoryServices.Protocols
$ldap = New-Object DirectoryServices.Protocols.LdapConnection $dc
$ldap.SessionOptions.ProtocolVersion = 3
$ldap.SessionOptions.ReferralChasing = 'None'
$ldap.SessionOptions.Signing = $true
$ldap.SessionOptions.Sealing = $true
$part = New-Object DirectoryServices.Protocols.SecurityDescriptorFlagControl 'Dacl'
function ConvertFrom-Text($text) {
  New-Object Security.AccessControl.RawSecurityDescriptor $text
}
function Get-Text($descriptor) { $descriptor.GetSddlForm('Access') }
function Get-Usual($text) { Get-Text (ConvertFrom-Text $text) }
function Get-Sorted($text) {
  ([regex]::Matches($text, '\([^)]*\)|[^()]+') | ForEach-Object { $_.Value } | Sort-Object) -join ' '
}
function Get-Own($text) {
  Get-Sorted ($text -creplace '\(\w+;\w*ID\w*;[^)]*\)', '')
}
function Read-Entry {
  $ask = New-Object DirectoryServices.Protocols.SearchRequest $object, '(objectClass=*)', 'Base', 'nTSecurityDescriptor'
  [void]$ask.Controls.Add($part)
  $ldap.SendRequest($ask).Entries[0]
}
function Read-Text {
  $found = (Read-Entry).Attributes['nTSecurityDescriptor']
  $bytes = [byte[]]$found.GetValues([byte[]])[0]
  Get-Text (New-Object Security.AccessControl.RawSecurityDescriptor $bytes, 0)
}
function Write-Descriptor($text) {
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
}
$target = "$((Read-Entry).DistinguishedName) on $dc"
$now = Read-Text
if ($now -cne (Get-Usual $before)) {
  "now: $now"
  throw 'The permissions are not as they were read: make a new plan.'
}
if (-not $PSCmdlet.ShouldProcess($target, $change)) { return }
Write-Descriptor $after
$now = Read-Text
if ((Get-Sorted $now) -cne (Get-Sorted (Get-Usual $after))) {
  "written:   $(Get-Usual $after)"
  "read back: $now"
  if ((Get-Own $now) -ceq (Get-Own (Get-Usual $after))) {
    throw 'It was written, but what the object inherits is not as it was. The undo works.'
  }
  throw 'It was written, but the domain controller made other entries of it, so the undo stops: compare, and decide by hand.'
}
"${target}: ${change}: changed and read back."
}

function Undo-7 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
$dc = 'dc1.ebs.example.com'
$object = '<GUID=01234567-89ab-cdef-0123-456789abcdef>'  # CN=msWssgConfig,CN=System,DC=ebs
$before = 'D:AI(D;;WP;;;SY)(A;;GA;;;S-1-5-21-1-2-3-512)'
$removed = @('(D;;WP;;;SY)')
$added = @()
$after = $before
foreach ($ace in $removed) {
  $at = $after.IndexOf($ace, [StringComparison]::Ordinal)
  if ($at -lt 0) { throw "$ace is not among the permissions." }
  $after = $after.Remove($at, $ace.Length)
}
$at = [regex]::Match($after, '\(\w+;\w*ID\w*;|$').Index  # behind the entries of the object itself
$after = $after.Insert($at, -join $added)
if ($after -ceq $before) { throw 'Nothing would change.' }
$change = (@($removed | ForEach-Object { "remove $_" }) + @($added | ForEach-Object { "add $_" })) -join ', '
Add-Type -AssemblyName System.DirectoryServices.Protocols
$ldap = New-Object DirectoryServices.Protocols.LdapConnection $dc
$ldap.SessionOptions.ProtocolVersion = 3
$ldap.SessionOptions.ReferralChasing = 'None'
$ldap.SessionOptions.Signing = $true
$ldap.SessionOptions.Sealing = $true
$part = New-Object DirectoryServices.Protocols.SecurityDescriptorFlagControl 'Dacl'
function ConvertFrom-Text($text) {
  New-Object Security.AccessControl.RawSecurityDescriptor $text
}
function Get-Text($descriptor) { $descriptor.GetSddlForm('Access') }
function Get-Usual($text) { Get-Text (ConvertFrom-Text $text) }
function Get-Sorted($text) {
  ([regex]::Matches($text, '\([^)]*\)|[^()]+') | ForEach-Object { $_.Value } | Sort-Object) -join ' '
}
function Get-Own($text) {
  Get-Sorted ($text -creplace '\(\w+;\w*ID\w*;[^)]*\)', '')
}
function Read-Entry {
  $ask = New-Object DirectoryServices.Protocols.SearchRequest $object, '(objectClass=*)', 'Base', 'nTSecurityDescriptor'
  [void]$ask.Controls.Add($part)
  $ldap.SendRequest($ask).Entries[0]
}
function Read-Text {
  $found = (Read-Entry).Attributes['nTSecurityDescriptor']
  $bytes = [byte[]]$found.GetValues([byte[]])[0]
  Get-Text (New-Object Security.AccessControl.RawSecurityDescriptor $bytes, 0)
}
function Write-Descriptor($text) {
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
}
$target = "$((Read-Entry).DistinguishedName) on $dc"
$now = Read-Text
if ((Get-Own $now) -ceq (Get-Own (Get-Usual $before))) {
  throw 'It is as before the repair: there is nothing to undo.'
}
if ((Get-Own $now) -cne (Get-Own (Get-Usual $after))) {
  "now: $now"
  throw 'It is not as the repair leaves it: the repair was not run, or it was changed since. Nothing was changed now: see what it is, and decide by hand.'
}
if (-not $PSCmdlet.ShouldProcess($target, "undo: $change")) { return }
Write-Descriptor $before
$now = Read-Text
if ((Get-Own $now) -cne (Get-Own (Get-Usual $before))) {
  "written:   $(Get-Usual $before)"
  "read back: $now"
  throw 'It was written, but the domain controller made other entries of it: compare, and decide by hand.'
}
"${target}: ${change}: undone and read back."
}

function Repair-8 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
$dc = 'dc1.ebs.example.com'
$object = '<GUID=01234567-89ab-cdef-0123-456789abcdef>'  # CN=msWssgConfig,CN=System,DC=ebs
$before = 'O:S-1-5-21-1-2-3-512'
$after = 'O:SY'
$change = "$after instead of $before"
Add-Type -AssemblyName System.DirectoryServices.Protocols
$ldap = New-Object DirectoryServices.Protocols.LdapConnection $dc
$ldap.SessionOptions.ProtocolVersion = 3
$ldap.SessionOptions.ReferralChasing = 'None'
$ldap.SessionOptions.Signing = $true
$ldap.SessionOptions.Sealing = $true
$part = New-Object DirectoryServices.Protocols.SecurityDescriptorFlagControl 'Owner'
function ConvertFrom-Text($text) {
  New-Object Security.AccessControl.RawSecurityDescriptor $text
}
function Get-Text($descriptor) { $descriptor.GetSddlForm('Owner') }
function Get-Usual($text) { Get-Text (ConvertFrom-Text $text) }
function Get-Sorted($text) {
  ([regex]::Matches($text, '\([^)]*\)|[^()]+') | ForEach-Object { $_.Value } | Sort-Object) -join ' '
}
function Get-Own($text) {
  Get-Sorted ($text -creplace '\(\w+;\w*ID\w*;[^)]*\)', '')
}
function Read-Entry {
  $ask = New-Object DirectoryServices.Protocols.SearchRequest $object, '(objectClass=*)', 'Base', 'nTSecurityDescriptor'
  [void]$ask.Controls.Add($part)
  $ldap.SendRequest($ask).Entries[0]
}
function Read-Text {
  $found = (Read-Entry).Attributes['nTSecurityDescriptor']
  $bytes = [byte[]]$found.GetValues([byte[]])[0]
  Get-Text (New-Object Security.AccessControl.RawSecurityDescriptor $bytes, 0)
}
function Write-Descriptor($text) {
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
}
$target = "$((Read-Entry).DistinguishedName) on $dc"
$now = Read-Text
if ($now -cne (Get-Usual $before)) {
  "now: $now"
  throw 'The permissions are not as they were read: make a new plan.'
}
if (-not $PSCmdlet.ShouldProcess($target, $change)) { return }
Write-Descriptor $after
$now = Read-Text
if ((Get-Sorted $now) -cne (Get-Sorted (Get-Usual $after))) {
  "written:   $(Get-Usual $after)"
  "read back: $now"
  if ((Get-Own $now) -ceq (Get-Own (Get-Usual $after))) {
    throw 'It was written, but what the object inherits is not as it was. The undo works.'
  }
  throw 'It was written, but the domain controller made other entries of it, so the undo stops: compare, and decide by hand.'
}
"${target}: ${change}: changed and read back."
}

function Undo-8 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
$dc = 'dc1.ebs.example.com'
$object = '<GUID=01234567-89ab-cdef-0123-456789abcdef>'  # CN=msWssgConfig,CN=System,DC=ebs
$before = 'O:S-1-5-21-1-2-3-512'
$after = 'O:SY'
$change = "$after instead of $before"
Add-Type -AssemblyName System.DirectoryServices.Protocols
$ldap = New-Object DirectoryServices.Protocols.LdapConnection $dc
$ldap.SessionOptions.ProtocolVersion = 3
$ldap.SessionOptions.ReferralChasing = 'None'
$ldap.SessionOptions.Signing = $true
$ldap.SessionOptions.Sealing = $true
$part = New-Object DirectoryServices.Protocols.SecurityDescriptorFlagControl 'Owner'
function ConvertFrom-Text($text) {
  New-Object Security.AccessControl.RawSecurityDescriptor $text
}
function Get-Text($descriptor) { $descriptor.GetSddlForm('Owner') }
function Get-Usual($text) { Get-Text (ConvertFrom-Text $text) }
function Get-Sorted($text) {
  ([regex]::Matches($text, '\([^)]*\)|[^()]+') | ForEach-Object { $_.Value } | Sort-Object) -join ' '
}
function Get-Own($text) {
  Get-Sorted ($text -creplace '\(\w+;\w*ID\w*;[^)]*\)', '')
}
function Read-Entry {
  $ask = New-Object DirectoryServices.Protocols.SearchRequest $object, '(objectClass=*)', 'Base', 'nTSecurityDescriptor'
  [void]$ask.Controls.Add($part)
  $ldap.SendRequest($ask).Entries[0]
}
function Read-Text {
  $found = (Read-Entry).Attributes['nTSecurityDescriptor']
  $bytes = [byte[]]$found.GetValues([byte[]])[0]
  Get-Text (New-Object Security.AccessControl.RawSecurityDescriptor $bytes, 0)
}
function Write-Descriptor($text) {
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
}
$target = "$((Read-Entry).DistinguishedName) on $dc"
$now = Read-Text
if ((Get-Own $now) -ceq (Get-Own (Get-Usual $before))) {
  throw 'It is as before the repair: there is nothing to undo.'
}
if ((Get-Own $now) -cne (Get-Own (Get-Usual $after))) {
  "now: $now"
  throw 'It is not as the repair leaves it: the repair was not run, or it was changed since. Nothing was changed now: see what it is, and decide by hand.'
}
if (-not $PSCmdlet.ShouldProcess($target, "undo: $change")) { return }
Write-Descriptor $before
$now = Read-Text
if ((Get-Own $now) -cne (Get-Own (Get-Usual $before))) {
  "written:   $(Get-Usual $before)"
  "read back: $now"
  throw 'It was written, but the domain controller made other entries of it: compare, and decide by hand.'
}
"${target}: ${change}: undone and read back."
}

function Repair-9 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
$account = 'S-1-5-21-1-2-3-1102'  # EBS\O'Brien
$groups = @('S-1-5-21-1-2-3-512')
$administrators = 'S-1-5-32-544'
$target = "$administrators on $env:COMPUTERNAME"
$change = "add $account"
function Get-Way($sids) {
  Get-LocalGroupMember -SID $administrators | Where-Object { $sids -contains $_.SID.Value }
}
if ((Get-CimInstance Win32_OperatingSystem).ProductType -eq 2) {
  throw 'This computer is a domain controller, whose Administrators are those of the domain: name it as licensing_server in the configuration, then make a new plan.'
}
$way = @(Get-Way (@($account) + $groups))
if ($way) { throw "It is an administrator of this computer already, through $($way[0].Name)." }
if (-not $PSCmdlet.ShouldProcess($target, $change)) { return }
Add-LocalGroupMember -SID $administrators -Member $account
if (-not (Get-Way $account)) { throw 'The change cannot be seen on this computer.' }
"${target}: ${change}: changed and read back."
}

function Undo-9 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
$account = 'S-1-5-21-1-2-3-1102'  # EBS\O'Brien
$groups = @('S-1-5-21-1-2-3-512')
$administrators = 'S-1-5-32-544'
$target = "$administrators on $env:COMPUTERNAME"
$change = "add $account"
function Get-Way($sids) {
  Get-LocalGroupMember -SID $administrators | Where-Object { $sids -contains $_.SID.Value }
}
if (-not (Get-Way $account)) { throw 'It is not as the repair leaves it: the repair was not run, or it was changed since. Nothing was changed now: see what it is, and decide by hand.' }
if (-not $PSCmdlet.ShouldProcess($target, "undo: $change")) { return }
Remove-LocalGroupMember -SID $administrators -Member $account
if (Get-Way $account) { throw 'It was written, but the undo cannot be seen.' }
"${target}: ${change}: undone and read back."
}

function Repair-10 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
# For Windows PowerShell 5.1 with the modules GroupPolicy and ActiveDirectory (RSAT), and the right to edit the settings of the policy object.
$key = 'HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services'
$name = 'LicensingMode'
$value = 4
$hosts = @('RDSH1', 'RDSH2')
$no_targets = '31b2f340-016d-11d2-945f-00c04fb984f9', '6ac1786c-016f-11d2-945f-00c04fb984f9'
if (-not (Test-Path Variable:global:cal_changed_policies)) { $global:cal_changed_policies = @() }
function Find-Policy($asked) {
  $id = [guid]::Empty
  $found = @(if ([guid]::TryParse($asked, [ref]$id)) { Get-GPO -Guid $id } else { Get-GPO -Name $asked })
  if ($found.Count -ne 1) { throw "$($found.Count) policy objects have this name: give the GUID." }
  if ($no_targets -contains "$($found[0].Id)") {
    throw 'This policy object holds for the whole domain, or for all domain controllers: make one for the session hosts.'
  }
  $found[0]
}
function Read-Value($of) {
  try {
    $item = Get-GPRegistryValue -Guid $gpo.Id -Domain $gpo.DomainName -Key $key -ValueName $of
  } catch {
    if ($_.FullyQualifiedErrorId -like 'UnableToRetrievePolicyRegistryItem*') { return '' }
    throw
  }
  if ("$($item.PolicyState)" -ne 'Set') { return "($($item.PolicyState))" }
  "$($item.Value)".TrimEnd([char]0)
}
function Get-Links {
  $report = [xml](Get-GPOReport -Guid $gpo.Id -Domain $gpo.DomainName -ReportType Xml)
  $links = @($report.SelectNodes("//*[local-name()='LinksTo']/*[local-name()='SOMPath']") | ForEach-Object { $_.InnerText })
  if ($links) { $links -join ', ' } else { 'nothing in this domain' }
}
# Objects are linked to domains and OUs, not to containers such as CN=Computers.
function Test-Link($computer) {
  $found = Get-ADComputer -Identity $computer -Server $gpo.DomainName
  $above = "$($found.DistinguishedName)" -replace '^.*?,(?=(OU|DC)=)'
  $links = (Get-GPInheritance -Target $above -Domain $gpo.DomainName).InheritedGpoLinks
  if (-not @($links | Where-Object { $_.Enabled -and $_.GpoId -eq $gpo.Id })) {
    throw "This policy object is not linked to $above, where $computer is, nor above it: name the one that applies there."
  }
}
$gpo = Find-Policy (Read-Host 'Name or GUID of the group policy object for the licensing of these hosts')
"Policy object: $($gpo.DisplayName) {$($gpo.Id)} of $($gpo.DomainName), linked to $(Get-Links)"
$target = "$name of $($gpo.DisplayName) {$($gpo.Id)}"
$change = "set it to $value"
if ((Read-Value $name) -ne '2') { throw 'This policy object does not set what the hosts have: name the one that does.' }
foreach ($each in $hosts) { Test-Link $each }
if (-not $PSCmdlet.ShouldProcess($target, $change)) { return }
$folder = Join-Path $HOME "gpo-backup-$(Get-Date -Format yyyyMMdd-HHmmss)"
[void](New-Item -ItemType Directory -Path $folder)
[void](Backup-GPO -Guid $gpo.Id -Domain $gpo.DomainName -Path $folder)
"Backup of the whole policy object: $folder (Restore-GPO -Guid $($gpo.Id) -Domain $($gpo.DomainName) -Path '$folder' gives all of it back)"
[void](Set-GPRegistryValue -Guid $gpo.Id -Domain $gpo.DomainName -Key $key -ValueName $name -Type DWord -Value $value)
$global:cal_changed_policies += [pscustomobject]@{ Name = $name; Value = $value; Id = $gpo.Id }
"The undo in another session asks for this GUID: $($gpo.Id)"
if ((Read-Value $name) -ne $value) { throw 'The change cannot be seen.' }
'Before gpupdate /target:computer, the policy has to reach the domain controller of the host: the directory and SYSVOL replicate apart from each other.'
"${target}: ${change}: changed and read back."
}

function Undo-10 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
# For Windows PowerShell 5.1 with the modules GroupPolicy and ActiveDirectory (RSAT), and the right to edit the settings of the policy object.
$key = 'HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services'
$name = 'LicensingMode'
$value = 4
$hosts = @('RDSH1', 'RDSH2')
$no_targets = '31b2f340-016d-11d2-945f-00c04fb984f9', '6ac1786c-016f-11d2-945f-00c04fb984f9'
if (-not (Test-Path Variable:global:cal_changed_policies)) { $global:cal_changed_policies = @() }
function Find-Policy($asked) {
  $id = [guid]::Empty
  $found = @(if ([guid]::TryParse($asked, [ref]$id)) { Get-GPO -Guid $id } else { Get-GPO -Name $asked })
  if ($found.Count -ne 1) { throw "$($found.Count) policy objects have this name: give the GUID." }
  if ($no_targets -contains "$($found[0].Id)") {
    throw 'This policy object holds for the whole domain, or for all domain controllers: make one for the session hosts.'
  }
  $found[0]
}
function Read-Value($of) {
  try {
    $item = Get-GPRegistryValue -Guid $gpo.Id -Domain $gpo.DomainName -Key $key -ValueName $of
  } catch {
    if ($_.FullyQualifiedErrorId -like 'UnableToRetrievePolicyRegistryItem*') { return '' }
    throw
  }
  if ("$($item.PolicyState)" -ne 'Set') { return "($($item.PolicyState))" }
  "$($item.Value)".TrimEnd([char]0)
}
function Get-Links {
  $report = [xml](Get-GPOReport -Guid $gpo.Id -Domain $gpo.DomainName -ReportType Xml)
  $links = @($report.SelectNodes("//*[local-name()='LinksTo']/*[local-name()='SOMPath']") | ForEach-Object { $_.InnerText })
  if ($links) { $links -join ', ' } else { 'nothing in this domain' }
}
# Objects are linked to domains and OUs, not to containers such as CN=Computers.
function Test-Link($computer) {
  $found = Get-ADComputer -Identity $computer -Server $gpo.DomainName
  $above = "$($found.DistinguishedName)" -replace '^.*?,(?=(OU|DC)=)'
  $links = (Get-GPInheritance -Target $above -Domain $gpo.DomainName).InheritedGpoLinks
  if (-not @($links | Where-Object { $_.Enabled -and $_.GpoId -eq $gpo.Id })) {
    throw "This policy object is not linked to $above, where $computer is, nor above it: name the one that applies there."
  }
}
$kept = @($global:cal_changed_policies | Where-Object { $_.Name -eq $name -and $_.Value -eq $value })
$id = if ($kept.Count -eq 1) { $kept[0].Id } else { [guid](Read-Host 'GUID of the policy object, which the repair printed') }
if ($kept -and $kept.Id -notcontains $id) { throw 'The repair has not changed this policy object.' }
$gpo = Find-Policy "$id"
"Policy object: $($gpo.DisplayName) {$($gpo.Id)} of $($gpo.DomainName), linked to $(Get-Links)"
$target = "$name of $($gpo.DisplayName) {$($gpo.Id)}"
$change = "set it to $value"
if ((Read-Value $name) -ne $value) { throw 'It is not as the repair leaves it: the repair was not run, or it was changed since. Nothing was changed now: see what it is, and decide by hand.' }
if (-not $PSCmdlet.ShouldProcess($target, "undo: $change")) { return }
[void](Set-GPRegistryValue -Guid $gpo.Id -Domain $gpo.DomainName -Key $key -ValueName $name -Type DWord -Value 2)
if ((Read-Value $name) -ne '2') { throw 'It was written, but the undo cannot be seen.' }
"${target}: ${change}: undone and read back."
}

function Repair-11 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
# For Windows PowerShell 5.1 with the modules GroupPolicy and ActiveDirectory (RSAT), and the right to edit the settings of the policy object.
$key = 'HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services'
$name = 'LicenseServers'
$value = 'ls1.example.com,ls2'
$hosts = @('RDSH1', 'RDSH2')
$no_targets = '31b2f340-016d-11d2-945f-00c04fb984f9', '6ac1786c-016f-11d2-945f-00c04fb984f9'
if (-not (Test-Path Variable:global:cal_changed_policies)) { $global:cal_changed_policies = @() }
function Find-Policy($asked) {
  $id = [guid]::Empty
  $found = @(if ([guid]::TryParse($asked, [ref]$id)) { Get-GPO -Guid $id } else { Get-GPO -Name $asked })
  if ($found.Count -ne 1) { throw "$($found.Count) policy objects have this name: give the GUID." }
  if ($no_targets -contains "$($found[0].Id)") {
    throw 'This policy object holds for the whole domain, or for all domain controllers: make one for the session hosts.'
  }
  $found[0]
}
function Read-Value($of) {
  try {
    $item = Get-GPRegistryValue -Guid $gpo.Id -Domain $gpo.DomainName -Key $key -ValueName $of
  } catch {
    if ($_.FullyQualifiedErrorId -like 'UnableToRetrievePolicyRegistryItem*') { return '' }
    throw
  }
  if ("$($item.PolicyState)" -ne 'Set') { return "($($item.PolicyState))" }
  "$($item.Value)".TrimEnd([char]0)
}
function Get-Links {
  $report = [xml](Get-GPOReport -Guid $gpo.Id -Domain $gpo.DomainName -ReportType Xml)
  $links = @($report.SelectNodes("//*[local-name()='LinksTo']/*[local-name()='SOMPath']") | ForEach-Object { $_.InnerText })
  if ($links) { $links -join ', ' } else { 'nothing in this domain' }
}
# Objects are linked to domains and OUs, not to containers such as CN=Computers.
function Test-Link($computer) {
  $found = Get-ADComputer -Identity $computer -Server $gpo.DomainName
  $above = "$($found.DistinguishedName)" -replace '^.*?,(?=(OU|DC)=)'
  $links = (Get-GPInheritance -Target $above -Domain $gpo.DomainName).InheritedGpoLinks
  if (-not @($links | Where-Object { $_.Enabled -and $_.GpoId -eq $gpo.Id })) {
    throw "This policy object is not linked to $above, where $computer is, nor above it: name the one that applies there."
  }
}
$gpo = Find-Policy (Read-Host 'Name or GUID of the group policy object for the licensing of these hosts')
"Policy object: $($gpo.DisplayName) {$($gpo.Id)} of $($gpo.DomainName), linked to $(Get-Links)"
$target = "$name of $($gpo.DisplayName) {$($gpo.Id)}"
$change = "set it to $value"
if ((Read-Value $name) -ne '') { throw 'This policy object sets it already: see what, and make a new plan.' }
foreach ($each in $hosts) { Test-Link $each }
if ('2', '4' -notcontains (Read-Value LicensingMode)) { throw 'This policy object does not set the licensing mode of these hosts: name the one that does.' }
if (-not $PSCmdlet.ShouldProcess($target, $change)) { return }
$folder = Join-Path $HOME "gpo-backup-$(Get-Date -Format yyyyMMdd-HHmmss)"
[void](New-Item -ItemType Directory -Path $folder)
[void](Backup-GPO -Guid $gpo.Id -Domain $gpo.DomainName -Path $folder)
"Backup of the whole policy object: $folder (Restore-GPO -Guid $($gpo.Id) -Domain $($gpo.DomainName) -Path '$folder' gives all of it back)"
[void](Set-GPRegistryValue -Guid $gpo.Id -Domain $gpo.DomainName -Key $key -ValueName $name -Type String -Value $value)
$global:cal_changed_policies += [pscustomobject]@{ Name = $name; Value = $value; Id = $gpo.Id }
"The undo in another session asks for this GUID: $($gpo.Id)"
if ((Read-Value $name) -ne $value) { throw 'The change cannot be seen.' }
'Before gpupdate /target:computer, the policy has to reach the domain controller of the host: the directory and SYSVOL replicate apart from each other.'
"${target}: ${change}: changed and read back."
}

function Undo-11 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
# For Windows PowerShell 5.1 with the modules GroupPolicy and ActiveDirectory (RSAT), and the right to edit the settings of the policy object.
$key = 'HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services'
$name = 'LicenseServers'
$value = 'ls1.example.com,ls2'
$hosts = @('RDSH1', 'RDSH2')
$no_targets = '31b2f340-016d-11d2-945f-00c04fb984f9', '6ac1786c-016f-11d2-945f-00c04fb984f9'
if (-not (Test-Path Variable:global:cal_changed_policies)) { $global:cal_changed_policies = @() }
function Find-Policy($asked) {
  $id = [guid]::Empty
  $found = @(if ([guid]::TryParse($asked, [ref]$id)) { Get-GPO -Guid $id } else { Get-GPO -Name $asked })
  if ($found.Count -ne 1) { throw "$($found.Count) policy objects have this name: give the GUID." }
  if ($no_targets -contains "$($found[0].Id)") {
    throw 'This policy object holds for the whole domain, or for all domain controllers: make one for the session hosts.'
  }
  $found[0]
}
function Read-Value($of) {
  try {
    $item = Get-GPRegistryValue -Guid $gpo.Id -Domain $gpo.DomainName -Key $key -ValueName $of
  } catch {
    if ($_.FullyQualifiedErrorId -like 'UnableToRetrievePolicyRegistryItem*') { return '' }
    throw
  }
  if ("$($item.PolicyState)" -ne 'Set') { return "($($item.PolicyState))" }
  "$($item.Value)".TrimEnd([char]0)
}
function Get-Links {
  $report = [xml](Get-GPOReport -Guid $gpo.Id -Domain $gpo.DomainName -ReportType Xml)
  $links = @($report.SelectNodes("//*[local-name()='LinksTo']/*[local-name()='SOMPath']") | ForEach-Object { $_.InnerText })
  if ($links) { $links -join ', ' } else { 'nothing in this domain' }
}
# Objects are linked to domains and OUs, not to containers such as CN=Computers.
function Test-Link($computer) {
  $found = Get-ADComputer -Identity $computer -Server $gpo.DomainName
  $above = "$($found.DistinguishedName)" -replace '^.*?,(?=(OU|DC)=)'
  $links = (Get-GPInheritance -Target $above -Domain $gpo.DomainName).InheritedGpoLinks
  if (-not @($links | Where-Object { $_.Enabled -and $_.GpoId -eq $gpo.Id })) {
    throw "This policy object is not linked to $above, where $computer is, nor above it: name the one that applies there."
  }
}
$kept = @($global:cal_changed_policies | Where-Object { $_.Name -eq $name -and $_.Value -eq $value })
$id = if ($kept.Count -eq 1) { $kept[0].Id } else { [guid](Read-Host 'GUID of the policy object, which the repair printed') }
if ($kept -and $kept.Id -notcontains $id) { throw 'The repair has not changed this policy object.' }
$gpo = Find-Policy "$id"
"Policy object: $($gpo.DisplayName) {$($gpo.Id)} of $($gpo.DomainName), linked to $(Get-Links)"
$target = "$name of $($gpo.DisplayName) {$($gpo.Id)}"
$change = "set it to $value"
if ((Read-Value $name) -ne $value) { throw 'It is not as the repair leaves it: the repair was not run, or it was changed since. Nothing was changed now: see what it is, and decide by hand.' }
if (-not $PSCmdlet.ShouldProcess($target, "undo: $change")) { return }
[void](Remove-GPRegistryValue -Guid $gpo.Id -Domain $gpo.DomainName -Key $key -ValueName $name)
if ((Read-Value $name) -ne '') { throw 'It was written, but the undo cannot be seen.' }
"${target}: ${change}: undone and read back."
}

function Repair-12 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
# Run it on the connection broker, in Windows PowerShell as administrator.
$target = "the licensing of the deployment of the connection broker $env:COMPUTERNAME"
function Get-Line($mode, $servers) {
  "${mode}: $(($servers | Where-Object { $_ } | Sort-Object) -join ',')"
}
function Read-Licensing {
  $now = Get-RDLicenseConfiguration
  Get-Line "$($now.Mode)" @($now.LicenseServer)
}
$change = 'set ' + (@('PerUser', 'ls1') -join ', ')
if ((Read-Licensing) -ne (Get-Line 'PerDevice' @('ls2', 'ls1'))) { throw 'The deployment is not as it was read: make a new plan.' }
if ((@((Get-RDLicenseConfiguration).LicenseServer) -join ',') -ne (@('ls2', 'ls1') -join ',')) { throw 'The license servers are in another order than they were read: the undo would not give it back.' }
if (-not $PSCmdlet.ShouldProcess($target, $change)) { return }
Set-RDLicenseConfiguration -Mode PerUser -LicenseServer @('ls1') -Force
if ((Read-Licensing) -ne (Get-Line 'PerUser' @('ls1'))) { throw 'The change cannot be seen.' }
"${target}: ${change}: changed and read back."
}

function Undo-12 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
# Run it on the connection broker, in Windows PowerShell as administrator.
$target = "the licensing of the deployment of the connection broker $env:COMPUTERNAME"
function Get-Line($mode, $servers) {
  "${mode}: $(($servers | Where-Object { $_ } | Sort-Object) -join ',')"
}
function Read-Licensing {
  $now = Get-RDLicenseConfiguration
  Get-Line "$($now.Mode)" @($now.LicenseServer)
}
$change = 'set ' + (@('PerUser', 'ls1') -join ', ')
if ((Read-Licensing) -ne (Get-Line 'PerUser' @('ls1'))) { throw 'It is not as the repair leaves it: the repair was not run, or it was changed since. Nothing was changed now: see what it is, and decide by hand.' }
if (-not $PSCmdlet.ShouldProcess($target, "undo: $change")) { return }
Set-RDLicenseConfiguration -Mode PerDevice -LicenseServer @('ls2', 'ls1') -Force
if ((Read-Licensing) -ne (Get-Line 'PerDevice' @('ls2', 'ls1'))) { throw 'It was written, but the undo cannot be seen.' }
"${target}: ${change}: undone and read back."
}

function Repair-13 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
$servers = [string[]]@('ls2', 'ls1')
$target = "the license servers of $env:COMPUTERNAME"
$change = "set $($servers -join ', ')"
$setting = Get-CimInstance -Namespace root\CIMV2\TerminalServices -ClassName Win32_TerminalServiceSetting
function Get-Line($names) { ($names | Where-Object { $_ } | Sort-Object) -join ',' }
function Read-Servers {
  $read = Invoke-CimMethod -InputObject $setting -MethodName GetSpecifiedLicenseServerList -WhatIf:$false
  Get-Line $read.SpecifiedLSList
}
function Invoke-Change($method, $arguments) {
  $answer = Invoke-CimMethod -InputObject $setting -MethodName $method -Arguments $arguments
  if ($answer.ReturnValue -ne 0) { throw "$method failed: $($answer.ReturnValue)" }
}
if ((Read-Servers) -ne '') { throw 'This host has license servers: make a new plan.' }
if (-not $PSCmdlet.ShouldProcess($target, $change)) { return }
Invoke-Change SetSpecifiedLicenseServerList @{SpecifiedLSList = $servers}
if ((Read-Servers) -ne (Get-Line $servers)) { throw 'The change cannot be seen.' }
"${target}: ${change}: changed and read back."
}

function Undo-13 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
$servers = [string[]]@('ls2', 'ls1')
$target = "the license servers of $env:COMPUTERNAME"
$change = "set $($servers -join ', ')"
$setting = Get-CimInstance -Namespace root\CIMV2\TerminalServices -ClassName Win32_TerminalServiceSetting
function Get-Line($names) { ($names | Where-Object { $_ } | Sort-Object) -join ',' }
function Read-Servers {
  $read = Invoke-CimMethod -InputObject $setting -MethodName GetSpecifiedLicenseServerList -WhatIf:$false
  Get-Line $read.SpecifiedLSList
}
function Invoke-Change($method, $arguments) {
  $answer = Invoke-CimMethod -InputObject $setting -MethodName $method -Arguments $arguments
  if ($answer.ReturnValue -ne 0) { throw "$method failed: $($answer.ReturnValue)" }
}
if ((Read-Servers) -ne (Get-Line $servers)) { throw 'It is not as the repair leaves it: the repair was not run, or it was changed since. Nothing was changed now: see what it is, and decide by hand.' }
if (-not $PSCmdlet.ShouldProcess($target, "undo: $change")) { return }
Invoke-Change EmptySpecifiedLicenseServerList @{}
if ((Read-Servers) -ne '') { throw 'It was written, but the undo cannot be seen.' }
"${target}: ${change}: undone and read back."
}

function Repair-14 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
$dc = 'dc1.ebs.example.com'
$object = '<GUID=01234567-89ab-cdef-0123-456789abcdef>'  # CN=petra,DC=ebs
$before = 'D:PAI(A;;GA;;;S-1-5-21-1-2-3-512)'
$removed = @()
$added = @('(A;;RPWP;;;PS)')
$after = $before
foreach ($ace in $removed) {
  $at = $after.IndexOf($ace, [StringComparison]::Ordinal)
  if ($at -lt 0) { throw "$ace is not among the permissions." }
  $after = $after.Remove($at, $ace.Length)
}
$at = [regex]::Match($after, '\(\w+;\w*ID\w*;|$').Index  # behind the entries of the object itself
$after = $after.Insert($at, -join $added)
$after = $after -creplace '^D:[A-Z]*', 'D:AI'  # without P: it inherits again
if ($after -ceq $before) { throw 'Nothing would change.' }
$change = (@('inherit permissions'; 'clear adminCount'; $removed | ForEach-Object { "remove $_" }) + @($added | ForEach-Object { "add $_" })) -join ', '
Add-Type -AssemblyName System.DirectoryServices.Protocols
$ldap = New-Object DirectoryServices.Protocols.LdapConnection $dc
$ldap.SessionOptions.ProtocolVersion = 3
$ldap.SessionOptions.ReferralChasing = 'None'
$ldap.SessionOptions.Signing = $true
$ldap.SessionOptions.Sealing = $true
$part = New-Object DirectoryServices.Protocols.SecurityDescriptorFlagControl 'Dacl'
function ConvertFrom-Text($text) {
  New-Object Security.AccessControl.RawSecurityDescriptor $text
}
function Get-Text($descriptor) { $descriptor.GetSddlForm('Access') }
function Get-Usual($text) { Get-Text (ConvertFrom-Text $text) }
function Get-Sorted($text) {
  ([regex]::Matches($text, '\([^)]*\)|[^()]+') | ForEach-Object { $_.Value } | Sort-Object) -join ' '
}
function Get-Own($text) {
  Get-Sorted ($text -creplace '\(\w+;\w*ID\w*;[^)]*\)', '')
}
function Read-Entry {
  $ask = New-Object DirectoryServices.Protocols.SearchRequest $object, '(objectClass=*)', 'Base', 'nTSecurityDescriptor'
  [void]$ask.Controls.Add($part)
  $ldap.SendRequest($ask).Entries[0]
}
function Read-Text {
  $found = (Read-Entry).Attributes['nTSecurityDescriptor']
  $bytes = [byte[]]$found.GetValues([byte[]])[0]
  Get-Text (New-Object Security.AccessControl.RawSecurityDescriptor $bytes, 0)
}
function Write-Descriptor($text, $also) {
  $new = ConvertFrom-Text $text
  $bytes = New-Object byte[] $new.BinaryLength
  $new.GetBinaryForm($bytes, 0)
  $value = New-Object DirectoryServices.Protocols.DirectoryAttributeModification
  $value.Name = 'nTSecurityDescriptor'
  $value.Operation = 'Replace'
  [void]$value.Add($bytes)
  $write = New-Object DirectoryServices.Protocols.ModifyRequest $object, $value
  [void]$write.Controls.Add($part)
  [void]$write.Modifications.Add($also)
  [void]$ldap.SendRequest($write)
}
function Read-AdminCount {
  $ask = New-Object DirectoryServices.Protocols.SearchRequest $object, '(objectClass=*)', 'Base', 'adminCount'
  $found = $ldap.SendRequest($ask).Entries[0].Attributes['adminCount']
  if ($null -ne $found) { $found.GetValues([string])[0] }
}
$count = New-Object DirectoryServices.Protocols.DirectoryAttributeModification
$count.Name = 'adminCount'
$target = "$((Read-Entry).DistinguishedName) on $dc"
$now = Read-Text
if ($now -cne (Get-Usual $before)) {
  "now: $now"
  throw 'The permissions are not as they were read: make a new plan.'
}
if ((Read-AdminCount) -ne '1') { throw 'adminCount is not 1 any more: make a new plan.' }
if (-not $PSCmdlet.ShouldProcess($target, $change)) { return }
$count.Operation = 'Delete'
Write-Descriptor $after $count
$now = Read-Text
if ((Get-Own $now) -cne (Get-Own (Get-Usual $after)) -or $null -ne (Read-AdminCount)) {
  "written:   $(Get-Usual $after)"
  "read back: $now, adminCount '$(Read-AdminCount)'"
  throw 'It was written, but the domain controller made something else of it, so the undo stops: compare, and decide by hand.'
}
"${target}: ${change}: changed and read back."
}

function Undo-14 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
$dc = 'dc1.ebs.example.com'
$object = '<GUID=01234567-89ab-cdef-0123-456789abcdef>'  # CN=petra,DC=ebs
$before = 'D:PAI(A;;GA;;;S-1-5-21-1-2-3-512)'
$removed = @()
$added = @('(A;;RPWP;;;PS)')
$after = $before
foreach ($ace in $removed) {
  $at = $after.IndexOf($ace, [StringComparison]::Ordinal)
  if ($at -lt 0) { throw "$ace is not among the permissions." }
  $after = $after.Remove($at, $ace.Length)
}
$at = [regex]::Match($after, '\(\w+;\w*ID\w*;|$').Index  # behind the entries of the object itself
$after = $after.Insert($at, -join $added)
$after = $after -creplace '^D:[A-Z]*', 'D:AI'  # without P: it inherits again
if ($after -ceq $before) { throw 'Nothing would change.' }
$change = (@('inherit permissions'; 'clear adminCount'; $removed | ForEach-Object { "remove $_" }) + @($added | ForEach-Object { "add $_" })) -join ', '
Add-Type -AssemblyName System.DirectoryServices.Protocols
$ldap = New-Object DirectoryServices.Protocols.LdapConnection $dc
$ldap.SessionOptions.ProtocolVersion = 3
$ldap.SessionOptions.ReferralChasing = 'None'
$ldap.SessionOptions.Signing = $true
$ldap.SessionOptions.Sealing = $true
$part = New-Object DirectoryServices.Protocols.SecurityDescriptorFlagControl 'Dacl'
function ConvertFrom-Text($text) {
  New-Object Security.AccessControl.RawSecurityDescriptor $text
}
function Get-Text($descriptor) { $descriptor.GetSddlForm('Access') }
function Get-Usual($text) { Get-Text (ConvertFrom-Text $text) }
function Get-Sorted($text) {
  ([regex]::Matches($text, '\([^)]*\)|[^()]+') | ForEach-Object { $_.Value } | Sort-Object) -join ' '
}
function Get-Own($text) {
  Get-Sorted ($text -creplace '\(\w+;\w*ID\w*;[^)]*\)', '')
}
function Read-Entry {
  $ask = New-Object DirectoryServices.Protocols.SearchRequest $object, '(objectClass=*)', 'Base', 'nTSecurityDescriptor'
  [void]$ask.Controls.Add($part)
  $ldap.SendRequest($ask).Entries[0]
}
function Read-Text {
  $found = (Read-Entry).Attributes['nTSecurityDescriptor']
  $bytes = [byte[]]$found.GetValues([byte[]])[0]
  Get-Text (New-Object Security.AccessControl.RawSecurityDescriptor $bytes, 0)
}
function Write-Descriptor($text, $also) {
  $new = ConvertFrom-Text $text
  $bytes = New-Object byte[] $new.BinaryLength
  $new.GetBinaryForm($bytes, 0)
  $value = New-Object DirectoryServices.Protocols.DirectoryAttributeModification
  $value.Name = 'nTSecurityDescriptor'
  $value.Operation = 'Replace'
  [void]$value.Add($bytes)
  $write = New-Object DirectoryServices.Protocols.ModifyRequest $object, $value
  [void]$write.Controls.Add($part)
  [void]$write.Modifications.Add($also)
  [void]$ldap.SendRequest($write)
}
function Read-AdminCount {
  $ask = New-Object DirectoryServices.Protocols.SearchRequest $object, '(objectClass=*)', 'Base', 'adminCount'
  $found = $ldap.SendRequest($ask).Entries[0].Attributes['adminCount']
  if ($null -ne $found) { $found.GetValues([string])[0] }
}
$count = New-Object DirectoryServices.Protocols.DirectoryAttributeModification
$count.Name = 'adminCount'
$target = "$((Read-Entry).DistinguishedName) on $dc"
$now = Read-Text
if ((Get-Own $now) -ceq (Get-Own (Get-Usual $before))) {
  throw 'It is as before the repair: there is nothing to undo.'
}
if ((Get-Own $now) -cne (Get-Own (Get-Usual $after))) {
  "now: $now"
  throw 'It is not as the repair leaves it: the repair was not run, or it was changed since. Nothing was changed now: see what it is, and decide by hand.'
}
if ($null -ne (Read-AdminCount)) {
  "adminCount: $(Read-AdminCount)"
  throw 'It is not as the repair leaves it: the repair was not run, or it was changed since. Nothing was changed now: see what it is, and decide by hand.'
}
if (-not $PSCmdlet.ShouldProcess($target, "undo: $change")) { return }
$count.Operation = 'Replace'
[void]$count.Add('1')
Write-Descriptor $before $count
$now = Read-Text
if ((Get-Own $now) -cne (Get-Own (Get-Usual $before))) {
  "written:   $(Get-Usual $before)"
  "read back: $now"
  throw 'It was written, but the domain controller made other entries of it: compare, and decide by hand.'
}
if ((Read-AdminCount) -ne '1') { throw 'It was written, but adminCount cannot be seen.' }
"${target}: ${change}: undone and read back."
}

function Repair-15 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
# Run it on the connection broker, in Windows PowerShell as administrator.
$target = "the licensing of the deployment of the connection broker $env:COMPUTERNAME"
function Get-Line($mode, $servers) {
  "${mode}: $(($servers | Where-Object { $_ } | Sort-Object) -join ',')"
}
function Read-Licensing {
  $now = Get-RDLicenseConfiguration
  Get-Line "$($now.Mode)" @($now.LicenseServer)
}
$change = 'set ' + (@('PerUser') -join ', ')
if ((Read-Licensing) -ne (Get-Line 'PerDevice' @('ls2', 'ls1'))) { throw 'The deployment is not as it was read: make a new plan.' }
if (-not $PSCmdlet.ShouldProcess($target, $change)) { return }
Set-RDLicenseConfiguration -Mode PerUser -Force
if ((Read-Licensing) -ne (Get-Line 'PerUser' @('ls2', 'ls1'))) { throw 'The change cannot be seen.' }
"${target}: ${change}: changed and read back."
}

function Undo-15 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
# Run it on the connection broker, in Windows PowerShell as administrator.
$target = "the licensing of the deployment of the connection broker $env:COMPUTERNAME"
function Get-Line($mode, $servers) {
  "${mode}: $(($servers | Where-Object { $_ } | Sort-Object) -join ',')"
}
function Read-Licensing {
  $now = Get-RDLicenseConfiguration
  Get-Line "$($now.Mode)" @($now.LicenseServer)
}
$change = 'set ' + (@('PerUser') -join ', ')
if ((Read-Licensing) -ne (Get-Line 'PerUser' @('ls2', 'ls1'))) { throw 'It is not as the repair leaves it: the repair was not run, or it was changed since. Nothing was changed now: see what it is, and decide by hand.' }
if (-not $PSCmdlet.ShouldProcess($target, "undo: $change")) { return }
Set-RDLicenseConfiguration -Mode PerDevice -Force
if ((Read-Licensing) -ne (Get-Line 'PerDevice' @('ls2', 'ls1'))) { throw 'It was written, but the undo cannot be seen.' }
"${target}: ${change}: undone and read back."
}

function Repair-16 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
# Run it on the session host, in Windows PowerShell as administrator.
$hosts = @('RDSH1', 'RDSH2')
if ($hosts -notcontains $env:COMPUTERNAME) { throw "This is ${env:COMPUTERNAME}: run it on $($hosts -join ' or ')." }
$key = 'HKLM:\SYSTEM\CurrentControlSet\Control\Terminal Server\RCM'
$names = 'Certificate', 'X509 Certificate', 'X509 Certificate ID', 'X509 Certificate2'
$file = "$HOME\cal-host-certificate.clixml"
$target = "the certificate that $env:COMPUTERNAME has from its license server"
$change = "save the values to $file and remove them"
function Read-Values {
  $item = Get-Item -LiteralPath $key
  foreach ($name in $names) {
    if ($item.GetValueNames() -notcontains $name) { continue }
    [pscustomobject]@{ Name = $name; Kind = "$($item.GetValueKind($name))"; Value = $item.GetValue($name, $null, 'DoNotExpandEnvironmentNames') }
  }
}
function Get-Text($values) { @($values | ForEach-Object { "$($_.Name) $($_.Kind) $(@($_.Value) -join ',')" }) -join ';' }
function Test-AllIn($some, $all) {
  $texts = @($all | ForEach-Object { Get-Text $_ })
  @($some | Where-Object { $texts -cnotcontains (Get-Text $_) }).Count -eq 0
}
$values = @(Read-Values)
if ($values.Count -eq 0) { throw 'This host has none of the values: restart it.' }
$is_saved = Test-Path -LiteralPath $file
if ($is_saved -and -not (Test-AllIn $values @(Import-Clixml -LiteralPath $file))) { throw "There is $file of an earlier run, with other values: move it away first." }
if (-not $PSCmdlet.ShouldProcess($target, $change)) { return }
if (-not $is_saved) { $values | Export-Clixml -LiteralPath $file }
if (-not (Test-AllIn $values @(Import-Clixml -LiteralPath $file))) { throw "The values cannot be read back from ${file}: nothing was removed." }
Remove-ItemProperty -LiteralPath $key -Name @($values | ForEach-Object { $_.Name })
if (@(Read-Values).Count -ne 0) { throw 'The change cannot be seen.' }
"${target}: ${change}: changed and read back."
}

function Undo-16 {
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
$ErrorActionPreference = 'Stop'
# Run it on the session host, in Windows PowerShell as administrator.
$hosts = @('RDSH1', 'RDSH2')
if ($hosts -notcontains $env:COMPUTERNAME) { throw "This is ${env:COMPUTERNAME}: run it on $($hosts -join ' or ')." }
$key = 'HKLM:\SYSTEM\CurrentControlSet\Control\Terminal Server\RCM'
$names = 'Certificate', 'X509 Certificate', 'X509 Certificate ID', 'X509 Certificate2'
$file = "$HOME\cal-host-certificate.clixml"
$target = "the certificate that $env:COMPUTERNAME has from its license server"
$change = "save the values to $file and remove them"
function Read-Values {
  $item = Get-Item -LiteralPath $key
  foreach ($name in $names) {
    if ($item.GetValueNames() -notcontains $name) { continue }
    [pscustomobject]@{ Name = $name; Kind = "$($item.GetValueKind($name))"; Value = $item.GetValue($name, $null, 'DoNotExpandEnvironmentNames') }
  }
}
function Get-Text($values) { @($values | ForEach-Object { "$($_.Name) $($_.Kind) $(@($_.Value) -join ',')" }) -join ';' }
function Test-AllIn($some, $all) {
  $texts = @($all | ForEach-Object { Get-Text $_ })
  @($some | Where-Object { $texts -cnotcontains (Get-Text $_) }).Count -eq 0
}
$values = @(Import-Clixml -LiteralPath $file)
$left = @(Read-Values)
if ($left.Count -eq $values.Count -or -not (Test-AllIn $left $values)) { throw 'It is not as the repair leaves it: the repair was not run, or it was changed since. Nothing was changed now: see what it is, and decide by hand.' }
if (-not $PSCmdlet.ShouldProcess($target, "undo: $change")) { return }
foreach ($each in @($values | Where-Object { -not (Test-AllIn @($_) $left) })) { [void](New-ItemProperty -LiteralPath $key -Name $each.Name -PropertyType $each.Kind -Value $each.Value) }
if ((Get-Text @(Read-Values)) -cne (Get-Text $values)) { throw 'It was written, but the undo cannot be seen.' }
"${target}: ${change}: undone and read back."
}
