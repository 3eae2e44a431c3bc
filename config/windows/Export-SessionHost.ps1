# Exports the licensing mode and the grace period of this Remote Desktop session host for the agent's
# `license_compliance`, to a file named after the host.
#   -Check: say what would be exported, and which right is missing; leave nothing behind.
#
# Needs: local administrator (Microsoft documents no lesser right), and write access to the folder.
param([Parameter(Mandatory)] [string] $Folder, [switch] $Check)
. "$PSScriptRoot\AtomicFile.ps1"
. "$PSScriptRoot\ExportRun.ps1"

function Get-HostState {
    $setting = Get-CimInstanceOrWhy 'root\CIMV2\TerminalServices' 'Win32_TerminalServiceSetting' `
        'a local administrator'
    $grace = Invoke-CimMethod -InputObject $setting -MethodName GetGracePeriodDays
    if ($grace.ReturnValue -ne 0) { throw "GetGracePeriodDays failed ($($grace.ReturnValue))" }
    [ordered]@{
        computer       = $env:COMPUTERNAME
        licensing_type = $setting.LicensingType
        days_left      = $grace.DaysLeft
    }
}

if ($Check) {
    exit Get-CheckCode @(
        Test-Need 'session host' {
            $state = Get-HostState
            "LicensingType $($state.licensing_type), $($state.days_left) days of grace left"
        }
        Test-FolderNeed $Folder)
}

exit Invoke-Export {
    $export = [ordered]@{
        generated_at = (Get-Date).ToUniversalTime().ToString('o')
        value        = @(Get-HostState)
    }
    Write-AtomicText (Join-Path $Folder "$env:COMPUTERNAME.json") (ConvertTo-Json $export -Depth 3)
}
