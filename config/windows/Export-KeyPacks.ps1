# Exports the key packs of a Remote Desktop license server for the agent's `license_compliance`.
#   -Check: say what would be exported, and which right is missing; leave nothing behind.
#
# Needs: local administrator (required by the WMI class), and write access to the folder.
param([Parameter(Mandatory)] [string] $Folder, [switch] $Check)
. "$PSScriptRoot\AtomicFile.ps1"
. "$PSScriptRoot\ExportRun.ps1"

function Get-KeyPack {
    Get-CimInstanceOrWhy 'root\CIMV2' 'Win32_TSLicenseKeyPack' 'a local administrator'
}

if ($Check) {
    exit Get-CheckCode @(
        Test-Need 'key packs' { "$(@(Get-KeyPack).Count) to export" }
        Test-FolderNeed $Folder)
}

exit Invoke-Export {
    $expires = @{
        Name       = 'ExpirationDate'
        Expression = { if ($_.ExpirationDate) { $_.ExpirationDate.ToUniversalTime().ToString('o') } }
    }
    $packs = @(Get-KeyPack |
        Select-Object KeyPackId, Description, KeyPackType, ProductType, ProductVersion,
            ProductVersionID, TotalLicenses, IssuedLicenses, AvailableLicenses, TypeAndModel, $expires)

    # The file contains the time of the data, since copying it may change its modification time.
    $export = [ordered]@{
        generated_at = (Get-Date).ToUniversalTime().ToString('o')
        computer     = $env:COMPUTERNAME
        value        = $packs
    }
    Write-AtomicText (Join-Path $Folder 'key_packs.json') (ConvertTo-Json $export -Depth 3)
}
