# Makes the folder and the two scheduled tasks of the export. Run once, as administrator, on the
# licensing server:
#   .\Register-CalExport.ps1 -EventAccount 'EBS\cal-export$' -Reader 'EBS\cal-monitor'
#
# EventAccount: a group managed service account (with $), member of Event Log Readers and of nothing
# else. The key packs need an administrator, so their task runs as SYSTEM: its script and the folder
# it writes to are open to administrators only, or the account of the events could lead it astray.
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
New-Item -ItemType Directory -Force $scripts, $events, $keyPacks | Out-Null
Copy-Item "$PSScriptRoot\AtomicFile.ps1", "$PSScriptRoot\Export-*.ps1" $scripts -Force

function Protect-Folder([string] $Path, [string[]] $Grants) {
    # S-1-5-18 SYSTEM, S-1-5-32-544 Administrators: by SID, since the names are translated.
    & icacls.exe $Path /inheritance:r /grant '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' `
        "${Reader}:(OI)(CI)RX" $Grants | Out-Null
    if ($LASTEXITCODE -ne 0) { throw "icacls could not protect $Path ($LASTEXITCODE)" }
}
Protect-Folder $Folder @()
Protect-Folder $events @("${EventAccount}:(OI)(CI)M")
Protect-Folder $keyPacks @()

function Register-Export([string] $Name, [string] $Script, [string] $Into, $Principal) {
    $arguments = "-NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -File `"$scripts\$Script`" " +
        "-Folder `"$Into`""
    $action = New-ScheduledTaskAction -Execute 'powershell.exe' -Argument $arguments
    $trigger = New-ScheduledTaskTrigger -Once -At (Get-Date) `
        -RepetitionInterval (New-TimeSpan -Minutes $Minutes)
    $settings = New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew -StartWhenAvailable `
        -ExecutionTimeLimit (New-TimeSpan -Minutes $Minutes)
    Register-ScheduledTask -TaskName $Name -TaskPath '\cal_export\' -Action $action `
        -Trigger $trigger -Settings $settings -Principal $Principal -Force | Out-Null
}

Register-Export 'licensing events' 'Export-LicensingEvents.ps1' $events `
    (New-ScheduledTaskPrincipal -UserId $EventAccount -LogonType Password -RunLevel Limited)

$hasKeyPacks = Get-CimClass -Namespace root\CIMV2 -ClassName Win32_TSLicenseKeyPack `
    -ErrorAction SilentlyContinue
if ($hasKeyPacks) {
    Register-Export 'key packs' 'Export-KeyPacks.ps1' $keyPacks `
        (New-ScheduledTaskPrincipal -UserId 'S-1-5-18' -LogonType ServiceAccount -RunLevel Highest)
}
