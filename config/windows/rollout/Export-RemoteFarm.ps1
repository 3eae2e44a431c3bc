# The fallback where no script may run on the session hosts and license servers: one computer asks all of them, one
# after another, and writes what they would export. It only reads.
#   .\Export-RemoteFarm.ps1 -Folder D:\cal_export -SessionHost RDSH1, RDSH2 -LicenseServer LS1
#
# What a host reaches cannot be asked from here: the second hop has no credentials. So a fault of mode, list,
# licenses or events is found, but no host is `licensed`.
# -Protocol Dcom: for computers without WinRM. -Seconds: the deadline for each question.
# -Check: say what would be exported, and what is missing; leave nothing behind.
#
# Needs: an administrator of each computer, WinRM (TCP 5985 and 5986) or DCOM, and for the events RPC (firewall
# group Remote Event Log Management).
param(
    [Parameter(Mandatory)] [string] $Folder,
    [string[]] $SessionHost = @(),
    [string[]] $LicenseServer = @(),
    [ValidateSet('Wsman', 'Dcom')] [string] $Protocol = 'Wsman',
    [int] $Seconds = 30,
    [switch] $Check
)
. "$PSScriptRoot\..\ExportRun.ps1"

# The exit code of the export of one computer, whose own lines say why it failed.
function Export-Computer([string] $Script, [string] $Role, [string] $Name, [hashtable] $More = @{}) {
    Write-Host "${Name}:"
    $into = Join-Path $Folder $Role
    if (-not $Check) { New-Item -ItemType Directory -Force $into | Out-Null }
    & "$PSScriptRoot\..\$Script" -Folder $into -ComputerName $Name -Protocol $Protocol -Seconds $Seconds `
        -Check:$Check @More | Out-Null
    $code = $LASTEXITCODE
    Get-CimSession -ComputerName $Name -ErrorAction SilentlyContinue | Remove-CimSession
    $code
}

$codes = @{}
foreach ($name in $SessionHost) {
    $codes[$name] = Export-Computer 'Export-SessionHost.ps1' 'session_hosts' $name
}
foreach ($name in $LicenseServer) {
    $code = Export-Computer 'Export-LicenseServer.ps1' 'license_servers' $name @{ SessionHost = $SessionHost }
    if (-not $codes[$name]) { $codes[$name] = $code }
}
$failed = @($codes.Keys | Where-Object { $codes[$_] -ne 0 } | Sort-Object)
if ($codes.Count -eq 0) { Write-ErrorLine 'name at least one computer: -SessionHost or -LicenseServer'; exit 1 }
if ($failed) {
    Write-ErrorLine "$($failed.Count) of $($codes.Count) computers: $($failed -join ', ')"
    exit $(if ($Check) { 2 } else { 1 })
}
exit 0
