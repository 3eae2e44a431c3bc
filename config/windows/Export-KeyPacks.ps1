# Exports the key packs of a Remote Desktop license server for the agent's `license_compliance`.
#
# Needs: local administrator (required by the WMI class), and write access to the folder.
param([Parameter(Mandatory)] [string] $Folder)
. "$PSScriptRoot\AtomicFile.ps1"

$expires = @{
    Name       = 'ExpirationDate'
    Expression = { if ($_.ExpirationDate) { $_.ExpirationDate.ToUniversalTime().ToString('o') } }
}
$packs = @(Get-CimInstance -Namespace root\CIMV2 -ClassName Win32_TSLicenseKeyPack |
    Select-Object KeyPackId, Description, KeyPackType, ProductType, ProductVersion, ProductVersionID,
        TotalLicenses, IssuedLicenses, AvailableLicenses, TypeAndModel, $expires)

# The file contains the time of the data, since copying it may change its modification time.
$export = [ordered]@{
    generated_at = (Get-Date).ToUniversalTime().ToString('o')
    value        = $packs
}
Write-AtomicText (Join-Path $Folder 'key_packs.json') (ConvertTo-Json $export -Depth 3)
