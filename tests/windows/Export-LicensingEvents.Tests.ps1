BeforeAll {
    . "$PSScriptRoot/Windows.ps1"
    . "$PSScriptRoot/EventLogs.ps1"
}

Describe 'Export-LicensingEvents' {
    BeforeEach {
        $folder = Join-Path $TestDrive ([Guid]::NewGuid())
        New-Item -ItemType Directory $folder | Out-Null
        $windowsLogs = New-LogTable
        $windowsLogs["$rcm/Operational"] = 'Operational', $false
        $records = @{ $licensing = @(New-Record $licensing 4105 2 'alice', 'CORP', '0x80070005'
                New-Record $licensing 44 1); $rcm = @() }
        Mock Get-WinEvent { Get-MockProvider $ListProvider $windowsLogs } -ParameterFilter { $ListProvider }
        Mock Get-WinEvent { Get-MockLog $ListLog $windowsLogs } -ParameterFilter { $ListLog }
        Mock Get-WinEvent { Get-MockRecord $FilterHashtable $windowsLogs $records } -ParameterFilter {
            $FilterHashtable }
        Mock wevtutil.exe {
            if ($args[1] -match 'Analytic|Debug') { $global:LASTEXITCODE = 15001; return }
            Set-Content $args[2] "copy of $($args[1])"
            $global:LASTEXITCODE = 0
        }
    }

    It 'writes the events in the order of their time, in UTC' {
        $run = Invoke-Script 'Export-LicensingEvents.ps1' @{ Folder = $folder }
        $run.Error | Should -BeNullOrEmpty
        $run.Code | Should -Be 0
        $lines = @(Get-Content (Join-Path $folder 'licensing_events.jsonl'))
        $lines | Should -HaveCount 2
        $lines[1] | Should -Match '"@timestamp":"2026-11-25T09:00:02\.0000000Z"'
        $event = $lines[1] | ConvertFrom-Json
        $event.winlog.record_id | Should -Be 2
        $event.winlog.event_id | Should -Be '4105'
        $event.winlog.event_data.param3 | Should -Be '0x80070005'
        $event.message | Should -Be 'Größe'
    }

    It 'selects the licensing events of a session host, old and new numbers' {
        $records[$rcm] = @(1149, 1128, 50280, 20497, 261 | ForEach-Object { $i = 10 } {
                New-Record $rcm $_ ($i++) })
        Invoke-Script 'Export-LicensingEvents.ps1' @{ Folder = $folder; SessionHost = $true } | Out-Null
        $ids = @(Get-Content (Join-Path $folder 'licensing_events.jsonl') |
            ForEach-Object { ($_ | ConvertFrom-Json).winlog.event_id })
        $ids | Should -Be '44', '4105', '1128', '50280', '20497'
    }

    It 'writes an empty file if there are no events' {
        $records[$licensing] = @()
        (Invoke-Script 'Export-LicensingEvents.ps1' @{ Folder = $folder }).Code | Should -Be 0
        (Get-Item (Join-Path $folder 'licensing_events.jsonl')).Length | Should -Be 0
    }

    It '-Evtx copies the logs with events, without Analytic and Debug logs' {
        $run = Invoke-Script 'Export-LicensingEvents.ps1' @{ Folder = $folder; Evtx = $true }
        $run.Error | Should -BeNullOrEmpty
        $run.Code | Should -Be 0
        (Get-ChildItem $folder -Filter *.evtx).Name | Sort-Object |
            Should -Be "${licensing}_Admin.evtx", "${licensing}_Operational.evtx", 'System.evtx'
        Get-ChildItem $folder -Filter *.new | Should -BeNullOrEmpty
    }

    It '-Evtx exits 1 if a log cannot be copied, and leaves the old copy' {
        Set-Content (Join-Path $folder 'System.evtx') 'old'
        Mock wevtutil.exe { Set-Content $args[2] 'half'; $global:LASTEXITCODE = 5 }
        $run = Invoke-Script 'Export-LicensingEvents.ps1' @{ Folder = $folder; Evtx = $true }
        $run.Code | Should -Be 1
        $run.Error | Should -Match 'wevtutil could not export .* \(5; 5 is access denied\)'
        Get-Content (Join-Path $folder 'System.evtx') | Should -Be 'old'
        Get-ChildItem $folder -Filter *.new | Should -BeNullOrEmpty
    }

    It 'says which right is missing' {
        Mock Get-WinEvent { throw [UnauthorizedAccessException]::new('no') } -ParameterFilter {
            $FilterHashtable }
        $run = Invoke-Script 'Export-LicensingEvents.ps1' @{ Folder = $folder }
        $run.Code | Should -Be 1
        $run.Error | Should -Match 'was denied: this needs membership in Event Log Readers'
        Get-ChildItem $folder | Should -BeNullOrEmpty
    }

    It 'says so where no licensing provider is' {
        Mock Get-WinEvent { } -ParameterFilter { $ListProvider }
        $run = Invoke-Script 'Export-LicensingEvents.ps1' @{ Folder = $folder }
        $run.Code | Should -Be 1
        $run.Error | Should -Match 'no licensing provider is registered on this computer'
    }

    It '-Check says what would be exported, and writes nothing' {
        $run = Invoke-Script 'Export-LicensingEvents.ps1' @{ Folder = $folder; Check = $true }
        $run.Code | Should -Be 0
        $run.Shown | Should -Match "ok: ${licensing}: 2 events of the last 14 days in .*Admin"
        $run.Shown | Should -Match 'not here: Microsoft-Windows-Server Infrastructure Licensing'
        Get-ChildItem $folder | Should -BeNullOrEmpty
    }

    It '-Check exits 2 if a right is missing' {
        Mock Get-WinEvent { throw [UnauthorizedAccessException]::new('no') } -ParameterFilter {
            $FilterHashtable }
        $run = Invoke-Script 'Export-LicensingEvents.ps1' @{ Folder = $folder; Check = $true }
        $run.Code | Should -Be 2
        $run.Shown | Should -Match "missing: ${licensing}: .* needs membership in Event Log Readers"
    }
}
