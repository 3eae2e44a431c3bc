# Exports the licensing of this Remote Desktop session host, in the format of farm_export.schema.json,
# to a file named after the host: for `session_host_licensing`, and its `value` for the older
# `session_hosts_file` of `license_compliance`. It only reads.
#   -Check: say what would be exported, and which right is missing; leave nothing behind.
#   -Seconds: the deadline for each license server.
#   -ComputerName, -Protocol: asks another computer, which cannot tell what it reaches. A fallback; see
#     rollout/Export-RemoteFarm.ps1.
#
# Needs: local administrator (Microsoft documents no lesser right), and write access to the folder.
param(
    [Parameter(Mandatory)] [string] $Folder,
    [int] $Seconds = 30,
    [string] $ComputerName,
    [ValidateSet('Wsman', 'Dcom')] [string] $Protocol = 'Wsman',
    [switch] $Check
)
. "$PSScriptRoot\AtomicFile.ps1"
. "$PSScriptRoot\ExportRun.ps1"
. "$PSScriptRoot\FarmExport.ps1"

$policyKey = 'SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services'
$rcmKey = 'SYSTEM\CurrentControlSet\Control\Terminal Server\RCM'

function Get-Setting {
    Get-CimInstanceOrWhy 'root\CIMV2\TerminalServices' 'Win32_TerminalServiceSetting' `
        'a local administrator'
}

function Get-SourceName($Number) {
    switch ($Number) { 0 { 'local' } 1 { 'policy' } }
}

function Get-PolicySetting {
    $servers = Get-RegistryValue $policyKey 'LicenseServers' 'String'
    $setting = @{ licensing_type = Get-RegistryValue $policyKey 'LicensingMode' 'DWORD'; servers = $null }
    if ($null -ne $servers) { $setting['servers'] = @(Split-ServerList $servers) }
    $setting
}

# Exists on the connection broker only.
function Get-BrokerSetting {
    try {
        $central = Get-CimInstance @cim -Namespace 'root\CIMV2\TerminalServices' `
            -ClassName 'Win32_TSDeploymentLicensing'
    } catch {
        if ('{0:X8}' -f $_.Exception.HResult -in '80041010', '80041002') { return }
        throw
    }
    if (-not $central -or -not $central.UseCentralLicensingSettings) { return }
    @{ licensing_type = $central.LicensingType; servers = @(Split-ServerList $central.LicenseServers) }
}

# Whether TCP 135 of the server accepts a connection; null where its name is not known.
function Test-RpcPort([string] $Server) {
    $client = New-Object -TypeName Net.Sockets.TcpClient
    try {
        $client.ConnectAsync($Server, 135).Wait([TimeSpan]::FromSeconds([Math]::Min($Seconds, 5)))
    } catch {
        $why = $_.Exception
        while ($why.InnerException) { $why = $why.InnerException }
        $code = if ($why -is [Net.Sockets.SocketException]) { "$($why.SocketErrorCode)" } else { '' }
        if ($code -notin 'HostNotFound', 'TryAgain', 'NoData') { $false }
    } finally {
        $client.Dispose()
    }
}

# One server after another, so that a dead one costs its deadline only. Status 8, that the caller is
# no administrator of the server, is what SYSTEM usually gets: the agent takes it as reached.
function Get-Connectivity($Setting, [string[]] $Servers) {
    foreach ($server in $Servers) {
        if (Test-Remote) {
            # The host would ask without credentials, and the answer would say nothing about it.
            @{ server = $server; status = $null; error = 'not asked from another computer' }
            continue
        }
        $row = [ordered]@{ server = $server; status = $null; port_135 = Test-RpcPort $server; error = $null }
        try {
            $answer = Invoke-Reader $Setting 'GetTStoLSConnectivityStatus' @{ ServerName = $server } $Seconds
            $row['status'] = $answer.TStoLSConnectivityStatus
        } catch {
            $row['error'] = ($_.Exception.Message -replace '\s+', ' ').Trim()
        }
        $row
    }
}

function Get-HostExport {
    $setting = Get-Setting
    $export = New-FarmExport 'session_host' 'Export-SessionHost.ps1'
    Add-Fact $export 'terminal_server_mode' { $setting.TerminalServerMode }
    Add-Fact $export 'allow_connections' { $setting.AllowTSConnections }
    Add-Fact $export 'logons' { $setting.Logons }
    Add-Fact $export 'drain_mode' { $setting.SessionBrokerDrainMode }
    Add-Fact $export 'licensing_type' { $setting.LicensingType }
    Add-Fact $export 'licensing_type_source' { Get-SourceName $setting.PolicySourceLicensingType }
    Add-Fact $export 'specified_servers_source' {
        Get-SourceName $setting.PolicySourceConfiguredLicenseServers
    }
    Add-Fact $export 'specified_servers' -List {
        Split-ServerList (Invoke-Reader $setting 'GetSpecifiedLicenseServerList').SpecifiedLSList
    }
    Add-Fact $export 'registered_servers' -List {
        Split-ServerList (Invoke-Reader $setting 'GetRegisteredLicenseServerList').RegisteredLSList
    }
    Add-Fact $export 'policy' { Get-PolicySetting }
    Add-Fact $export 'broker' { Get-BrokerSetting }
    # Fails if the key GracePeriod was deleted.
    Add-Fact $export 'days_left' { (Invoke-Reader $setting 'GetGracePeriodDays').DaysLeft }
    Add-Fact $export 'os_installed_at' {
        ConvertTo-IsoTime (Get-CimInstance @cim -Namespace 'root\CIMV2' -ClassName 'Win32_OperatingSystem').InstallDate
    }
    Add-Fact $export 'certificate_present' {
        $names = @(Get-RegistryName $rcmKey)
        if ($names.Count -eq 0) { throw "HKLM\$rcmKey has no values" }
        [bool] ($names -like 'X509 Certificate*')
    }
    $servers = @(@($export['specified_servers']) + @($export['registered_servers']) |
        Where-Object { $_ } | Sort-Object -Unique)
    Add-Fact $export 'connectivity' -List { Get-Connectivity $setting $servers }
    Add-Fact $export 'events' -List { Get-EventCount $hostProvider }
    $export['value'] = @([ordered]@{
            computer       = $export['computer']
            licensing_type = $export['licensing_type']
            days_left      = $export['days_left']
        })
    $export
}

if ($Check) {
    exit Get-CheckCode @(
        Test-Need 'session host' {
            if ($ComputerName) { Connect-Target $ComputerName $Protocol $Seconds }
            $state = Get-HostExport
            $unknown = @($state['errors'] | ForEach-Object { "$($_.key): $($_.error)" })
            if ($unknown) { throw ($unknown -join '; ') }
            "LicensingType $($state['licensing_type']), $($state['days_left']) days of grace left"
        }
        Test-FolderNeed $Folder)
}

exit Invoke-Export {
    if ($ComputerName) { Connect-Target $ComputerName $Protocol $Seconds }
    $json = ConvertTo-Json (Get-HostExport) -Depth 5
    Write-AtomicText (Join-Path $Folder "$($target['Name']).json") $json
}
