BeforeAll {
    . "$PSScriptRoot/Windows.ps1"
    . "$PSScriptRoot/EventLogs.ps1"
    $schema = Get-Content -Raw (Join-Path $Scripts '../farm_export.schema.json')

    function New-Folder {
        $folder = Join-Path $TestDrive ([Guid]::NewGuid())
        New-Item -ItemType Directory $folder | Out-Null
        $folder
    }
    # What a script wrote: valid by the schema, as an object with times as text.
    function Read-Export([string] $File) {
        $text = Get-Content -Raw $File
        Test-Json -Json $text -Schema $schema | Should -BeTrue
        ConvertFrom-Json $text -DateKind String
    }
    # For the tests of the agent, which read them.
    function Save-Sample([string] $File) {
        if ($env:FARM_EXPORTS) { Copy-Item $File $env:FARM_EXPORTS }
    }
    $utc = [datetime]::new(2026, 11, 26, 6, 31, 0, [DateTimeKind]::Utc)
    $computers = @{
        Win32_ComputerSystem  = @{ PartOfDomain = $true; Domain = 'contoso.test' }
        Win32_OperatingSystem = @{ BuildNumber = '20348'; InstallDate = $utc.ToLocalTime() }
    }
}

Describe 'Export-SessionHost' {
    BeforeEach {
        $env:COMPUTERNAME = 'RDSH1'
        $folder = New-Folder
        $setting = @{
            LicensingType = 4; TerminalServerMode = 1; AllowTSConnections = 1; Logons = 0
            SessionBrokerDrainMode = 0; PolicySourceLicensingType = 1; PolicySourceConfiguredLicenseServers = 0
        }
        Mock Get-CimInstance {
            if ($ClassName -eq 'Win32_TSDeploymentLicensing') { throw (New-CimError 0x80041010) }
            if ($ClassName -eq 'Win32_TerminalServiceSetting') { return [pscustomobject] $setting }
            [pscustomobject] $computers[$ClassName]
        }
        $answers = @{
            GetGracePeriodDays             = @{ ReturnValue = 0; DaysLeft = 87 }
            GetSpecifiedLicenseServerList  = @{ ReturnValue = 0; SpecifiedLSList = @(' ls1.contoso.test ') }
            GetRegisteredLicenseServerList = @{ ReturnValue = 0; RegisteredLSList = @() }
            GetTStoLSConnectivityStatus    = @{ ReturnValue = 0; TStoLSConnectivityStatus = 8 }
        }
        Mock Invoke-CimMethod { [pscustomobject] $answers[$MethodName] }
        $port = @{ Open = $true; Error = $null }
        Mock New-Object { [Text.UTF8Encoding]::new($false) } -ParameterFilter { $TypeName -eq 'Text.UTF8Encoding' }
        Mock New-Object {
            [pscustomobject]@{ Port = $port } | Add-Member -PassThru ScriptMethod ConnectAsync {
                if ($args[1] -ne 135) { throw 'another port' }
                if ($this.Port.Error) { throw [Net.Sockets.SocketException]::new([int] $this.Port.Error) }
                [pscustomobject]@{ Open = $this.Port.Open } |
                    Add-Member -PassThru ScriptMethod Wait { $this.Open }
            } | Add-Member -PassThru ScriptMethod Dispose { }
        } -ParameterFilter { $TypeName -eq 'Net.Sockets.TcpClient' }
        Mock Get-ItemProperty { [pscustomobject]@{ LicensingMode = 4 } } -ParameterFilter { $LiteralPath -like '*Policies*' }
        Mock Get-ItemProperty { [pscustomobject]@{ 'X509 Certificate' = 'x' } } -ParameterFilter { $LiteralPath -like '*RCM' }
        $windowsLogs = New-LogTable
        $records = @{ $licensing = @(); $rcm = @() }
        Mock Get-WinEvent { Get-MockProvider $ListProvider $windowsLogs } -ParameterFilter { $ListProvider }
        Mock Get-WinEvent { Get-MockLog $ListLog $windowsLogs } -ParameterFilter { $ListLog }
        Mock Get-WinEvent { Get-MockRecord $FilterHashtable $windowsLogs $records } -ParameterFilter {
            $FilterHashtable -and $FilterHashtable.ContainsKey('LogName') }
    }

    It 'writes every fact to a file named after the host' {
        $run = Invoke-Script 'Export-SessionHost.ps1' @{ Folder = $folder }
        $run.Error | Should -BeNullOrEmpty
        $run.Code | Should -Be 0
        $export = Read-Export "$folder/RDSH1.json"
        $export.errors | Should -BeNullOrEmpty
        $export.licensing_type_source | Should -Be 'policy'
        $export.specified_servers_source | Should -Be 'local'
        $export.specified_servers | Should -Be @('ls1.contoso.test')
        $export.registered_servers.Count | Should -Be 0
        $export.policy.licensing_type | Should -Be 4
        $export.policy.servers | Should -BeNullOrEmpty
        $export.broker | Should -BeNullOrEmpty
        $export.connectivity[0].status | Should -Be 8
        $export.certificate_present | Should -BeTrue
        $export.domain | Should -Be 'contoso.test'
        $export.os_build | Should -Be 20348
        $export.os_installed_at | Should -Be '2026-11-26T06:31:00.0000000Z'
        $export.value[0].days_left | Should -Be 87
        Should -Invoke Invoke-CimMethod -Times 1 -Exactly -ParameterFilter {
            $MethodName -eq 'GetTStoLSConnectivityStatus' -and $OperationTimeoutSec -eq 30
        }
        Save-Sample "$folder/RDSH1.json"
    }

    It 'counts its licensing events by number, with the newest, and no names' {
        $records[$rcm] = @(New-Record $rcm 50280 30
            New-Record $rcm 1011 20 'PC7'
            New-Record $rcm 1011 10 'pc7'
            New-Record $rcm 1011 5 'PC8'
            New-Record $rcm 1149 4 'alice')
        Invoke-Script 'Export-SessionHost.ps1' @{ Folder = $folder } | Out-Null
        $export = Read-Export "$folder/RDSH1.json"
        $export.errors | Should -BeNullOrEmpty
        $export.events.id | Should -Be 1011, 50280
        $export.events | ForEach-Object { $_.count } | Should -Be 3, 1
        $export.events.clients | Should -Be 2, $null
        $export.events[0].newest_at | Should -Be '2026-11-25T09:00:20.0000000Z'
        Get-Content -Raw "$folder/RDSH1.json" | Should -Not -Match 'PC7|alice'
    }

    It 'an event that names no client leaves their number unknown' {
        $records[$rcm] = @(New-Record $rcm 1003 2 'PC7'; New-Record $rcm 1003 1)
        Invoke-Script 'Export-SessionHost.ps1' @{ Folder = $folder } | Out-Null
        (Read-Export "$folder/RDSH1.json").events[0].clients | Should -Be $null
    }

    It 'no event is an empty list, which was read' {
        Invoke-Script 'Export-SessionHost.ps1' @{ Folder = $folder } | Out-Null
        $export = Get-Content -Raw "$folder/RDSH1.json" | ConvertFrom-Json -NoEnumerate
        , $export.events | Should -BeOfType [array]
        $export.events.Count | Should -Be 0
    }

    It 'events that cannot be read are null, with the error: <Why>' -ForEach @(
        @{ Why = 'a log is disabled'; Text = 'RemoteConnectionManager/Operational is disabled' }
        @{ Why = 'a log cannot be opened'; Text = 'RemoteConnectionManager/Admin cannot be opened: no' }
        @{ Why = 'the logs are denied'; Text = 'was denied: this needs membership in Event Log Readers' }
        @{ Why = 'the query fails'; Text = 'the service is not running' }
        @{ Why = 'every log is disabled'; Text = 'RemoteConnectionManager has no log that is enabled' }
        @{ Why = 'no provider'; Text = 'RemoteConnectionManager is not registered' }) {
        switch ($Why) {
            'a log is disabled' { $windowsLogs["$rcm/Operational"] = 'Operational', $false }
            'a log cannot be opened' {
                Mock Get-WinEvent { Write-Error 'no' } -ParameterFilter { $ListLog -eq "$rcm/Admin" }
            }
            'the logs are denied' {
                Mock Get-WinEvent { throw [UnauthorizedAccessException]::new('no') } -ParameterFilter {
                    $FilterHashtable }
            }
            'the query fails' {
                Mock Get-WinEvent { throw 'the service is not running' } -ParameterFilter { $FilterHashtable }
            }
            'every log is disabled' {
                foreach ($name in @($windowsLogs.Keys)) { $windowsLogs[$name] = $windowsLogs[$name][0], $false }
            }
            'no provider' { Mock Get-WinEvent { } -ParameterFilter { $ListProvider } }
        }
        (Invoke-Script 'Export-SessionHost.ps1' @{ Folder = $folder }).Code | Should -Be 0
        $export = Read-Export "$folder/RDSH1.json"
        $export.events | Should -Be $null
        $export.PSObject.Properties.Name | Should -Contain 'events'
        $export.errors | Should -HaveCount 1
        $export.errors[0].key | Should -Be 'events'
        $export.errors[0].error | Should -Match $Text
        $export.licensing_type | Should -Be 4
    }

    It 'a workgroup is an empty domain' {
        $computers.Win32_ComputerSystem.PartOfDomain = $false
        try { Invoke-Script 'Export-SessionHost.ps1' @{ Folder = $folder } | Out-Null } finally {
            $computers.Win32_ComputerSystem.PartOfDomain = $true
        }
        (Read-Export "$folder/RDSH1.json").domain | Should -Be ''
    }

    It 'a fact that cannot be read is null, with the error: <Method>' -ForEach @(
        @{ Method = 'GetGracePeriodDays'; Key = 'days_left' }
        @{ Method = 'GetSpecifiedLicenseServerList'; Key = 'specified_servers' }
        @{ Method = 'GetRegisteredLicenseServerList'; Key = 'registered_servers' }) {
        $answers[$Method] = @{ ReturnValue = 5 }
        (Invoke-Script 'Export-SessionHost.ps1' @{ Folder = $folder }).Code | Should -Be 0
        $export = Read-Export "$folder/RDSH1.json"
        $export.$Key | Should -Be $null
        $export.errors[0].key | Should -Be $Key
        $export.errors[0].error | Should -Be "$Method failed (5)"
    }

    It 'a server that does not answer in time has no status, and the others have theirs' {
        $answers.GetSpecifiedLicenseServerList.SpecifiedLSList = @('LS1', 'LS2')
        Mock Invoke-CimMethod { throw 'the operation timed out' } -ParameterFilter {
            $MethodName -eq 'GetTStoLSConnectivityStatus' -and $Arguments.ServerName -eq 'LS1' }
        Invoke-Script 'Export-SessionHost.ps1' @{ Folder = $folder } | Out-Null
        $export = Read-Export "$folder/RDSH1.json"
        $export.connectivity.status | Should -Be $null, 8
        $export.connectivity[0].error | Should -Be 'the operation timed out'
    }

    It 'says whether TCP 135 of a server is open: <What>' -ForEach @(
        @{ What = 'open'; Open = $true; Fault = $null; Expected = $true }
        @{ What = 'no answer in time'; Open = $false; Fault = $null; Expected = $false }
        @{ What = 'refused'; Open = $false; Fault = [Net.Sockets.SocketError]::ConnectionRefused; Expected = $false }
        @{ What = 'no such name'; Open = $false; Fault = [Net.Sockets.SocketError]::HostNotFound; Expected = $null }) {
        $port.Open = $Open
        $port.Error = $Fault
        Invoke-Script 'Export-SessionHost.ps1' @{ Folder = $folder } | Out-Null
        $export = Read-Export "$folder/RDSH1.json"
        $export.errors | Should -BeNullOrEmpty
        $export.connectivity[0].port_135 | Should -Be $Expected
        $export.connectivity[0].status | Should -Be 8
    }

    It 'says in one line which right is missing, exits 1, and leaves the old file' {
        Set-Content "$folder/RDSH1.json" 'old'
        Mock Get-CimInstance { throw (New-CimError 0x80041003) }
        $run = Invoke-Script 'Export-SessionHost.ps1' @{ Folder = $folder }
        $run.Code | Should -Be 1
        $run.Error | Should -Match 'denied: this needs a local administrator'
        Get-Content "$folder/RDSH1.json" | Should -Be 'old'
    }

    It '-Check says what would be exported, and writes nothing' {
        $run = Invoke-Script 'Export-SessionHost.ps1' @{ Folder = $folder; Check = $true }
        $run.Code | Should -Be 0
        $run.Shown | Should -Match 'ok: session host: LicensingType 4, 87 days of grace left'
        Get-ChildItem $folder | Should -BeNullOrEmpty
    }

    It '-Check exits 2 and names a fact that cannot be read' {
        $answers.GetGracePeriodDays = @{ ReturnValue = 5 }
        $run = Invoke-Script 'Export-SessionHost.ps1' @{ Folder = $folder; Check = $true }
        $run.Code | Should -Be 2
        $run.Shown | Should -Match 'missing: session host: days_left: GetGracePeriodDays failed \(5\)'
    }
}

Describe 'Export-LicenseServer' {
    BeforeEach {
        $env:COMPUTERNAME = 'LS1'
        $folder = New-Folder
        $rows = @{
            Win32_TSLicenseServer  = @(@{ Name = 'LS1' })
            Win32_TSLicenseKeyPack = @(@{
                    KeyPackId = 3; KeyPackType = 2; ProductType = 1; ProductVersion = 'Windows Server 2022'
                    ProductVersionID = 7; TotalLicenses = 100; IssuedLicenses = 2; AvailableLicenses = 98
                    ExpirationDate = $utc.AddYears(12).ToLocalTime()
                })
            Win32_TSIssuedLicense  = @(foreach ($name in 'alice', 'bob') {
                    @{
                        KeyPackId = 3; LicenseStatus = 2; sIssuedToUser = $name; sIssuedToComputer = ''
                        IssueDate = $utc.ToLocalTime(); ExpirationDate = $utc.AddDays(60).ToLocalTime()
                    }
                })
        }
        Mock Get-CimInstance {
            if ($rows.ContainsKey($ClassName)) { return $rows[$ClassName] | ForEach-Object { [pscustomobject] $_ } }
            [pscustomobject] $computers[$ClassName]
        }
        $status = @{ ReturnValue = 0; ActivationStatus = 0; IsMember = $true; OnDC = $false
            Registered = $true; Enabled = $false }
        Mock Invoke-CimMethod { [pscustomobject] $status }
        Mock Get-ItemProperty { [pscustomobject]@{ DisableWorkgroupAuthEnforcement = 1 } }
        Mock Get-WinEvent { throw (New-NoEvents) }
        $windowsLogs = New-LogTable
        $records = @{ $licensing = @(); $rcm = @() }
        Mock Get-WinEvent { Get-MockProvider $ListProvider $windowsLogs } -ParameterFilter { $ListProvider }
        Mock Get-WinEvent { Get-MockLog $ListLog $windowsLogs } -ParameterFilter { $ListLog }
        Mock Get-WinEvent { Get-MockRecord $FilterHashtable $windowsLogs $records } -ParameterFilter {
            $FilterHashtable -and $FilterHashtable.ContainsKey('LogName') }
    }

    It 'writes state, packs and counts, and no names' {
        $run = Invoke-Script 'Export-LicenseServer.ps1' @{ Folder = $folder }
        $run.Error | Should -BeNullOrEmpty
        $run.Code | Should -Be 0
        $export = Read-Export "$folder/LS1.json"
        $export.errors | Should -BeNullOrEmpty
        $export.activation_status | Should -Be 0
        $export.in_license_servers_group | Should -BeTrue
        $export.security_group_policy | Should -BeFalse
        $export.workgroup_auth_enforced | Should -BeFalse
        $export.key_packs[0].ExpirationDate | Should -Be '2038-11-26T06:31:00.0000000Z'
        $export.issued | Should -HaveCount 1
        $export.issued[0].count | Should -Be 2
        $export.issued[0].holder | Should -Be 'user'
        $export.issued[0].product_version_id | Should -Be 7
        $export.issued[0].week | Should -Be '2027-01-25'
        $export.last_issued_from | Should -Be 'issue_date'
        Get-Content -Raw "$folder/LS1.json" | Should -Not -Match 'alice|bob'
        Save-Sample "$folder/LS1.json"
    }

    It 'says of given session hosts whether it serves them' {
        Mock Invoke-CimMethod {
            [pscustomobject]@{ ReturnValue = 0; Allowed = $Arguments.tsname -eq 'RDSH1' }
        } -ParameterFilter { $MethodName -eq 'IsSecureAccessAllowed' }
        Invoke-Script 'Export-LicenseServer.ps1' @{ Folder = $folder; SessionHost = 'RDSH1', 'RDSH2' } | Out-Null
        $export = Read-Export "$folder/LS1.json"
        $export.errors | Should -BeNullOrEmpty
        $export.hosts.computer | Should -Be 'RDSH1', 'RDSH2'
        $export.hosts.allowed | Should -Be $true, $false
    }

    It 'a newer event is when a license was last issued' {
        Mock Get-WinEvent { [pscustomobject]@{ Id = 82; TimeCreated = $utc.AddHours(1).ToLocalTime() } } `
            -ParameterFilter { $FilterHashtable -and $FilterHashtable.ContainsKey('Id') }
        Invoke-Script 'Export-LicenseServer.ps1' @{ Folder = $folder } | Out-Null
        $export = Read-Export "$folder/LS1.json"
        $export.last_issued_from | Should -Be 'event_82'
        $export.last_issued_at | Should -Be '2026-11-26T07:31:00.0000000Z'
    }

    It 'counts the events of its own provider, and of users whose licenses are not recorded' {
        $records[$licensing] = @(New-Record $licensing 4105 3 'alice', 'CORP'
            New-Record $licensing 4105 2 'bob', 'CORP'
            New-Record $licensing 21 1 'LS1', 'RDS Per Device CAL', 'RDSH1')
        $records[$rcm] = @(New-Record $rcm 1011 1 'PC7')
        Invoke-Script 'Export-LicenseServer.ps1' @{ Folder = $folder } | Out-Null
        $export = Read-Export "$folder/LS1.json"
        $export.events.id | Should -Be 21, 4105
        $export.events.clients | Should -Be $null, 2
        Get-Content -Raw "$folder/LS1.json" | Should -Not -Match 'alice|bob'
    }

    It 'a disabled log makes the events unknown' {
        $windowsLogs["$licensing/Operational"] = 'Operational', $false
        Invoke-Script 'Export-LicenseServer.ps1' @{ Folder = $folder } | Out-Null
        $export = Read-Export "$folder/LS1.json"
        $export.events | Should -Be $null
        $export.errors.error | Should -Match 'Licensing/Operational is disabled'
    }

    It 'a method that fails makes its fact unknown, and packs stay' {
        $status.ReturnValue = 5
        Invoke-Script 'Export-LicenseServer.ps1' @{ Folder = $folder } | Out-Null
        $export = Read-Export "$folder/LS1.json"
        $export.activation_status | Should -Be $null
        $export.security_group_policy | Should -Be $null
        $export.key_packs | Should -HaveCount 1
        $export.errors.key | Should -Contain 'activation_status'
    }

    It 'distinguishes a missing role from a missing right' -ForEach @(
        @{ Number = 0x80041010; Text = 'the role is not installed' }
        @{ Number = 0x80041003; Text = 'this needs a local administrator' }) {
        Mock Get-CimInstance { throw (New-CimError $Number) }
        $run = Invoke-Script 'Export-LicenseServer.ps1' @{ Folder = $folder; Check = $true }
        $run.Code | Should -Be 2
        $run.Shown | Should -Match $Text
        Get-ChildItem $folder | Should -BeNullOrEmpty
    }
}

Describe 'an export in constrained language mode' {
    It 'exits 1 and says what is not available' {
        . (Join-Path $Scripts 'ExportRun.ps1')
        Mock Get-LanguageMode { 'ConstrainedLanguage' }
        $said = Invoke-Export { throw 'not reached' } 6>&1
        $said[0] | Should -Match 'language mode here is ConstrainedLanguage.* nothing was exported'
        $said[-1] | Should -Be 1
    }
}
