# Creates the folders and the scheduled tasks of the export. Run once, as administrator, on the
# licensing server and on every Remote Desktop session host:
#   .\Register-CalExport.ps1 -EventAccount 'EBS\cal-export$' -Reader 'EBS\cal-monitor'
#
# EventAccount: a group managed service account (with $) that is a member of Event Log Readers only. It
# gets the right "Log on as a batch job", without which its task would fail with 0x80070569.
# The exports of key packs and session hosts need an administrator, so their tasks run as SYSTEM. Only
# administrators can change their scripts and output folders; otherwise the event account could
# escalate its privileges.
#
# -Check: say what would be registered, and which right is missing; change nothing.
param(
    [Parameter(Mandatory)] [string] $EventAccount,
    [Parameter(Mandatory)] [string] $Reader,
    [string] $Folder = "$env:ProgramData\cal_export",
    [int] $Minutes = 5,
    [switch] $Check
)
. "$PSScriptRoot\ExportRun.ps1"
. "$PSScriptRoot\BatchLogon.ps1"

$scripts = Join-Path $env:ProgramFiles 'cal_export'
$events = Join-Path $Folder 'events'
$keyPacks = Join-Path $Folder 'key_packs'
$sessionHosts = Join-Path $Folder 'session_hosts'
$licenseServers = Join-Path $Folder 'license_servers'

# TerminalServerMode 1 is an application server; 0 is remote administration only.
function Test-SessionHost {
    [bool] (Get-CimInstance -Namespace root\CIMV2\TerminalServices `
        -ClassName Win32_TerminalServiceSetting -ErrorAction SilentlyContinue |
        Where-Object TerminalServerMode -eq 1)
}

function Test-LicenseServer {
    [bool] (Get-CimClass -Namespace root\CIMV2 -ClassName Win32_TSLicenseKeyPack `
        -ErrorAction SilentlyContinue)
}

function Protect-Folder([string] $Path, [string[]] $Grants) {
    # S-1-5-18 is SYSTEM, S-1-5-32-544 Administrators: the names depend on the language of Windows.
    & icacls.exe $Path /inheritance:r /grant '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' `
        "${Reader}:(OI)(CI)RX" $Grants | Out-Null
    if ($LASTEXITCODE -ne 0) { throw "icacls could not protect $Path ($LASTEXITCODE)" }
}

function Register-Export([string] $Name, [string] $Script, [string] $Into, $Principal, [string] $More) {
    $file = Join-Path $scripts $Script
    $arguments = "-NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -File `"$file`" " +
        "-Folder `"$Into`" $More"
    $action = New-ScheduledTaskAction -Execute 'powershell.exe' -Argument $arguments.Trim()
    $trigger = New-ScheduledTaskTrigger -Once -At (Get-Date) `
        -RepetitionInterval (New-TimeSpan -Minutes $Minutes)
    $settings = New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew -StartWhenAvailable `
        -ExecutionTimeLimit (New-TimeSpan -Minutes $Minutes)
    Register-ScheduledTask -TaskName $Name -TaskPath '\cal_export\' -Action $action `
        -Trigger $trigger -Settings $settings -Principal $Principal -Force | Out-Null
}

if ($Check) {
    $results = @(
        Test-Need 'tasks' {
            $tasks = @('licensing events')
            if (Test-SessionHost) { $tasks += 'session host' }
            if (Test-LicenseServer) { $tasks += 'key packs', 'license server' }
            "$($tasks -join ', ')"
        }
        Test-Need "Log on as a batch job for $EventAccount" {
            if (-not (Test-BatchLogon $EventAccount)) { throw 'not granted; registering grants it' }
        })
    exit Get-CheckCode $results
}

exit Invoke-Export {
    $isSessionHost = Test-SessionHost
    Grant-BatchLogon $EventAccount

    New-Item -ItemType Directory -Force $scripts, $events, $keyPacks, $sessionHosts, $licenseServers |
        Out-Null
    Copy-Item (Join-Path $PSScriptRoot 'AtomicFile.ps1'), (Join-Path $PSScriptRoot 'ExportRun.ps1'),
        (Join-Path $PSScriptRoot 'FarmExport.ps1'), (Join-Path $PSScriptRoot 'LicensingEvents.ps1'),
        (Join-Path $PSScriptRoot 'Export-*.ps1') $scripts -Force
    Protect-Folder $Folder @()
    Protect-Folder $events @("${EventAccount}:(OI)(CI)M")
    Protect-Folder $keyPacks @()
    Protect-Folder $sessionHosts @()
    Protect-Folder $licenseServers @()

    $system = New-ScheduledTaskPrincipal -UserId 'S-1-5-18' -LogonType ServiceAccount -RunLevel Highest
    if ($isSessionHost) {
        Register-Export 'session host' 'Export-SessionHost.ps1' $sessionHosts $system
    }
    if (Test-LicenseServer) {
        Register-Export 'key packs' 'Export-KeyPacks.ps1' $keyPacks $system
        Register-Export 'license server' 'Export-LicenseServer.ps1' $licenseServers $system
    }
    # Last: if Windows refuses the account on this computer, the other tasks are there all the same.
    Register-Export 'licensing events' 'Export-LicensingEvents.ps1' $events `
        (New-ScheduledTaskPrincipal -UserId $EventAccount -LogonType Password -RunLevel Limited) `
        $(if ($isSessionHost) { '-SessionHost' })
}
