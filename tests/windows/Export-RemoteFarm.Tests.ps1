BeforeAll {
    . "$PSScriptRoot/Windows.ps1"
    . "$PSScriptRoot/EventLogs.ps1"
    $schema = Get-Content -Raw (Join-Path $Scripts '../farm_export.schema.json')

    function Read-Export([string] $File) {
        $text = Get-Content -Raw $File
        Test-Json -Json $text -Schema $schema | Should -BeTrue
        ConvertFrom-Json $text -DateKind String
    }
}

Describe 'Export-RemoteFarm' {
    BeforeEach {
        $env:COMPUTERNAME = 'ADMIN1'
        $folder = Join-Path $TestDrive ([Guid]::NewGuid())
        New-Item -ItemType Directory $folder | Out-Null
        $unreachable = @()
        Mock New-CimSessionOption { if ($PacketPrivacy) { 'dcom' } else { "$Protocol" } }
        Mock New-CimSession {
            if ($ComputerName -in $unreachable) { throw "The client cannot connect to $ComputerName" }
            [pscustomobject]@{ Computer = $ComputerName; Option = $SessionOption; Seconds = $OperationTimeoutSec }
        }
        Mock Get-CimSession { [pscustomobject]@{ Computer = $ComputerName } }
        Mock Remove-CimSession { }
        # Without a session it would be this computer that is asked.
        Mock Get-CimInstance { throw 'this computer was asked' }
        Mock Get-CimInstance {
            switch ($ClassName) {
                'Win32_ComputerSystem' {
                    [pscustomobject]@{ Name = $CimSession.Computer.Split('.')[0].ToUpper(); PartOfDomain = $true; Domain = 'contoso.test' }
                }
                'Win32_OperatingSystem' { [pscustomobject]@{ BuildNumber = '20348'; InstallDate = $null } }
                'Win32_TerminalServiceSetting' {
                    [pscustomobject]@{
                        LicensingType = 4; TerminalServerMode = 1; AllowTSConnections = 1; Logons = 0
                        SessionBrokerDrainMode = 0; PolicySourceLicensingType = 1
                        PolicySourceConfiguredLicenseServers = 1
                    }
                }
                'Win32_TSDeploymentLicensing' { throw (New-CimError 0x80041010) }
                'Win32_TSLicenseServer' { [pscustomobject]@{ Name = 'LS1' } }
                'Win32_TSLicenseKeyPack' { }
                'Win32_TSIssuedLicense' { }
            }
        } -ParameterFilter { $CimSession }
        $answers = @{
            GetGracePeriodDays             = @{ ReturnValue = 0; DaysLeft = 0 }
            GetSpecifiedLicenseServerList  = @{ ReturnValue = 0; SpecifiedLSList = @('LS1') }
            GetRegisteredLicenseServerList = @{ ReturnValue = 0; RegisteredLSList = @() }
        }
        Mock Invoke-CimMethod {
            if ($answers.ContainsKey($MethodName)) { return [pscustomobject] $answers[$MethodName] }
            [pscustomobject]@{ ReturnValue = 0; ActivationStatus = 0; IsMember = $true; OnDC = $false
                Registered = $true; Enabled = $false; Allowed = $true }
        }
        $values = @{
            'SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services' = @{ LicensingMode = 4; LicenseServers = 'LS1, LS2' }
            'SYSTEM\CurrentControlSet\Control\Terminal Server\RCM'     = @{ 'X509 Certificate' = 'x' }
        }
        Mock Invoke-CimMethod {
            if (-not $CimSession -or $Arguments.hDefKey -ne 2147483650) { throw 'not the registry of the other one' }
            $key = $values[$Arguments.sSubKeyName]
            if ($MethodName -eq 'EnumValues') {
                if (-not $key) { return [pscustomobject]@{ ReturnValue = 2 } }
                return [pscustomobject]@{ ReturnValue = 0; sNames = @($key.Keys) }
            }
            $member = @{ GetStringValue = 'sValue'; GetDWORDValue = 'uValue' }[$MethodName]
            [pscustomobject]@{ ReturnValue = 0; $member = $key[$Arguments.sValueName] }
        } -ParameterFilter { $ClassName -eq 'StdRegProv' }
        $windowsLogs = New-LogTable
        $records = @{ $licensing = @(); $rcm = @(New-Record $rcm 1011 1 'PC7') }
        Mock Get-WinEvent { throw 'the logs of this computer were read' }
        Mock Get-WinEvent { Get-MockProvider $ListProvider $windowsLogs } -ParameterFilter { $ComputerName -and $ListProvider }
        Mock Get-WinEvent { Get-MockLog $ListLog $windowsLogs } -ParameterFilter { $ComputerName -and $ListLog }
        Mock Get-WinEvent {
            if ($FilterHashtable.ContainsKey('Id')) { throw (New-NoEvents) }
            Get-MockRecord $FilterHashtable $windowsLogs $records
        } -ParameterFilter { $ComputerName -and $FilterHashtable }
    }

    It 'writes what each computer would export, as collected by another one' {
        $run = Invoke-Script 'rollout/Export-RemoteFarm.ps1' @{
            Folder = $folder; SessionHost = 'rdsh1.contoso.test', 'rdsh2'; LicenseServer = 'ls1'; Seconds = 7 }
        $run.Error | Should -BeNullOrEmpty
        $run.Code | Should -Be 0
        $export = Read-Export "$folder/session_hosts/RDSH1.json"
        $export.computer | Should -Be 'RDSH1'
        $export.collected | Should -Be 'remote'
        $export.errors | Should -BeNullOrEmpty
        $export.policy.licensing_type | Should -Be 4
        $export.policy.servers | Should -Be 'LS1', 'LS2'
        $export.certificate_present | Should -BeTrue
        $export.events[0].id | Should -Be 1011
        Read-Export "$folder/session_hosts/RDSH2.json" | Out-Null
        $server = Read-Export "$folder/license_servers/LS1.json"
        $server.collected | Should -Be 'remote'
        $server.workgroup_auth_enforced | Should -BeTrue
        $server.hosts.computer | Should -Be 'rdsh1.contoso.test', 'rdsh2'
        $server.errors | Should -BeNullOrEmpty
        Should -Invoke New-CimSession -Times 3 -Exactly -ParameterFilter {
            $OperationTimeoutSec -eq 7 -and $SessionOption -eq 'Wsman' }
        Should -Invoke Remove-CimSession -Times 3 -Exactly
    }

    It 'does not ask a host what it reaches, since its answer would say nothing about it' {
        Invoke-Script 'rollout/Export-RemoteFarm.ps1' @{ Folder = $folder; SessionHost = 'rdsh1' } | Out-Null
        $export = Read-Export "$folder/session_hosts/RDSH1.json"
        $export.connectivity[0].server | Should -Be 'LS1'
        $export.connectivity[0].status | Should -Be $null
        $export.connectivity[0].error | Should -Be 'not asked from another computer'
        Should -Invoke Invoke-CimMethod -Times 0 -Exactly -ParameterFilter {
            $MethodName -eq 'GetTStoLSConnectivityStatus' }
    }

    It 'demands packet privacy over DCOM' {
        Invoke-Script 'rollout/Export-RemoteFarm.ps1' @{ Folder = $folder; SessionHost = 'rdsh1'; Protocol = 'Dcom' } |
            Out-Null
        Should -Invoke New-CimSession -Times 1 -Exactly -ParameterFilter { $SessionOption -eq 'dcom' }
    }

    It 'goes on after a computer that cannot be reached, names it, and leaves its old file' {
        $unreachable = @('rdsh1')
        New-Item -ItemType Directory "$folder/session_hosts" | Out-Null
        Set-Content "$folder/session_hosts/RDSH1.json" 'old'
        $run = Invoke-Script 'rollout/Export-RemoteFarm.ps1' @{
            Folder = $folder; SessionHost = 'rdsh1', 'rdsh2'; LicenseServer = 'ls1' }
        $run.Code | Should -Be 1
        $run.Error | Should -Match 'The client cannot connect to rdsh1'
        $run.Error | Should -Match '1 of 3 computers: rdsh1'
        Get-Content "$folder/session_hosts/RDSH1.json" | Should -Be 'old'
        "$folder/session_hosts/RDSH2.json" | Should -Exist
        "$folder/license_servers/LS1.json" | Should -Exist
    }

    It 'a registry that cannot be read is unknown' {
        Mock Invoke-CimMethod { [pscustomobject]@{ ReturnValue = 5 } } -ParameterFilter { $ClassName -eq 'StdRegProv' }
        Invoke-Script 'rollout/Export-RemoteFarm.ps1' @{ Folder = $folder; SessionHost = 'rdsh1' } | Out-Null
        $export = Read-Export "$folder/session_hosts/RDSH1.json"
        $export.policy | Should -Be $null
        $export.certificate_present | Should -Be $null
        $export.errors.key | Should -Be 'policy', 'certificate_present'
    }

    It '-Check writes nothing, and says what is missing' {
        $unreachable = @('ls1')
        $run = Invoke-Script 'rollout/Export-RemoteFarm.ps1' @{
            Folder = $folder; SessionHost = 'rdsh1'; LicenseServer = 'ls1'; Check = $true }
        $run.Code | Should -Be 2
        $run.Shown | Should -Match 'ok: session host: LicensingType 4'
        $run.Shown | Should -Match 'missing: license server: The client cannot connect to ls1'
        Get-ChildItem $folder | Should -BeNullOrEmpty
    }

    It 'fails without a computer' {
        (Invoke-Script 'rollout/Export-RemoteFarm.ps1' @{ Folder = $folder }).Code | Should -Be 1
    }
}
