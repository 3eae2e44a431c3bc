# Creates the folders and the scheduled tasks of the export. Run once, as administrator, on the
# licensing server and on every Remote Desktop session host:
#   .\Register-CalExport.ps1 -EventAccount 'EBS\cal-export$' -Reader 'EBS\cal-monitor'
#
# EventAccount: a group managed service account (with $) that is a member of Event Log Readers only.
# The exports of key packs and session hosts need an administrator, so their tasks run as SYSTEM. Only
# administrators can change their scripts and output folders; otherwise the event account could
# escalate its privileges.
param(
    [Parameter(Mandatory)] [string] $EventAccount,
    [Parameter(Mandatory)] [string] $Reader,
    [string] $Folder = "$env:ProgramData\cal_export",
    [int] $Minutes = 5
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$scripts = "$env:ProgramFiles\cal_export"
$events = "$Folder\events"
$keyPacks = "$Folder\key_packs"
$sessionHosts = "$Folder\session_hosts"
New-Item -ItemType Directory -Force $scripts, $events, $keyPacks, $sessionHosts | Out-Null
Copy-Item "$PSScriptRoot\AtomicFile.ps1", "$PSScriptRoot\Export-*.ps1" $scripts -Force

function Protect-Folder([string] $Path, [string[]] $Grants) {
    # S-1-5-18 is SYSTEM, S-1-5-32-544 Administrators: the names depend on the language of Windows.
    & icacls.exe $Path /inheritance:r /grant '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' `
        "${Reader}:(OI)(CI)RX" $Grants | Out-Null
    if ($LASTEXITCODE -ne 0) { throw "icacls could not protect $Path ($LASTEXITCODE)" }
}
Protect-Folder $Folder @()
Protect-Folder $events @("${EventAccount}:(OI)(CI)M")
Protect-Folder $keyPacks @()
Protect-Folder $sessionHosts @()

function Register-Export([string] $Name, [string] $Script, [string] $Into, $Principal, [string] $More) {
    $arguments = "-NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -File `"$scripts\$Script`" " +
        "-Folder `"$Into`" $More"
    $action = New-ScheduledTaskAction -Execute 'powershell.exe' -Argument $arguments
    $trigger = New-ScheduledTaskTrigger -Once -At (Get-Date) `
        -RepetitionInterval (New-TimeSpan -Minutes $Minutes)
    $settings = New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew -StartWhenAvailable `
        -ExecutionTimeLimit (New-TimeSpan -Minutes $Minutes)
    Register-ScheduledTask -TaskName $Name -TaskPath '\cal_export\' -Action $action `
        -Trigger $trigger -Settings $settings -Principal $Principal -Force | Out-Null
}

# TerminalServerMode 1 is an application server; 0 is remote administration only.
$isSessionHost = [bool] (Get-CimInstance -Namespace root\CIMV2\TerminalServices `
    -ClassName Win32_TerminalServiceSetting -ErrorAction SilentlyContinue |
    Where-Object TerminalServerMode -eq 1)
$system = New-ScheduledTaskPrincipal -UserId 'S-1-5-18' -LogonType ServiceAccount -RunLevel Highest

Register-Export 'licensing events' 'Export-LicensingEvents.ps1' $events `
    (New-ScheduledTaskPrincipal -UserId $EventAccount -LogonType Password -RunLevel Limited) `
    $(if ($isSessionHost) { '-SessionHost' })
if ($isSessionHost) {
    Register-Export 'session host' 'Export-SessionHost.ps1' $sessionHosts $system
}

$hasKeyPacks = Get-CimClass -Namespace root\CIMV2 -ClassName Win32_TSLicenseKeyPack `
    -ErrorAction SilentlyContinue
if ($hasKeyPacks) {
    Register-Export 'key packs' 'Export-KeyPacks.ps1' $keyPacks $system
}
