# Exports the licensing mode and the grace period of this Remote Desktop session host for the agent's
# `license_compliance`, to a file named after the host.
#
# Needs: local administrator (Microsoft documents no lesser right), and write access to the folder.
param([Parameter(Mandatory)] [string] $Folder)
. "$PSScriptRoot\AtomicFile.ps1"

$setting = Get-CimInstance -Namespace root\CIMV2\TerminalServices -ClassName Win32_TerminalServiceSetting
$grace = Invoke-CimMethod -InputObject $setting -MethodName GetGracePeriodDays
if ($grace.ReturnValue -ne 0) { throw "GetGracePeriodDays failed ($($grace.ReturnValue))" }

$export = [ordered]@{
    generated_at = (Get-Date).ToUniversalTime().ToString('o')
    value        = @([ordered]@{
        computer       = $env:COMPUTERNAME
        licensing_type = $setting.LicensingType
        days_left      = $grace.DaysLeft
    })
}
Write-AtomicText (Join-Path $Folder "$env:COMPUTERNAME.json") (ConvertTo-Json $export -Depth 3)
