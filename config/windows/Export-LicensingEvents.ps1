# Exports the events of the licensing providers for the agent's `activation_events`: JSON lines in
# Winlogbeat's format, and with -Evtx also a copy of each log. Every run rewrites the last days; the
# agent recognizes by the record numbers which events it has seen.
#
# -SessionHost: this is a Remote Desktop session host, so export its licensing events, too.
# -Check: say what would be exported, and which right is missing; leave nothing behind.
#
# Needs: membership in Event Log Readers, and write access to the folder.
param(
    [Parameter(Mandatory)] [string] $Folder,
    [int] $Days = 14,
    [switch] $Evtx,
    [switch] $SessionHost,
    [switch] $Check
)
. "$PSScriptRoot\AtomicFile.ps1"
. "$PSScriptRoot\ExportRun.ps1"
. "$PSScriptRoot\LicensingEvents.ps1"

$wanted = @(
    'Microsoft-Windows-Windows Server Solutions Client Access Licensing',
    'Microsoft-Windows-Server Infrastructure Licensing',
    $serverProvider
)
if ($SessionHost) { $wanted += $hostProvider }

# Which providers exist depends on the roles of this server.
function Get-LicensingProvider {
    $found = @($wanted | ForEach-Object { Get-WinEvent -ListProvider $_ -ErrorAction SilentlyContinue })
    if ($found.Count -eq 0) {
        throw 'no licensing provider is registered on this computer: run this on the licensing server'
    }
    $found
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

function Export-Evtx($Providers) {
    $names = ($Providers | ForEach-Object { "@Name='$($_.Name)'" }) -join ' or '
    $milliseconds = $Days * 86400000
    $query = "*[System[Provider[$names] and TimeCreated[timediff(@SystemTime) <= $milliseconds]]]"
    foreach ($log in @($Providers | ForEach-Object { Get-EventLogName $_ } | Sort-Object -Unique)) {
        $file = Join-Path $Folder (($log -replace '[\\/:*?"<>|]', '_') + '.evtx')
        try {
            & wevtutil.exe epl $log "$file.new" "/q:$query" /ow:true
            if ($LASTEXITCODE -ne 0) {
                throw "wevtutil could not export $log ($LASTEXITCODE; 5 is access denied)"
            }
            Move-AtomicFile "$file.new" $file
        } finally {
            if (Test-Path -LiteralPath "$file.new") { Remove-Item -LiteralPath "$file.new" }
        }
    }
}

if ($Check) {
    $results = @(
        foreach ($name in $wanted) {
            $provider = Get-WinEvent -ListProvider $name -ErrorAction SilentlyContinue
            if (-not $provider) { Write-Host "not here: $name"; continue }
            Test-Need $name {
                $logs = @(Get-EventLogName $provider)
                if ($logs.Count -eq 0) { throw 'none of its logs is enabled' }
                $count = @(Get-LicensingRecord $provider $Days).Count
                "$count events of the last $Days days in $($logs -join ', ')"
            }
        }
        Test-Need 'a licensing provider' { Get-LicensingProvider | Out-Null }
        Test-FolderNeed $Folder)
    exit Get-CheckCode $results
}

exit Invoke-Export {
    $providers = @(Get-LicensingProvider)
    $lines = $providers | ForEach-Object { Get-LicensingRecord $_ $Days } |
        Sort-Object TimeCreated, RecordId | ForEach-Object { "$(ConvertTo-Line $_)`n" }
    Write-AtomicText (Join-Path $Folder 'licensing_events.jsonl') ($lines -join '')
    if ($Evtx) { Export-Evtx $providers }
}
