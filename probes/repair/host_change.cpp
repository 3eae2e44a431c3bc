#include "probes/repair/host_change.h"

#include "agent/base/powershell.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>

namespace cal::repair {

namespace {

using Names = std::vector<std::string>;

constexpr std::string_view changed_by_others =
    "Somebody has changed it since: nothing was changed. See what it is now, and decide by hand.";
constexpr std::string_view not_seen = "The change cannot be seen.";

std::string throw_if(std::string_view condition, std::string_view why) {
  return fmt::format("if ({}) {{ throw '{}' }}\n", condition, why);
}

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

// `value`: in PowerShell. `from` empty: the policy object does not set it.
RepairStep set_policy(std::string_view name, std::string_view type,
                      const std::optional<std::string>& from, const std::string& value) {
  constexpr std::string_view setup =
      R"ps($gpo = Read-Host 'Name of the group policy object for the licensing of these hosts'
[void](Get-GPO -Name $gpo)
$key = 'HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services'
$value = {1}
function Read-Value {{
  $found = (Get-GPRegistryValue -Name $gpo -Key $key -ValueName {0} -ErrorAction SilentlyContinue).Value
  if ($found -is [string]) {{ $found.TrimEnd([char]0) }} else {{ $found }}
}}
)ps";
  const auto write = [&](const std::string& what) {
    return fmt::format(
        "[void](Set-GPRegistryValue -Name $gpo -Key $key -ValueName {} -Type {} "
        "-Value {})\n",
        name, type, what);
  };
  RepairStep step{"", Shell::powershell};
  step.setup = fmt::format(setup, name, value);
  step.check =
      from
          ? throw_if(fmt::format("(Read-Value) -ne {}", *from),
                     "This policy object does not set what the hosts have: name the one that does.")
          : throw_if("$null -ne (Read-Value)",
                     "This policy object sets it already: see what, and make a new plan.");
  step.command = write("$value");
  step.check_after = throw_if("(Read-Value) -ne $value", not_seen);
  step.undo_check = throw_if("(Read-Value) -ne $value", changed_by_others);
  step.undo =
      from ? write(*from)
           : fmt::format("[void](Remove-GPRegistryValue -Name $gpo -Key $key -ValueName {})\n",
                         name);
  return step;
}

std::string_view mode_word(std::int64_t mode) {
  if (mode == per_device) return "PerDevice";
  return mode == per_user ? "PerUser" : "NotConfigured";
}

}  // namespace

RepairStep set_policy_mode(std::optional<std::int64_t> from, std::int64_t to) {
  return set_policy("LicensingMode", "DWord",
                    from ? std::optional(std::to_string(*from)) : std::nullopt, std::to_string(to));
}

std::optional<RepairStep> set_policy_servers(const Names& to) {
  const auto value = powershell_literal(fmt::format("{}", fmt::join(to, ",")));
  if (!value) return std::nullopt;
  return set_policy("LicenseServers", "String", std::nullopt, *value);
}

std::optional<RepairStep> set_deployment(const Deployment& from, const Deployment& to) {
  const auto before = literals_of(from.servers);
  const auto after = literals_of(to.servers);
  if (!before || !after) return std::nullopt;
  const auto write = [](const Deployment& what, std::string_view servers) {
    return fmt::format("Set-RDLicenseConfiguration -Mode {}{} -Force\n", mode_word(what.mode),
                       what.servers.empty() ? "" : fmt::format(" -LicenseServer @({})", servers));
  };
  const auto is_not = [](const Deployment& what, std::string_view servers) {
    return fmt::format("(Read-Licensing) -ne (Get-Line '{}' @({}))", mode_word(what.mode), servers);
  };
  RepairStep step{"", Shell::powershell};
  step.setup = R"ps(function Get-Line($mode, $servers) {
  "${mode}: $(($servers | Where-Object { $_ } | Sort-Object) -join ',')"
}
function Read-Licensing {
  $now = Get-RDLicenseConfiguration
  Get-Line "$($now.Mode)" @($now.LicenseServer)
}
)ps";
  step.check =
      throw_if(is_not(from, *before), "The deployment is not as it was read: make a new plan.");
  step.command = write(to, *after);
  step.check_after = throw_if(is_not(to, *after), not_seen);
  if (from.servers.empty() && !to.servers.empty()) {
    step.not_undone =
        "the command cannot set an empty list of license servers: take them out in Server Manager "
        "(Remote Desktop Services, Overview, deployment properties)";
  } else {
    step.undo_check = throw_if(is_not(to, *after), changed_by_others);
    step.undo = write(from, *before);
  }
  return step;
}

std::optional<RepairStep> set_own_servers(const Names& to) {
  const auto after = literals_of(to);
  if (!after) return std::nullopt;
  RepairStep step{"", Shell::powershell};
  step.setup = fmt::format(
      R"ps($servers = [string[]]@({})
$setting = Get-CimInstance -Namespace root\CIMV2\TerminalServices -ClassName Win32_TerminalServiceSetting
function Get-Line($names) {{ ($names | Where-Object {{ $_ }} | Sort-Object) -join ',' }}
function Read-Servers {{
  Get-Line (Invoke-CimMethod -InputObject $setting -MethodName GetSpecifiedLicenseServerList).SpecifiedLSList
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
  step.undo_check = throw_if("(Read-Servers) -ne (Get-Line $servers)", changed_by_others);
  step.undo = "Invoke-Change EmptySpecifiedLicenseServerList @{}\n";
  return step;
}

}  // namespace cal::repair
