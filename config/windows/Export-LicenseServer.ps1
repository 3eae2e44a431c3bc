# Exports this Remote Desktop license server in the format of farm_export.schema.json, to a file named
# after it, for `session_host_licensing`. It only reads. Issued licenses are counted, without the
# names of their holders.
#   -Check: say what would be exported, and which right is missing; leave nothing behind.
#   -SessionHost: the hosts of which to ask whether the server serves them, needed where it serves only
#     members of Terminal Server Computers.
#   -ComputerName, -Protocol, -Seconds: asks another computer, under a deadline for each question. A
#     fallback; see rollout/Export-RemoteFarm.ps1.
#
# Needs: local administrator (required by the WMI classes), and write access to the folder.
param(
    [Parameter(Mandatory)] [string] $Folder,
    [string[]] $SessionHost = @(),
    [int] $Seconds = 30,
    [string] $ComputerName,
    [ValidateSet('Wsman', 'Dcom')] [string] $Protocol = 'Wsman',
    [switch] $Check
)
. "$PSScriptRoot\AtomicFile.ps1"
. "$PSScriptRoot\ExportRun.ps1"
. "$PSScriptRoot\FarmExport.ps1"

$parameters = 'SYSTEM\CurrentControlSet\Services\TermServLicensing\Parameters'
$right = 'a local administrator'

function Get-KeyPack {
    foreach ($pack in Get-CimInstanceOrWhy 'root\CIMV2' 'Win32_TSLicenseKeyPack' $right) {
        $row = [ordered]@{}
        foreach ($name in 'KeyPackId', 'KeyPackType', 'ProductType', 'ProductVersion',
            'ProductVersionID', 'TotalLicenses', 'IssuedLicenses', 'AvailableLicenses') {
            $row[$name] = $pack.$name
        }
        $row['ExpirationDate'] = ConvertTo-IsoTime $pack.ExpirationDate
        $row
    }
}

function Get-AllowedHost($Server) {
    foreach ($name in $SessionHost) {
        $answer = Invoke-Reader $Server 'IsSecureAccessAllowed' @{ tsname = $name } $Seconds
        [ordered]@{ computer = $name; allowed = [bool] $answer.Allowed }
    }
}

function Get-Holder($License) {
    if ($License.sIssuedToUser) { 'user' } elseif ($License.sIssuedToComputer) { 'device' } else { 'unknown' }
}

# The Monday, in UTC.
function Get-Week($Time) {
    if (-not $Time) { return }
    $day = $Time.ToUniversalTime().Date
    $day.AddDays(-(([int] $day.DayOfWeek + 6) % 7)).ToString('o').Substring(0, 10)
}

function Get-IssuedCount($Licenses, $VersionOf) {
    $groups = @{}
    foreach ($license in $Licenses) {
        $row = [ordered]@{
            holder             = Get-Holder $license
            product_version_id = $VersionOf["$($license.KeyPackId)"]
            status             = $license.LicenseStatus
            week               = Get-Week $license.ExpirationDate
        }
        $key = $row.Values -join '|'
        if (-not $groups.ContainsKey($key)) { $groups[$key] = $row; $row['count'] = 0 }
        $groups[$key]['count'] += 1
    }
    foreach ($key in $groups.Keys | Sort-Object) { $groups[$key] }
}

# Events 82 and 4144 say that a license was upgraded; otherwise the newest date of issue counts.
function Get-LastIssued($Licenses) {
    $found = @()
    $filter = @{ ProviderName = $serverProvider; Id = 82, 4144 }
    try {
        $event82 = Get-WinEvent @eventLog -FilterHashtable $filter -MaxEvents 1
        if ($event82) { $found += @{ at = $event82.TimeCreated; from = "event_$($event82.Id)" } }
    } catch {
        if ($_.FullyQualifiedErrorId -notlike 'NoMatchingEventsFound*') { throw }
    }
    $issued = $Licenses | Where-Object { $_.IssueDate } | Sort-Object IssueDate | Select-Object -Last 1
    if ($issued) { $found += @{ at = $issued.IssueDate; from = 'issue_date' } }
    $found | Sort-Object { $_.at } | Select-Object -Last 1
}

function Get-ServerExport {
    $server = Get-CimInstanceOrWhy 'root\CIMV2' 'Win32_TSLicenseServer' $right
    $export = New-FarmExport 'license_server' 'Export-LicenseServer.ps1'
    $export['role_installed'] = $true
    Add-Fact $export 'activation_status' { (Invoke-Reader $server 'GetActivationStatus').ActivationStatus }
    Add-Fact $export 'in_license_servers_group' {
        [bool] (Invoke-Reader $server 'IsLSinTSLSGroup' @{ Domain = '' }).IsMember
    }
    Add-Fact $export 'on_domain_controller' { [bool] (Invoke-Reader $server 'IsLSonDC').OnDC }
    Add-Fact $export 'registered_in_directory' {
        [bool] (Invoke-Reader $server 'IsLSRegisteredToSCP').Registered
    }
    Add-Fact $export 'security_group_policy' { [bool] (Invoke-Reader $server 'IsLSSecGrpGPEnabled').Enabled }
    Add-Fact $export 'prevent_upgrade_policy' {
        [bool] (Invoke-Reader $server 'IsLSPreventUpgradeGPEnabled').Enabled
    }
    if ($SessionHost) { Add-Fact $export 'hosts' -List { Get-AllowedHost $server } }
    Add-Fact $export 'workgroup_auth_enforced' {
        (Get-RegistryValue $parameters 'DisableWorkgroupAuthEnforcement' 'DWORD') -ne 1
    }
    Add-Fact $export 'key_packs' -List { Get-KeyPack }
    $versionOf = @{}
    foreach ($pack in @($export['key_packs'])) {
        if ($pack) { $versionOf["$($pack['KeyPackId'])"] = $pack['ProductVersionID'] }
    }
    $licenses = @{}
    Add-Fact $export 'issued' -List {
        $licenses['all'] = @(Get-CimInstanceOrWhy 'root\CIMV2' 'Win32_TSIssuedLicense' $right)
        Get-IssuedCount $licenses['all'] $versionOf
    }
    Add-Fact $export 'last_issued_at' {
        if (-not $licenses.ContainsKey('all')) { throw 'the issued licenses could not be read' }
        $last = Get-LastIssued $licenses['all']
        if ($last) { $export['last_issued_from'] = $last.from; ConvertTo-IsoTime $last.at }
    }
    Add-Fact $export 'events' -List { Get-EventCount $serverProvider }
    $export
}

if ($Check) {
    exit Get-CheckCode @(
        Test-Need 'license server' {
            if ($ComputerName) { Connect-Target $ComputerName $Protocol $Seconds }
            $state = Get-ServerExport
            $unknown = @($state['errors'] | ForEach-Object { "$($_.key): $($_.error)" })
            if ($unknown) { throw ($unknown -join '; ') }
            "ActivationStatus $($state['activation_status']), $(@($state['key_packs']).Count) key packs"
        }
        Test-FolderNeed $Folder)
}

exit Invoke-Export {
    if ($ComputerName) { Connect-Target $ComputerName $Protocol $Seconds }
    $json = ConvertTo-Json (Get-ServerExport) -Depth 5
    Write-AtomicText (Join-Path $Folder "$($target['Name']).json") $json
}
