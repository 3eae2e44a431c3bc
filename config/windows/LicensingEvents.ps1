# Shared by the exports: which events are about licensing, and in which logs they are.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$serverProvider = 'Microsoft-Windows-TerminalServices-Licensing'
$hostProvider = 'Microsoft-Windows-TerminalServices-RemoteConnectionManager'

# Of the host's provider, the events about licensing; Windows Server 2019 and newer add 49152 to most of
# the numbers. They are selected here, since Windows' event query takes only about 21 numbers. Of the
# other providers, all events are.
$hostIds = @(1003, 1004, 1011, 1028, 1043, 1061, 1068, 1069) + (1128..1133) + (1152..1160) +
    @(1136, 20497, 50180, 50195, 50213) + (50280..50285) + (50304..50312)

# Event IDs are not unique across providers, so always compare provider and ID.
function Test-Licensing($Record) {
    $Record.ProviderName -ne $hostProvider -or $Record.Id -in $hostIds
}

function Get-LinkedLogName($Provider) {
    @($Provider.LogLinks | ForEach-Object { $_.LogName } | Sort-Object -Unique)
}

# Analytic and Debug logs cannot be exported while they are enabled, and no licensing event is there.
function Test-EventLogType($Log) { "$($Log.LogType)" -in 'Administrative', 'Operational' }

# The logs of a provider that hold events. A log that is switched off has none.
function Get-EventLogName($Provider) {
    foreach ($name in Get-LinkedLogName $Provider) {
        $log = Get-WinEvent @eventLog -ListLog $name -ErrorAction SilentlyContinue
        if ($log -and $log.IsEnabled -and (Test-EventLogType $log)) { $name }
    }
}

# Why not all events of a provider can be read; nothing if they can.
function Get-EventLogGap($Provider) {
    foreach ($name in Get-LinkedLogName $Provider) {
        try {
            $log = Get-WinEvent @eventLog -ListLog $name
        } catch {
            "$name cannot be opened: $($_.Exception.Message)"
            continue
        }
        if ((Test-EventLogType $log) -and -not $log.IsEnabled) { "$name is disabled" }
    }
    if (-not @(Get-EventLogName $Provider)) { "$($Provider.Name) has no log that is enabled" }
}

# The licensing events of a provider in the last days, the newest first.
function Get-LicensingRecord($Provider, [int] $Days) {
    $logs = @(Get-EventLogName $Provider)
    if ($logs.Count -eq 0) { return }
    $filter = @{
        LogName = $logs; ProviderName = $Provider.Name; StartTime = (Get-Date).AddDays(-$Days)
    }
    try {
        Get-WinEvent @eventLog -FilterHashtable $filter | Where-Object { Test-Licensing $_ }
    } catch {
        # Get-WinEvent fails if there are no events, which is fine here. All other errors are not.
        if ($_.FullyQualifiedErrorId -like 'NoMatchingEventsFound*') { return }
        if ($_.Exception -is [UnauthorizedAccessException]) {
            throw "access to $($logs -join ', ') was denied: this needs membership in Event Log Readers"
        }
        throw
    }
}
