# Stands in for Windows' event logs: a table of logs with type and whether each is enabled, and a table of
# records by provider. For mocks of Get-WinEvent.
$licensing = 'Microsoft-Windows-TerminalServices-Licensing'
$rcm = 'Microsoft-Windows-TerminalServices-RemoteConnectionManager'

function New-LogTable {
    @{
        'System' = 'Administrative', $true
        "$licensing/Admin" = 'Administrative', $true
        "$licensing/Operational" = 'Operational', $true
        "$licensing/Analytic" = 'Analytical', $true
        "$licensing/Debug" = 'Debug', $false
        "$rcm/Admin" = 'Administrative', $true
        "$rcm/Operational" = 'Operational', $true
    }
}

function New-Record([string] $Provider, [int] $Id, [int] $RecordId, $Values = @()) {
    [pscustomobject]@{
        ProviderName = $Provider; Id = $Id; RecordId = $RecordId; LogName = 'System'
        MachineName = 'LS1'; Message = 'Größe'; UserId = [pscustomobject]@{ Value = 'S-1-5-20' }
        TimeCreated = [datetime]::new(2026, 11, 25, 9, 0, $RecordId, [DateTimeKind]::Utc).ToLocalTime()
        Properties = @($Values | ForEach-Object { [pscustomobject]@{ Value = $_ } })
    }
}

function New-NoEvents {
    [Management.Automation.ErrorRecord]::new([Exception]::new('No events were found'),
        'NoMatchingEventsFound', 'ObjectNotFound', $null)
}

function Get-MockProvider([string] $Name, $Logs) {
    if ($Name -notin $licensing, $rcm) { return }
    $names = @($Logs.Keys | Where-Object { $_ -like "$Name/*" }) + 'System'
    [pscustomobject]@{
        Name = $Name
        LogLinks = @($names | ForEach-Object { [pscustomobject]@{ LogName = $_ } })
    }
}

function Get-MockLog([string] $Name, $Logs) {
    [pscustomobject]@{ LogName = $Name; LogType = $Logs[$Name][0]; IsEnabled = $Logs[$Name][1] }
}

function Get-MockRecord($Filter, $Logs, $Records) {
    foreach ($name in @($Filter.LogName)) {
        if ($Logs[$name][0] -notin 'Administrative', 'Operational' -or -not $Logs[$name][1]) {
            throw "$name has no events that can be asked for"
        }
    }
    $found = @($Records[$Filter.ProviderName])
    if ($found.Count -eq 0) { throw (New-NoEvents) }
    $found
}
