#include "probes/repair/host_change.h"

#include "agent/base/powershell.h"
#include "probes/repair/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>

namespace cal::repair {

namespace {

using Names = std::vector<std::string>;

constexpr std::string_view not_seen = "The change cannot be seen.";

// "'ls1', 'ls2'"
std::optional<std::string> literals_of(const Names& names) {
  Names literals;
  for (const auto& name : names) {
    auto literal = powershell_literal(name);
    if (!literal) return std::nullopt;
    literals.push_back(std::move(*literal));
  }
  return fmt::format("{}", fmt::join(literals, ", "));
}

// Of a policy object that is named once and has its GUID afterwards. A read that fails is never
// "not set": only the error that says so is. A disabled policy is the state `Delete`. The cmdlets
// write to the PDC emulator. The undo takes the object that the repair changed in this session, or
// the GUID that it printed.
constexpr std::string_view policy_setup =
    R"ps(# For Windows PowerShell 5.1 with the modules GroupPolicy and ActiveDirectory (RSAT), and the right to edit the settings of the policy object.
$key = 'HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services'
$name = '{0}'
$value = {1}
$hosts = @({2})
$no_targets = '31b2f340-016d-11d2-945f-00c04fb984f9', '6ac1786c-016f-11d2-945f-00c04fb984f9'
if (-not (Test-Path Variable:global:cal_changed_policies)) {{ $global:cal_changed_policies = @() }}
function Find-Policy($asked) {{
  $id = [guid]::Empty
  $found = @(if ([guid]::TryParse($asked, [ref]$id)) {{ Get-GPO -Guid $id }} else {{ Get-GPO -Name $asked }})
  if ($found.Count -ne 1) {{ throw "$($found.Count) policy objects have this name: give the GUID." }}
  if ($no_targets -contains "$($found[0].Id)") {{
    throw 'This policy object holds for the whole domain, or for all domain controllers: make one for the session hosts.'
  }}
  $found[0]
}}
function Read-Value($of) {{
  try {{
    $item = Get-GPRegistryValue -Guid $gpo.Id -Domain $gpo.DomainName -Key $key -ValueName $of
  }} catch {{
    if ($_.FullyQualifiedErrorId -like 'UnableToRetrievePolicyRegistryItem*') {{ return '' }}
    throw
  }}
  if ("$($item.PolicyState)" -ne 'Set') {{ return "($($item.PolicyState))" }}
  "$($item.Value)".TrimEnd([char]0)
}}
function Get-Links {{
  $report = [xml](Get-GPOReport -Guid $gpo.Id -Domain $gpo.DomainName -ReportType Xml)
  $links = @($report.SelectNodes("//*[local-name()='LinksTo']/*[local-name()='SOMPath']") | ForEach-Object {{ $_.InnerText }})
  if ($links) {{ $links -join ', ' }} else {{ 'nothing in this domain' }}
}}
# Objects are linked to domains and OUs, not to containers such as CN=Computers.
function Test-Link($computer) {{
  $found = Get-ADComputer -Identity $computer -Server $gpo.DomainName
  $above = "$($found.DistinguishedName)" -replace '^.*?,(?=(OU|DC)=)'
  $links = (Get-GPInheritance -Target $above -Domain $gpo.DomainName).InheritedGpoLinks
  if (-not @($links | Where-Object {{ $_.Enabled -and $_.GpoId -eq $gpo.Id }})) {{
    throw "This policy object is not linked to $above, where $computer is, nor above it: name the one that applies there."
  }}
}}
)ps";

constexpr std::string_view policy_check =
    R"ps($gpo = Find-Policy (Read-Host 'Name or GUID of the group policy object for the licensing of these hosts')
)ps";

constexpr std::string_view policy_undo_check =
    R"ps($kept = @($global:cal_changed_policies | Where-Object { $_.Name -eq $name -and $_.Value -eq $value })
$id = if ($kept.Count -eq 1) { $kept[0].Id } else { [guid](Read-Host 'GUID of the policy object, which the repair printed') }
if ($kept -and $kept.Id -notcontains $id) { throw 'The repair has not changed this policy object.' }
$gpo = Find-Policy "$id"
)ps";

constexpr std::string_view policy_shown =
    R"ps("Policy object: $($gpo.DisplayName) {$($gpo.Id)} of $($gpo.DomainName), linked to $(Get-Links)"
$target = "$name of $($gpo.DisplayName) {$($gpo.Id)}"
$change = "set it to $value"
)ps";

constexpr std::string_view back_up_policy =
    R"ps($folder = Join-Path $HOME "gpo-backup-$(Get-Date -Format yyyyMMdd-HHmmss)"
[void](New-Item -ItemType Directory -Path $folder)
[void](Backup-GPO -Guid $gpo.Id -Domain $gpo.DomainName -Path $folder)
"Backup of the whole policy object: $folder (Restore-GPO -Guid $($gpo.Id) -Domain $($gpo.DomainName) -Path '$folder' gives all of it back)"
)ps";

constexpr std::string_view keep_policy =
    R"ps($global:cal_changed_policies += [pscustomobject]@{ Name = $name; Value = $value; Id = $gpo.Id }
"The undo in another session asks for this GUID: $($gpo.Id)"
)ps";

constexpr std::string_view policy_replicates =
    "'Before gpupdate /target:computer, the policy has to reach the domain controller of the host: "
    "the directory and SYSVOL replicate apart from each other.'\n";

// `value`: in PowerShell. `from` empty: the policy object does not set it.
std::optional<RepairStep> set_policy(std::string_view name, std::string_view type,
                                     const std::optional<std::string>& from,
                                     const std::string& value, const Names& hosts) {
  const auto host_names = literals_of(hosts);
  if (!host_names) return std::nullopt;
  const auto write = [&](const std::string& what) {
    return fmt::format(
        "[void](Set-GPRegistryValue -Guid $gpo.Id -Domain $gpo.DomainName -Key $key -ValueName "
        "$name -Type {} -Value {})\n",
        type, what);
  };
  RepairStep step{"", Shell::powershell};
  step.setup = fmt::format(policy_setup, name, value, *host_names);
  step.check = policy_check;
  step.check += policy_shown;
  step.check +=
      from
          ? throw_if(fmt::format("(Read-Value $name) -ne '{}'", *from),
                     "This policy object does not set what the hosts have: name the one that does.")
          : throw_if("(Read-Value $name) -ne ''",
                     "This policy object sets it already: see what, and make a new plan.");
  step.check += "foreach ($each in $hosts) { Test-Link $each }\n";
  step.command = back_up_policy;
  step.command += write("$value");
  step.command += keep_policy;
  step.check_after = throw_if("(Read-Value $name) -ne $value", not_seen);
  step.check_after += policy_replicates;
  step.undo_check = policy_undo_check;
  step.undo_check += policy_shown;
  step.undo_check += throw_if("(Read-Value $name) -ne $value", not_as_left);
  step.undo = from ? write(*from)
                   : "[void](Remove-GPRegistryValue -Guid $gpo.Id -Domain $gpo.DomainName -Key "
                     "$key -ValueName $name)\n";
  step.undo +=
      throw_if(fmt::format("(Read-Value $name) -ne '{}'", from.value_or("")), undo_not_seen);
  return step;
}

std::string_view mode_word(std::int64_t mode) {
  if (mode == per_device) return "PerDevice";
  return mode == per_user ? "PerUser" : "NotConfigured";
}

}  // namespace

std::optional<RepairStep> set_policy_mode(std::optional<std::int64_t> from, std::int64_t to,
                                          const Names& hosts) {
  return set_policy("LicensingMode", "DWord",
                    from ? std::optional(std::to_string(*from)) : std::nullopt, std::to_string(to),
                    hosts);
}

std::optional<RepairStep> set_policy_servers(const Names& to, const Names& hosts) {
  const auto value = powershell_literal(fmt::format("{}", fmt::join(to, ",")));
  if (!value) return std::nullopt;
  auto step = set_policy("LicenseServers", "String", std::nullopt, *value, hosts);
  if (!step) return std::nullopt;
  step->check += throw_if("'2', '4' -notcontains (Read-Value LicensingMode)",
                          "This policy object does not set the licensing mode of these hosts: name "
                          "the one that does.");
  return step;
}

std::optional<RepairStep> set_deployment(const Deployment& from, const Deployment& to) {
  const auto before = literals_of(from.servers);
  const auto after = literals_of(to.servers);
  const bool sets_mode = from.mode != to.mode;
  const bool sets_servers = from.servers != to.servers;
  // The command takes no empty list.
  if (!before || !after || (sets_servers && to.servers.empty())) return std::nullopt;
  const auto write = [&](const Deployment& what, std::string_view servers) {
    return fmt::format("Set-RDLicenseConfiguration{}{} -Force\n",
                       sets_mode ? fmt::format(" -Mode {}", mode_word(what.mode)) : "",
                       sets_servers ? fmt::format(" -LicenseServer @({})", servers) : "");
  };
  const auto is_not = [](const Deployment& what, std::string_view servers) {
    return fmt::format("(Read-Licensing) -ne (Get-Line '{}' @({}))", mode_word(what.mode), servers);
  };
  RepairStep step{"", Shell::powershell};
  step.setup = R"ps(# Run it on the connection broker, in Windows PowerShell as administrator.
$target = "the licensing of the deployment of the connection broker $env:COMPUTERNAME"
function Get-Line($mode, $servers) {
  "${mode}: $(($servers | Where-Object { $_ } | Sort-Object) -join ',')"
}
function Read-Licensing {
  $now = Get-RDLicenseConfiguration
  Get-Line "$($now.Mode)" @($now.LicenseServer)
}
)ps";
  step.setup +=
      fmt::format("$change = 'set ' + (@({}) -join ', ')\n",
                  sets_mode && sets_servers ? fmt::format("'{}', {}", mode_word(to.mode), *after)
                  : sets_mode               ? fmt::format("'{}'", mode_word(to.mode))
                                            : *after);
  step.check =
      throw_if(is_not(from, *before), "The deployment is not as it was read: make a new plan.");
  if (sets_servers) {
    step.check += throw_if(
        fmt::format(
            "(@((Get-RDLicenseConfiguration).LicenseServer) -join ',') -ne (@({}) -join ',')",
            *before),
        "The license servers are in another order than they were read: the undo would not give it "
        "back.");
  }
  step.command = write(to, *after);
  step.check_after = throw_if(is_not(to, *after), not_seen);
  if (sets_servers && from.servers.empty()) {
    step.not_undone =
        "the command cannot set an empty list of license servers: take them out in Server Manager "
        "(Remote Desktop Services, Overview, deployment properties)";
  } else {
    step.undo_check = throw_if(is_not(to, *after), not_as_left);
    step.undo = write(from, *before);
    step.undo += throw_if(is_not(from, *before), undo_not_seen);
  }
  return step;
}

std::optional<RepairStep> set_own_servers(const Names& to) {
  const auto after = literals_of(to);
  if (!after) return std::nullopt;
  RepairStep step{"", Shell::powershell};
  step.setup = fmt::format(
      R"ps($servers = [string[]]@({})
$target = "the license servers of $env:COMPUTERNAME"
$change = "set $($servers -join ', ')"
$setting = Get-CimInstance -Namespace root\CIMV2\TerminalServices -ClassName Win32_TerminalServiceSetting
function Get-Line($names) {{ ($names | Where-Object {{ $_ }} | Sort-Object) -join ',' }}
function Read-Servers {{
  $read = Invoke-CimMethod -InputObject $setting -MethodName GetSpecifiedLicenseServerList -WhatIf:$false
  Get-Line $read.SpecifiedLSList
}}
function Invoke-Change($method, $arguments) {{
  $answer = Invoke-CimMethod -InputObject $setting -MethodName $method -Arguments $arguments
  if ($answer.ReturnValue -ne 0) {{ throw "$method failed: $($answer.ReturnValue)" }}
}}
)ps",
      *after);
  step.check = throw_if("(Read-Servers) -ne ''", "This host has license servers: make a new plan.");
  step.command = "Invoke-Change SetSpecifiedLicenseServerList @{SpecifiedLSList = $servers}\n";
  step.check_after = throw_if("(Read-Servers) -ne (Get-Line $servers)", not_seen);
  step.undo_check = throw_if("(Read-Servers) -ne (Get-Line $servers)", not_as_left);
  step.undo = "Invoke-Change EmptySpecifiedLicenseServerList @{}\n";
  step.undo += throw_if("(Read-Servers) -ne ''", undo_not_seen);
  return step;
}

}  // namespace cal::repair
