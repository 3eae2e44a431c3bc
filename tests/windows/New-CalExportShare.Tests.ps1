BeforeAll {
    . "$PSScriptRoot/Windows.ps1"
}

Describe 'New-CalExportShare' {
    BeforeEach {
        $root = Join-Path $TestDrive ([Guid]::NewGuid())
        New-Item -ItemType Directory $root | Out-Null
        $arguments = @{
            Computer = 'RDSH1', 'LS1'; Reader = 'CONTOSO\cal-monitor'; Domain = 'CONTOSO'
            Path = "$root/export"
        }
        $shares = @{}
        Mock New-Object {
            $sid = $ArgumentList
            [pscustomobject]@{} | Add-Member -PassThru ScriptMethod Translate {
                [pscustomobject]@{ Value = "name of $sid" }
            }.GetNewClosure()
        } -ParameterFilter { $TypeName -eq 'Security.Principal.SecurityIdentifier' }
        $granted = @{}
        Mock icacls.exe {
            $global:LASTEXITCODE = 0
            $granted[(Split-Path -Leaf $args[0])] = @($args | Select-Object -Skip 1)
        }
        Mock Get-SmbShare { $shares[$Name] }
        Mock New-SmbShare { $shares[$Name] = $PesterBoundParameters }
    }

    It 'lets each computer write to its own folder only, and the reader read all' {
        $run = Invoke-Script 'rollout/New-CalExportShare.ps1' $arguments
        $run.Error | Should -BeNullOrEmpty
        $run.Code | Should -Be 0
        $granted['RDSH1'] | Should -Be '/grant:r', 'CONTOSO\RDSH1$:(OI)(CI)M'
        $granted['LS1'] | Should -Be '/grant:r', 'CONTOSO\LS1$:(OI)(CI)M'
        $granted['export'][0] | Should -Be '/inheritance:r'
        $granted['export'] | Should -Contain 'CONTOSO\cal-monitor:(OI)(CI)RX'
        $granted['export'] -match 'RDSH1|LS1|S-1-5-11|S-1-1-0' | Should -BeNullOrEmpty
        "$root/export/RDSH1/session_hosts" | Should -Exist
        "$root/export/RDSH1/license_servers" | Should -Exist
        $shares['cal_export'].ChangeAccess | Should -Be 'name of S-1-5-11'
        $shares['cal_export'].FullAccess | Should -Be 'name of S-1-5-32-544'
        $shares['cal_export'].EncryptData | Should -BeTrue
    }

    It 'adds a computer, and leaves a share that exists' {
        Invoke-Script 'rollout/New-CalExportShare.ps1' $arguments | Out-Null
        $arguments.Computer = 'RDSH2'
        (Invoke-Script 'rollout/New-CalExportShare.ps1' $arguments).Code | Should -Be 0
        "$root/export/RDSH1" | Should -Exist
        $granted['RDSH2'] | Should -Be '/grant:r', 'CONTOSO\RDSH2$:(OI)(CI)M'
        Should -Invoke New-SmbShare -Times 1 -Exactly
    }

    It 'changes nothing if a name is not one of a computer: <_>' -ForEach '..\x', 'a/b', 'RDSH1$', 'x:(OI)F', ' ', 'a*' {
        $arguments.Computer = 'RDSH1', $_
        $run = Invoke-Script 'rollout/New-CalExportShare.ps1' $arguments
        $run.Code | Should -Be 1
        $run.Error | Should -Match 'is not the NetBIOS name of a computer'
        "$root/export" | Should -Not -Exist
    }

    It 'fails if a folder cannot be protected' {
        Mock icacls.exe { $global:LASTEXITCODE = 1332 }
        $run = Invoke-Script 'rollout/New-CalExportShare.ps1' $arguments
        $run.Code | Should -Be 1
        $run.Error | Should -Match 'icacls could not protect .* \(1332\)'
        Should -Invoke New-SmbShare -Times 0 -Exactly
    }

    It '-Check says what is missing, and changes nothing' {
        $run = Invoke-Script 'rollout/New-CalExportShare.ps1' ($arguments + @{ Check = $true })
        $run.Code | Should -Be 2
        $run.Shown | Should -Match 'missing: share cal_export: does not exist'
        $run.Shown | Should -Match 'missing: folder of LS1: does not exist'
        "$root/export" | Should -Not -Exist
        Invoke-Script 'rollout/New-CalExportShare.ps1' $arguments | Out-Null
        (Invoke-Script 'rollout/New-CalExportShare.ps1' ($arguments + @{ Check = $true })).Code | Should -Be 0
    }
}
