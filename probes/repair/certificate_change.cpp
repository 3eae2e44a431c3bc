#include "probes/repair/certificate_change.h"

#include "agent/base/powershell.h"
#include "probes/repair/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cal::repair {

namespace {

// The four values are those of MicrosoftDocs/SupportArticles-docs,
// cannot-connect-rds-no-license-server.md. Each is compared with its type: a byte more is another
// certificate.
constexpr std::string_view read_values =
    R"ps(# Run it on the session host, in Windows PowerShell as administrator.
$hosts = @({0})
if ($hosts -notcontains $env:COMPUTERNAME) {{ throw "This is ${{env:COMPUTERNAME}}: run it on $($hosts -join ' or ')." }}
$key = 'HKLM:\SYSTEM\CurrentControlSet\Control\Terminal Server\RCM'
$names = 'Certificate', 'X509 Certificate', 'X509 Certificate ID', 'X509 Certificate2'
$file = "{1}"
$target = "the certificate that $env:COMPUTERNAME has from its license server"
$change = "save the values to $file and remove them"
function Read-Values {{
  $item = Get-Item -LiteralPath $key
  foreach ($name in $names) {{
    if ($item.GetValueNames() -notcontains $name) {{ continue }}
    [pscustomobject]@{{ Name = $name; Kind = "$($item.GetValueKind($name))"; Value = $item.GetValue($name, $null, 'DoNotExpandEnvironmentNames') }}
  }}
}}
function Get-Text($values) {{ @($values | ForEach-Object {{ "$($_.Name) $($_.Kind) $(@($_.Value) -join ',')" }}) -join ';' }}
function Test-AllIn($some, $all) {{
  $texts = @($all | ForEach-Object {{ Get-Text $_ }})
  @($some | Where-Object {{ $texts -cnotcontains (Get-Text $_) }}).Count -eq 0
}}
)ps";

constexpr std::string_view remove_values =
    R"ps(if (-not $is_saved) { $values | Export-Clixml -LiteralPath $file }
if (-not (Test-AllIn $values @(Import-Clixml -LiteralPath $file))) { throw "The values cannot be read back from ${file}: nothing was removed." }
Remove-ItemProperty -LiteralPath $key -Name @($values | ForEach-Object { $_.Name })
)ps";

constexpr std::string_view restore_values =
    R"ps(foreach ($each in @($values | Where-Object { -not (Test-AllIn @($_) $left) })) { [void](New-ItemProperty -LiteralPath $key -Name $each.Name -PropertyType $each.Kind -Value $each.Value) }
)ps";

}  // namespace

std::optional<RepairStep> remove_certificate(const std::vector<std::string>& hosts) {
  std::vector<std::string> literals;
  for (const auto& host : hosts) {
    auto literal = powershell_literal(host);
    if (!literal) return std::nullopt;
    literals.push_back(std::move(*literal));
  }
  RepairStep step{"", Shell::powershell};
  step.setup = fmt::format(read_values, fmt::join(literals, ", "), saved_certificate);
  step.check = "$values = @(Read-Values)\n";
  step.check += throw_if("$values.Count -eq 0", "This host has none of the values: restart it.");
  // A run that stopped halfway leaves some of the values, and the file with all of them.
  step.check += "$is_saved = Test-Path -LiteralPath $file\n";
  step.check +=
      "if ($is_saved -and -not (Test-AllIn $values @(Import-Clixml -LiteralPath $file))) { throw "
      "\"There is $file of an earlier run, with other values: move it away first.\" }\n";
  step.command = remove_values;
  step.check_after = throw_if("@(Read-Values).Count -ne 0", "The change cannot be seen.");
  step.undo_check = "$values = @(Import-Clixml -LiteralPath $file)\n";
  step.undo_check += "$left = @(Read-Values)\n";
  step.undo_check +=
      throw_if("$left.Count -eq $values.Count -or -not (Test-AllIn $left $values)", not_as_left);
  step.undo = restore_values;
  step.undo += throw_if("(Get-Text @(Read-Values)) -cne (Get-Text $values)", undo_not_seen);
  return step;
}

}  // namespace cal::repair
