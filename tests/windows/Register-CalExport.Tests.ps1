BeforeAll {
    . "$PSScriptRoot/Windows.ps1"
    $account = 'EBS\cal-export$'
    $sid = '*S-1-5-21-1-2-3-1105'
}

Describe 'Register-CalExport' {
    BeforeEach {
        $root = Join-Path $TestDrive ([Guid]::NewGuid())
        New-Item -ItemType Directory $root | Out-Null
        $env:ProgramFiles = Join-Path $root 'Program Files'
        $arguments = @{ EventAccount = $account; Reader = 'EBS\cal-monitor'; Folder = "$root/export" }
        $policy = @{ SeBatchLogonRight = @('*S-1-5-32-544', '*S-1-5-32-551'); SeDenyBatchLogonRight = @() }

        Mock New-Object {
            [pscustomobject]@{} | Add-Member -PassThru ScriptMethod Translate {
                [pscustomobject]@{ Value = 'S-1-5-21-1-2-3-1105' }
            }
        } -ParameterFilter { $TypeName -eq 'Security.Principal.NTAccount' }
        Mock secedit.exe {
            $global:LASTEXITCODE = 0
            $file = $args[$args.IndexOf('/cfg') + 1]
            if ($args[0] -eq '/export') {
                $lines = $policy.Keys | Where-Object { $policy[$_] } |
                    ForEach-Object { "$_ = $($policy[$_] -join ',')" }
                [IO.File]::WriteAllLines($file, [string[]] (@('[Privilege Rights]') + $lines), [Text.Encoding]::Unicode)
            } else {
                $line = [IO.File]::ReadAllLines($file) | Where-Object { $_ -like 'SeBatchLogonRight*' }
                $policy.SeBatchLogonRight = ($line -split ' = ')[1] -split ','
            }
        }
        Mock icacls.exe { $global:LASTEXITCODE = 0 }
        Mock Get-CimInstance { [pscustomobject]@{ TerminalServerMode = 1 } }
        Mock Get-CimClass { [pscustomobject]@{ CimClassName = $ClassName } }
        Mock New-ScheduledTaskAction { $Argument }
        Mock New-ScheduledTaskTrigger { $RepetitionInterval }
        Mock New-ScheduledTaskSettingsSet { 'settings' }
        Mock New-ScheduledTaskPrincipal { "$UserId $LogonType $RunLevel" }
        Mock Register-ScheduledTask { }
    }

    It 'grants "Log on as a batch job" to the account, and keeps the other holders' {
        $run = Invoke-Script 'Register-CalExport.ps1' $arguments
        $run.Error | Should -BeNullOrEmpty
        $run.Code | Should -Be 0
        $policy.SeBatchLogonRight | Should -Be '*S-1-5-32-544', '*S-1-5-32-551', $sid
    }

    It 'changes no policy if the account has the right' {
        $policy.SeBatchLogonRight += $sid
        (Invoke-Script 'Register-CalExport.ps1' $arguments).Code | Should -Be 0
        Should -Invoke secedit.exe -ParameterFilter { $args[0] -eq '/configure' } -Times 0 -Exactly
    }

    It 'fails before it registers anything if the right cannot be granted' -ForEach @(
        @{ Why = 'a policy denies it'; Text = "remove it from 'Deny log on as a batch job'" }
        @{ Why = 'a policy sets it'; Text = "add the account to 'Log on as a batch job'" }
        @{ Why = 'no administrator'; Text = 'run this as administrator' }) {
        switch ($Why) {
            'a policy denies it' { $policy.SeDenyBatchLogonRight = @($sid) }
            'a policy sets it' {
                Mock secedit.exe { $global:LASTEXITCODE = 0 } -ParameterFilter { $args[0] -eq '/configure' }
            }
            'no administrator' { Mock secedit.exe { $global:LASTEXITCODE = 5 } }
        }
        $run = Invoke-Script 'Register-CalExport.ps1' $arguments
        $run.Code | Should -Be 1
        $run.Error | Should -Match $Text
        Should -Invoke Register-ScheduledTask -Times 0 -Exactly
    }

    It 'registers a task for each role: events as the account, the others as SYSTEM' {
        Invoke-Script 'Register-CalExport.ps1' $arguments | Out-Null
        Should -Invoke Register-ScheduledTask -Times 4 -Exactly
        Should -Invoke Register-ScheduledTask -Times 1 -Exactly -ParameterFilter {
            $TaskName -eq 'licensing events' -and $Principal -eq "$account Password Limited" -and
            $Action -match 'Export-LicensingEvents\.ps1" -Folder ".*events" -SessionHost$'
        }
        foreach ($name in 'session host', 'key packs', 'license server') {
            Should -Invoke Register-ScheduledTask -Times 1 -Exactly -ParameterFilter {
                $TaskName -eq $name -and $Principal -eq 'S-1-5-18 ServiceAccount Highest'
            }
        }
    }

    It 'registers what runs as SYSTEM also if Windows refuses the account' {
        Mock Register-ScheduledTask { throw 'The user name or password is incorrect.' } -ParameterFilter {
            $Principal -eq "$account Password Limited"
        }
        $run = Invoke-Script 'Register-CalExport.ps1' $arguments
        $run.Code | Should -Be 1
        $run.Error | Should -Match 'The user name or password is incorrect'
        foreach ($name in 'session host', 'key packs', 'license server') {
            Should -Invoke Register-ScheduledTask -Times 1 -Exactly -ParameterFilter { $TaskName -eq $name }
        }
    }

    It 'registers only the events where no role is' {
        Mock Get-CimInstance { [pscustomobject]@{ TerminalServerMode = 0 } }
        Mock Get-CimClass { }
        Invoke-Script 'Register-CalExport.ps1' $arguments | Out-Null
        Should -Invoke Register-ScheduledTask -Times 1 -Exactly -ParameterFilter { $Action -notmatch 'SessionHost' }
    }

    It 'copies every script that the tasks need' {
        Invoke-Script 'Register-CalExport.ps1' $arguments | Out-Null
        $copied = Join-Path $env:ProgramFiles 'cal_export'
        foreach ($script in Get-ChildItem $copied) {
            foreach ($needed in [regex]::Matches((Get-Content -Raw $script), '\. "\$PSScriptRoot\\(.+)"')) {
                Join-Path $copied $needed.Groups[1].Value | Should -Exist
            }
        }
        Join-Path $copied 'Export-KeyPacks.ps1' | Should -Exist
    }

    It 'fails if a folder cannot be protected' {
        Mock icacls.exe { $global:LASTEXITCODE = 1332 }
        $run = Invoke-Script 'Register-CalExport.ps1' $arguments
        $run.Code | Should -Be 1
        $run.Error | Should -Match 'icacls could not protect .* \(1332\)'
    }

    It '-Check says what would be registered and which right is missing, and changes nothing' {
        $run = Invoke-Script 'Register-CalExport.ps1' ($arguments + @{ Check = $true })
        $run.Code | Should -Be 2
        $run.Shown | Should -Match 'ok: tasks: licensing events, session host, key packs, license server'
        $run.Shown | Should -Match 'missing: Log on as a batch job for EBS\\cal-export\$: not granted'
        Should -Invoke secedit.exe -ParameterFilter { $args[0] -eq '/configure' } -Times 0 -Exactly
        Should -Invoke Register-ScheduledTask -Times 0 -Exactly
        "$root/export" | Should -Not -Exist
    }
}
