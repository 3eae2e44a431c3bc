# Exports the events of the licensing providers for the agent's `activation_events`: JSON lines in
# Winlogbeat's format, and with -Evtx also a copy of each log. Every run rewrites the last days; the
# agent recognizes by the record numbers which events it has seen.
#
# -SessionHost: this is a Remote Desktop session host, so export its licensing events, too.
#
# Needs: membership in Event Log Readers, and write access to the folder.
param(
    [Parameter(Mandatory)] [string] $Folder,
    [int] $Days = 14,
    [switch] $Evtx,
    [switch] $SessionHost
)
. "$PSScriptRoot\AtomicFile.ps1"

# Event IDs are not unique across these providers, so always compare provider and ID.
$wanted = @(
    'Microsoft-Windows-Windows Server Solutions Client Access Licensing',
    'Microsoft-Windows-Server Infrastructure Licensing',
    'Microsoft-Windows-TerminalServices-Licensing'
)
# Which providers exist depends on the roles of this server.
$providers = @($wanted | ForEach-Object {
    Get-WinEvent -ListProvider $_ -ErrorAction SilentlyContinue
})
if ($providers.Count -eq 0 -and -not $SessionHost) {
    throw 'no licensing provider is registered on this computer: run this on the licensing server'
}
$since = (Get-Date).AddDays(-$Days)
$filters = @($providers | ForEach-Object { @{ ProviderName = $_.Name; StartTime = $since } })
$hostProvider = 'Microsoft-Windows-TerminalServices-RemoteConnectionManager'
if ($SessionHost) {
    $filters += @{ ProviderName = $hostProvider; StartTime = $since }
}
# Its events about licensing; Windows Server 2019 and newer add 49152 to most of the numbers. They are
# selected here, since Windows' event query takes only about 21 numbers.
$hostIds = @(1003, 1004, 1011, 1028, 1043, 1061, 1068, 1069) + (1128..1133) + (1152..1160) +
    @(1136, 20497, 50180, 50195, 50213) + (50280..50285) + (50304..50312)
function Test-Licensing($Record) {
    $Record.ProviderName -ne $hostProvider -or $Record.Id -in $hostIds
}

function ConvertTo-Line($Record) {
    $data = [ordered]@{}
    for ($i = 0; $i -lt $Record.Properties.Count; $i++) {
        $data["param$($i + 1)"] = [string] $Record.Properties[$i].Value
    }
    $winlog = [ordered]@{
        provider_name = $Record.ProviderName
        event_id      = [string] $Record.Id
        record_id     = $Record.RecordId
        channel       = $Record.LogName
        computer_name = $Record.MachineName
        event_data    = $data
    }
    if ($Record.UserId) { $winlog['user'] = @{ identifier = $Record.UserId.Value } }
    [ordered]@{
        '@timestamp' = $Record.TimeCreated.ToUniversalTime().ToString('o')
        event        = @{ code = [string] $Record.Id }
        message      = [string] $Record.Message
        winlog       = $winlog
    } | ConvertTo-Json -Depth 4 -Compress
}

$records = @(foreach ($filter in $filters) {
    try {
        Get-WinEvent -FilterHashtable $filter | Where-Object { Test-Licensing $_ }
    } catch {
        # Get-WinEvent fails if there are no events, which is fine here. All other errors are not.
        if ($_.FullyQualifiedErrorId -notlike 'NoMatchingEventsFound*') { throw }
    }
})
$lines = $records | Sort-Object TimeCreated, RecordId | ForEach-Object { "$(ConvertTo-Line $_)`n" }
Write-AtomicText (Join-Path $Folder 'licensing_events.jsonl') ($lines -join '')

if ($Evtx -and $providers) {
    $names = ($providers | ForEach-Object { "@Name='$($_.Name)'" }) -join ' or '
    $milliseconds = $Days * 86400000
    $query = "*[System[Provider[$names] and TimeCreated[timediff(@SystemTime) <= $milliseconds]]]"
    foreach ($log in @($providers.LogLinks.LogName | Sort-Object -Unique)) {
        $file = Join-Path $Folder (($log -replace '[\\/:*?"<>|]', '_') + '.evtx')
        & wevtutil.exe epl $log "$file.new" "/q:$query" /ow:true
        if ($LASTEXITCODE -ne 0) { throw "wevtutil could not export $log ($LASTEXITCODE)" }
        Move-AtomicFile "$file.new" $file
    }
}
