# What `cal_exporter repair --format powershell` prints (tests/golden/repair.ps1), with stand-ins for the module
# ActiveDirectory and for .NET's LDAP client and descriptors.
BeforeAll {
    Set-StrictMode -Version Latest
    $global:ConfirmPreference = 'None'  # each change asks
    $script:Plan = Join-Path $PSScriptRoot '../golden/repair.ps1'

    function Get-ADObject { param($LDAPFilter, $Server, $Properties) }
    function Enable-ADAccount { param($Identity, $Server) }
    function Disable-ADAccount { param($Identity, $Server) }
    function Unlock-ADAccount { param($Identity, $Server) }
    function Set-ADObject { param($Identity, $Server, $Replace) }
    function Set-ADUser { param($Identity, $ChangePasswordAtLogon, $Server) }
    function Get-ADGroup { param($Identity, $Server, $Properties) }
    function Add-ADGroupMember { param($Identity, $Members, $Server, $MemberTimeToLive) }
    function Remove-ADGroupMember { param($Identity, $Members, $Server, [switch] $Confirm) }
    function Get-CimInstance { param($ClassName, $Namespace) }
    function Get-LocalGroupMember { param($SID) }
    function Add-LocalGroupMember { param($SID, $Member) }
    function Remove-LocalGroupMember { param($SID, $Member) }
    function Get-GPO { param($Name, $Guid) }
    function Get-ADComputer { param($Identity, $Server) }
    function Get-GPInheritance { param($Target, $Domain) }
    function Backup-GPO { param($Guid, $Domain, $Path) }
    function Get-GPOReport { param($Guid, $Domain, $ReportType) }
    function Get-GPRegistryValue { [CmdletBinding()] param($Guid, $Domain, $Key, $ValueName) }
    function Set-GPRegistryValue { param($Guid, $Domain, $Key, $ValueName, $Type, $Value) }
    function Remove-GPRegistryValue { param($Guid, $Domain, $Key, $ValueName) }
    function Get-RDLicenseConfiguration { }
    function Set-RDLicenseConfiguration { param($Mode, $LicenseServer, [switch] $Force) }
    function Invoke-CimMethod { [CmdletBinding(SupportsShouldProcess)] param($InputObject, $MethodName, $Arguments) }
    . $script:Plan
}

Describe 'the script of a plan' {
    It 'is valid, and runs nothing by itself' {
        $errors = $null
        $tree = [Management.Automation.Language.Parser]::ParseFile($script:Plan, [ref] $null, [ref] $errors)
        $errors | Should -BeNullOrEmpty
        $tree.EndBlock.Statements | ForEach-Object {
            $_ | Should -BeOfType ([Management.Automation.Language.FunctionDefinitionAst])
        }
        $tree.EndBlock.Statements.Name | Should -Contain 'Repair-8'
    }
}

Describe 'a change' {
    It 'asks, unless somebody has said that it need not' {
        (Get-Command -Name Repair-*, Undo-*) | ForEach-Object {
            $_.ScriptBlock.Attributes.Where({ $_ -is [Management.Automation.CmdletBindingAttribute] }).ConfirmImpact | Should -Be 'High'
        }
    }
}

Describe 'a change of an account' {
    It 'is only shown with -WhatIf, and is then still to be made' {
        Mock Get-ADObject { [pscustomobject] @{ Name = 'licadmin'; userAccountControl = 514; pwdLastSet = 7 } }
        Mock Enable-ADAccount { }
        Mock Read-Host { throw 'asked' }
        Repair-1 -WhatIf
        Repair-5 -WhatIf
        Should -Invoke Enable-ADAccount -Times 0 -Exactly
    }

    It 'is made if the state is as it was read, and is checked' {
        $script:control = 514
        Mock Get-ADObject { [pscustomobject] @{ Name = 'licadmin'; userAccountControl = $script:control } }
        Mock Enable-ADAccount { $script:control = 512 }
        Repair-1
        Should -Invoke Enable-ADAccount -Times 1 -Exactly -ParameterFilter {
            $Identity -eq 'S-1-5-21-1-2-3-1102' -and $Server -eq 'dc1.ebs.example.com'
        }
    }

    It 'is not made if the state is another' {
        Mock Get-ADObject { [pscustomobject] @{ Name = 'licadmin'; userAccountControl = 512 } }
        Mock Enable-ADAccount { }
        { Repair-1 } | Should -Throw '*make a new plan*'
        Should -Invoke Enable-ADAccount -Times 0 -Exactly
    }

    It 'fails if it cannot be seen afterwards' {
        Mock Get-ADObject { [pscustomobject] @{ Name = 'licadmin'; userAccountControl = 514 } }
        Mock Enable-ADAccount { }
        { Repair-1 } | Should -Throw '*cannot be seen*'
    }

    It 'is not undone if somebody has changed it since' {
        $script:now = @{ Name = 'licadmin'; userAccountControl = 514; accountExpires = 3000; pwdLastSet = 0; ObjectGUID = 'G' }
        Mock Get-ADObject { [pscustomobject] $script:now }
        Mock Disable-ADAccount { $script:now.userAccountControl = 66050 }
        Mock Set-ADObject { $script:now.accountExpires = 1000 }
        Mock Set-ADUser { $script:now.pwdLastSet = 0 }
        { Undo-1 } | Should -Throw '*it was changed since*'
        { Undo-3 } | Should -Throw '*it was changed since*'
        { Undo-4 } | Should -Throw '*it was changed since*'
        Should -Invoke Disable-ADAccount -Times 0 -Exactly
        Should -Invoke Set-ADObject -Times 0 -Exactly
        Should -Invoke Set-ADUser -Times 0 -Exactly
        $script:now = @{ Name = 'licadmin'; userAccountControl = 66048; accountExpires = 2000; pwdLastSet = 7; ObjectGUID = 'G' }
        Undo-1
        Undo-3
        Undo-4
        Should -Invoke Disable-ADAccount -Times 1 -Exactly
        Should -Invoke Set-ADObject -Times 1 -Exactly
        Should -Invoke Set-ADUser -Times 1 -Exactly -ParameterFilter { $ChangePasswordAtLogon -eq $true }
    }

    It 'sets numbers, not dates in the format of a country' {
        $script:expires = [long] 1000
        Mock Get-ADObject { [pscustomobject] @{ Name = 'licadmin'; accountExpires = $script:expires; ObjectGUID = 'G' } }
        Mock Set-ADObject { $script:expires = $Replace.accountExpires }
        Repair-3
        $script:expires | Should -Be 2000
        Undo-3
        $script:expires | Should -Be 1000
    }
}

Describe 'a new member' {
    BeforeEach {
        $script:members = @('CN=other')
        $script:type = 2
        Mock Get-CimInstance { [pscustomobject] @{ ProductType = $script:type } }
        Mock Get-ADObject { [pscustomobject] @{ Name = 'licadmin'; adminCount = $null; DistinguishedName = 'CN=account' } }
        Mock Get-ADGroup { [pscustomobject] @{ Name = 'Administrators'; member = $script:members } }
        Mock Add-ADGroupMember { $script:members += 'CN=account' }
    }

    It 'is added' {
        Repair-6
        $script:members | Should -Contain 'CN=account'
    }

    It 'says by name who is added to what, and what the undo needs' {
        $said = Repair-6
        $said[0] | Should -Be "adminCount of the account is '': keep this for the undo."
        $said[-1] | Should -Be ('licadmin (S-1-5-21-1-2-3-1102) on dc1.ebs.example.com: ' +
            'add it to Administrators (S-1-5-32-544): changed and read back.')
    }

    It 'is not added if it is one, so that the undo would not remove it' {
        $script:members += 'CN=account'
        { Repair-6 } | Should -Throw '*member now*'
        Should -Invoke Add-ADGroupMember -Times 0 -Exactly
    }

    It 'is removed by the undo only while it is one' {
        Mock Remove-ADGroupMember { $script:members = @('CN=other') }
        { Undo-6 } | Should -Throw '*it was changed since*'
        Should -Invoke Remove-ADGroupMember -Times 0 -Exactly
        $script:members += 'CN=account'
        Undo-6
        Should -Invoke Remove-ADGroupMember -Times 1 -Exactly
    }

    It 'is not added on a computer that is not a domain controller, which has its own group' {
        $script:type = 3
        { Repair-6 } | Should -Throw '*not a domain controller*'
        Should -Invoke Add-ADGroupMember -Times 0 -Exactly
    }
}

Describe 'a new administrator of one computer' {
    BeforeEach {
        $script:members = @('S-1-5-21-7-8-9-500')
        $script:type = 3
        Mock Get-CimInstance { [pscustomobject] @{ ProductType = $script:type } }
        Mock Get-LocalGroupMember {
            $script:members | ForEach-Object { [pscustomobject] @{ Name = "name of $_"; SID = [pscustomobject] @{ Value = $_ } } }
        } -ParameterFilter { $SID -eq 'S-1-5-32-544' }
        Mock Add-LocalGroupMember { $script:members += $Member }
        Mock Remove-LocalGroupMember { $script:members = @($script:members | Where-Object { $_ -ne $Member }) }
    }

    It 'is added, and removed by the undo' {
        Repair-9
        $script:members | Should -Contain 'S-1-5-21-1-2-3-1102'
        Undo-9
        $script:members | Should -Be 'S-1-5-21-7-8-9-500'
    }

    It 'is not added if it is one already, through a group of the domain or directly' {
        $script:members += 'S-1-5-21-1-2-3-512'
        { Repair-9 } | Should -Throw '*already, through name of S-1-5-21-1-2-3-512*'
        $script:members = @('S-1-5-21-1-2-3-1102')
        { Repair-9 } | Should -Throw '*already*'
        Should -Invoke Add-LocalGroupMember -Times 0 -Exactly
    }

    It 'is not added on a domain controller, whose Administrators are those of the domain' {
        $script:type = 2
        { Repair-9 } | Should -Throw '*is a domain controller*licensing_server*'
        Should -Invoke Add-LocalGroupMember -Times 0 -Exactly
    }

    It 'is not removed if somebody has changed it since' {
        { Undo-9 } | Should -Throw '*it was changed since*'
        Should -Invoke Remove-LocalGroupMember -Times 0 -Exactly
    }
}

Describe 'a setting of session hosts' {
    BeforeEach {
        $script:deployment = [pscustomobject] @{ Mode = 'PerDevice'; LicenseServer = @('ls2', 'ls1') }
        Mock Get-RDLicenseConfiguration { $script:deployment }
        Mock Set-RDLicenseConfiguration {
            $script:deployment = [pscustomobject] @{
                Mode = if ($Mode) { $Mode } else { $script:deployment.Mode }
                LicenseServer = @(if ($LicenseServer) { $LicenseServer } else { $script:deployment.LicenseServer })
            }
        }
        $script:list = @()
        Mock Get-CimInstance { 'setting' } -ParameterFilter { $ClassName -eq 'Win32_TerminalServiceSetting' }
        Mock Invoke-CimMethod {
            switch ($MethodName) {
                'GetSpecifiedLicenseServerList' { return [pscustomobject] @{ SpecifiedLSList = $script:list } }
                'SetSpecifiedLicenseServerList' { $script:list = @($Arguments.SpecifiedLSList) }
                'EmptySpecifiedLicenseServerList' { $script:list = @() }
            }
            [pscustomobject] @{ ReturnValue = 0 }
        }
    }

    It 'is changed in the deployment, and given back in the order of its servers' {
        Repair-12
        "$($script:deployment.Mode) $($script:deployment.LicenseServer)" | Should -Be 'PerUser ls1'
        { Repair-12 } | Should -Throw '*make a new plan*'
        Undo-12
        "$($script:deployment.Mode) $($script:deployment.LicenseServer)" | Should -Be 'PerDevice ls2 ls1'
        { Undo-12 } | Should -Throw '*it was changed since*'
    }

    It 'is not changed in the deployment if the undo would not give back the order' {
        $script:deployment.LicenseServer = @('ls1', 'ls2')
        { Repair-12 } | Should -Throw '*another order*'
        Should -Invoke Set-RDLicenseConfiguration -Times 0 -Exactly
    }

    It 'leaves the list of servers alone if only the mode of the deployment differs' {
        $script:deployment.LicenseServer = @('ls1', 'ls2')
        Repair-15
        "$($script:deployment.Mode) $($script:deployment.LicenseServer)" | Should -Be 'PerUser ls1 ls2'
        Undo-15
        "$($script:deployment.Mode) $($script:deployment.LicenseServer)" | Should -Be 'PerDevice ls1 ls2'
        Should -Invoke Set-RDLicenseConfiguration -Times 2 -Exactly -ParameterFilter { -not $LicenseServer }
    }

    It 'is only shown with -WhatIf on one host, whose list is read all the same' {
        Repair-13 -WhatIf
        Should -Invoke Invoke-CimMethod -Times 1 -Exactly -ParameterFilter {
            $MethodName -eq 'GetSpecifiedLicenseServerList' -and -not $WhatIfPreference
        }
        $script:list.Count | Should -Be 0
        $script:list = @('ls9')
        { Repair-13 -WhatIf } | Should -Throw '*make a new plan*'
    }

    It 'is changed on one host, and given back' {
        Repair-13
        $script:list | Should -Be @('ls2', 'ls1')
        { Repair-13 } | Should -Throw '*make a new plan*'
        Undo-13
        $script:list.Count | Should -Be 0
        { Undo-13 } | Should -Throw '*it was changed since*'
    }
}

Describe 'the certificate of a session host' {
    BeforeEach {
        $env:COMPUTERNAME = 'RDSH2'
        $script:values = @{ 'Certificate' = [byte[]] (1, 2); 'X509 Certificate ID' = [byte[]] (3, 0); 'GracePeriod' = [byte[]] (9) }
        $script:saved = @()
        Mock Get-Item {
            $item = [pscustomobject] @{ }
            $item | Add-Member ScriptMethod GetValueNames { @($script:values.Keys) }
            $item | Add-Member ScriptMethod GetValueKind { 'Binary' }
            $item | Add-Member ScriptMethod GetValue { , $script:values[$args[0]] }
            $item
        } -ParameterFilter { $LiteralPath -like 'HKLM:*\Terminal Server\RCM' }
        Mock Test-Path { $script:saved.Count -gt 0 } -ParameterFilter { $LiteralPath -like '*cal-host-certificate.clixml' }
        Mock Export-Clixml { $script:saved += $InputObject }
        Mock Import-Clixml { $script:saved }
        Mock Remove-ItemProperty { $Name | ForEach-Object { $script:values.Remove($_) } }
        Mock New-ItemProperty { $script:values[$Name] = $Value } -ParameterFilter { $PropertyType -eq 'Binary' }
    }
    AfterEach { $env:COMPUTERNAME = $null }

    It 'is saved and removed without other values, and given back' {
        Repair-16
        $script:values.Keys | Should -Be 'GracePeriod'
        Undo-16
        $script:values['Certificate'] | Should -Be (1, 2)
        $script:values['X509 Certificate ID'] | Should -Be (3, 0)
        $script:values.Count | Should -Be 3
    }

    It 'is not removed with -WhatIf, nor on another host, nor if it cannot be read back' {
        Repair-16 -WhatIf
        $env:COMPUTERNAME = 'RDSH9'
        { Repair-16 } | Should -Throw '*RDSH1 or RDSH2*'
        $env:COMPUTERNAME = 'RDSH2'
        Mock Import-Clixml { }
        { Repair-16 } | Should -Throw '*nothing was removed*'
        Should -Invoke Remove-ItemProperty -Times 0 -Exactly
    }

    It 'is removed and given back, too, if that stopped halfway before' {
        Repair-16
        $script:values['Certificate'] = [byte[]] (1, 2)
        Repair-16
        $script:values.Keys | Should -Be 'GracePeriod'
        $script:saved.Count | Should -Be 2
        $script:values['Certificate'] = [byte[]] (1, 2)
        Undo-16
        $script:values['X509 Certificate ID'] | Should -Be (3, 0)
        Should -Invoke New-ItemProperty -Times 1 -Exactly
        { Undo-16 } | Should -Throw '*the repair was not run*'
    }

    It 'is not overwritten: neither the file of an earlier run, nor a new certificate' {
        Repair-16
        $script:values['X509 Certificate'] = [byte[]] (7)
        { Repair-16 } | Should -Throw '*of an earlier run*'
        { Undo-16 } | Should -Throw '*it was changed since*'
        Should -Invoke New-ItemProperty -Times 0 -Exactly
    }
}

Describe 'a setting of session hosts by policy' {
    BeforeEach {
        Remove-Variable cal_changed_policies -Scope Global -ErrorAction Ignore
        $script:rds = [guid] 'aaaaaaaa-0000-0000-0000-000000000001'
        $script:other = [guid] 'aaaaaaaa-0000-0000-0000-000000000002'
        $script:names = @{ RDS = $script:rds; Other = $script:other
            'Default Domain Policy' = [guid] '31B2F340-016D-11D2-945F-00C04FB984F9' }
        $script:policies = @{ $script:rds = @{ LicensingMode = 2 }; $script:other = @{} }
        $script:answers = [Collections.Queue] @('RDS')
        $script:failure = $null
        Mock Read-Host { $script:answers.Dequeue() }
        Mock Get-GPO {
            $id = if ($Guid) { [guid] $Guid } else { $script:names[$Name] }
            [pscustomobject] @{ Id = $id; DisplayName = "name of $id"; DomainName = 'ebs.example.com' }
        }
        Mock Get-GPOReport {
            '<GPO xmlns="urn:x"><LinksTo><SOMPath>ebs.example.com/Hosts</SOMPath></LinksTo></GPO>'
        }
        Mock Get-GPRegistryValue {
            if ($script:failure) { Write-Error -Message 'refused' -ErrorId $script:failure -ErrorAction Stop }
            $set = $script:policies[$Guid]
            if (-not $set.ContainsKey($ValueName)) {
                Write-Error -Message 'no such setting' -ErrorId 'UnableToRetrievePolicyRegistryItem' -ErrorAction Stop
            }
            if ($set[$ValueName] -eq 'disabled') { return [pscustomobject] @{ PolicyState = 'Delete' } }
            [pscustomobject] @{ PolicyState = 'Set'; Value = $set[$ValueName] }
        } -ParameterFilter { $Key -like 'HKLM\SOFTWARE\Policies\*\Terminal Services' }
        # The value of a text comes with its end.
        Mock Set-GPRegistryValue {
            $script:policies[$Guid][$ValueName] = if ($Type -eq 'String') { "$Value" + [char] 0 } else { $Value }
        }
        Mock Remove-GPRegistryValue { $script:policies[$Guid].Remove($ValueName) }
        $script:places = @{ RDSH1 = 'CN=RDSH1,OU=Hosts,DC=ebs,DC=example,DC=com'; RDSH2 = 'CN=RDSH2,CN=Computers,DC=ebs,DC=example,DC=com' }
        $script:links = @{
            'OU=Hosts,DC=ebs,DC=example,DC=com' = @(@{ GpoId = $script:rds; Enabled = $true }, @{ GpoId = $script:other; Enabled = $true })
            'DC=ebs,DC=example,DC=com' = @(@{ GpoId = $script:rds; Enabled = $true }, @{ GpoId = $script:other; Enabled = $true })
        }
        Mock Get-ADComputer { [pscustomobject] @{ DistinguishedName = $script:places[$Identity] } }
        Mock Get-GPInheritance { [pscustomobject] @{ InheritedGpoLinks = @($script:links[$Target] | ForEach-Object { [pscustomobject] $_ }) } }
        Mock New-Item { }
        $script:backed_up = $null
        Mock Backup-GPO { $script:backed_up = $script:policies[$Guid].Clone() }
    }

    It 'is backed up before it is changed, into a folder that is printed' {
        $shown = Repair-10 | Out-String
        $script:backed_up.LicensingMode | Should -Be 2
        $shown | Should -BeLike "*Backup of the whole policy object: *gpo-backup-*Restore-GPO -Guid $($script:rds)*"
        Should -Invoke Backup-GPO -Times 1 -Exactly -ParameterFilter { $Guid -eq $script:rds -and $Path -like '*gpo-backup-*' }
    }

    It 'is not changed in a policy object that is not linked above each of the hosts' {
        $script:links['DC=ebs,DC=example,DC=com'] = @(@{ GpoId = $script:rds; Enabled = $false })
        { Repair-10 } | Should -Throw '*not linked to DC=ebs,DC=example,DC=com, where RDSH2 is*'
        Should -Invoke Backup-GPO -Times 0 -Exactly
        Should -Invoke Set-GPRegistryValue -Times 0 -Exactly
    }

    It 'is changed and given back, in the policy object that was named once' {
        $shown = Repair-10 | Out-String
        $script:policies[$script:rds].LicensingMode | Should -Be 4
        $shown | Should -BeLike "*name of $($script:rds)*ebs.example.com*linked to ebs.example.com/Hosts*"
        $shown | Should -BeLike "*asks for this GUID: $($script:rds)*"
        Undo-10
        $script:policies[$script:rds].LicensingMode | Should -Be 2
        Should -Invoke Read-Host -Times 1 -Exactly
        Should -Invoke Get-GPRegistryValue -ParameterFilter { $Domain -ne 'ebs.example.com' } -Times 0 -Exactly
    }

    It 'has servers, which are removed by the undo' {
        $null = Repair-11
        $script:policies[$script:rds].LicenseServers.TrimEnd([char] 0) | Should -Be 'ls1.example.com,ls2'
        Undo-11
        $script:policies[$script:rds].ContainsKey('LicenseServers') | Should -BeFalse
    }

    It 'is not changed by a policy object that sets something else, or that is disabled' {
        $script:policies[$script:rds] = @{ LicenseServers = 'other'; LicensingMode = 'disabled' }
        $script:answers = [Collections.Queue] @('RDS', 'RDS', 'Other')
        { Repair-10 } | Should -Throw '*name the one that does*'
        { Repair-11 } | Should -Throw '*sets it already*'
        { Repair-11 } | Should -Throw '*does not set the licensing mode*'
        Should -Invoke Set-GPRegistryValue -Times 0 -Exactly
    }

    It 'is only shown with -WhatIf' {
        Repair-10 -WhatIf | Should -BeLike '*linked to ebs.example.com/Hosts'
        Should -Invoke Set-GPRegistryValue -Times 0 -Exactly
        Should -Invoke Backup-GPO -Times 0 -Exactly
    }

    It 'is not changed if it cannot be read' {
        $script:failure = 'UnauthorizedAccess'
        $script:answers = [Collections.Queue] @('RDS', 'RDS', "$($script:rds)")
        { Repair-10 } | Should -Throw 'refused'
        { Repair-11 } | Should -Throw 'refused'
        { Undo-11 } | Should -Throw 'refused'
        Should -Invoke Set-GPRegistryValue -Times 0 -Exactly
        Should -Invoke Remove-GPRegistryValue -Times 0 -Exactly
    }

    It 'is never changed in the policy of the whole domain' {
        $script:answers = [Collections.Queue] @('Default Domain Policy')
        { Repair-10 } | Should -Throw '*for the session hosts*'
        Should -Invoke Set-GPRegistryValue -Times 0 -Exactly
    }

    It 'is undone only where it was changed, which is told by the GUID in another session' {
        $script:policies[$script:other] = @{ LicensingMode = 4 }
        $script:answers = [Collections.Queue] @('RDS', 'RDS', "$($script:other)")
        { Undo-10 } | Should -Throw '*RDS*'
        $null = Repair-10
        Undo-10
        { Undo-10 } | Should -Throw '*it was changed since*'
        $script:policies[$script:other].LicensingMode | Should -Be 4
        Remove-Variable cal_changed_policies -Scope Global
        $script:policies[$script:rds].LicensingMode = 4
        $script:answers = [Collections.Queue] @("$($script:rds)")
        Undo-10
        $script:policies[$script:rds].LicensingMode | Should -Be 2
    }
}

# A descriptor is its SDDL here, and the directory has one object. What stands in for .NET does not know what Windows
# makes of SDDL: only the order of the script's checks and writes is shown.
Describe 'a change of permissions' {
    BeforeEach {
        $script:sddl = 'D:AI(D;;WP;;;SY)(A;;GA;;;S-1-5-21-1-2-3-512)'
        $script:count = $null
        $script:flags = @()
        $script:made_of_it = ''
        Mock Add-Type { }
        Mock New-Object { , [byte[]]::new([int] $ArgumentList[0]) } -ParameterFilter { $TypeName -eq 'byte[]' }
        Mock New-Object {
            $text = if ($ArgumentList[0] -is [byte[]]) { [Text.Encoding]::ASCII.GetString($ArgumentList[0]) } else { $ArgumentList[0] }
            $fake = [pscustomobject] @{ Text = $text; BinaryLength = $text.Length }
            $fake | Add-Member ScriptMethod GetSddlForm { param($sections) $this.Text }
            $fake | Add-Member ScriptMethod GetBinaryForm { param($bytes, $at) [Text.Encoding]::ASCII.GetBytes($this.Text).CopyTo($bytes, $at) }
            $fake
        } -ParameterFilter { $TypeName -eq 'Security.AccessControl.RawSecurityDescriptor' }
        Mock New-Object {
            $fake = [pscustomobject] @{ TypeName = $TypeName; Arguments = $ArgumentList; Controls = [Collections.ArrayList] @(); Modifications = [Collections.ArrayList] @(); Name = ''; Operation = ''; Values = [Collections.ArrayList] @() }
            $fake | Add-Member ScriptMethod Add { param($value) $this.Values.Add($value) }
            $fake
        } -ParameterFilter { $TypeName -like 'DirectoryServices.Protocols.*' }
        Mock New-Object {
            $fake = [pscustomobject] @{ SessionOptions = [pscustomobject] @{ ProtocolVersion = 2; ReferralChasing = ''; Signing = $false; Sealing = $false } }
            $fake | Add-Member ScriptMethod SendRequest {
                param($request)
                if ($request.Arguments -contains 'adminCount') {
                    $attributes = @{}
                    if ($script:count) {
                        $found = [pscustomobject] @{}
                        $found | Add-Member ScriptMethod GetValues { param($type) , @($script:count) }
                        $attributes['adminCount'] = $found
                    }
                    return [pscustomobject] @{ Entries = @([pscustomobject] @{ Attributes = $attributes }) }
                }
                $script:flags += $request.Controls[0].Arguments
                foreach ($also in $request.Modifications) {
                    "$($also.Name) $($also.Operation)" | Should -BeIn @('adminCount Delete', 'adminCount Replace')
                    $script:count = if ($also.Operation -eq 'Delete') { $null } else { $also.Values[0] }
                }
                if ($request.TypeName -like '*ModifyRequest') {
                    $script:sddl = [Text.Encoding]::ASCII.GetString($request.Arguments[1].Values[0]) + $script:made_of_it
                    return
                }
                $found = [pscustomobject] @{}
                $found | Add-Member ScriptMethod GetValues { param($type) , @(, [Text.Encoding]::ASCII.GetBytes($script:sddl)) }
                [pscustomobject] @{ Entries = @([pscustomobject] @{ DistinguishedName = 'CN=msWssgConfig'; Attributes = @{ nTSecurityDescriptor = $found } }) }
            }
            $fake
        } -ParameterFilter { $TypeName -eq 'DirectoryServices.Protocols.LdapConnection' }
    }

    It 'writes one part, says what, and the undo gives it back' {
        $before = $script:sddl
        Repair-7 | Should -Be 'CN=msWssgConfig on dc1.ebs.example.com: remove (D;;WP;;;SY): changed and read back.'
        $script:sddl | Should -BeExactly 'D:AI(A;;GA;;;S-1-5-21-1-2-3-512)'
        Undo-7 | Should -BeLike '*undone and read back.'
        $script:sddl | Should -BeExactly $before
        { Undo-7 } | Should -Throw '*nothing to undo*'
        $script:flags | Sort-Object -Unique | Should -Be 'Dacl'
    }

    It 'with -WhatIf checks, and writes nothing' {
        $before = $script:sddl
        Repair-7 -WhatIf
        $script:sddl | Should -BeExactly $before
        $script:sddl = 'D:AI(A;;GA;;;SY)'
        { Repair-7 -WhatIf } | Should -Throw '*make a new plan*'
        { Undo-7 -WhatIf } | Should -Throw '*it was changed since*'
        $script:sddl = 'D:AI(A;;GA;;;S-1-5-21-1-2-3-512)'
        Undo-7 -WhatIf | Should -BeNullOrEmpty
        $script:sddl | Should -BeExactly 'D:AI(A;;GA;;;S-1-5-21-1-2-3-512)'
    }

    It 'asks no command that -WhatIf skips, so that the checks are those of the change' {
        Get-Content $script:Plan | Where-Object { $_ -match 'ForEach-Object [A-Z]' } | Should -BeNullOrEmpty
    }

    It 'is not made if the permissions are others' {
        $script:sddl = 'D:AI(A;;GA;;;SY)'
        { Repair-7 } | Should -Throw '*make a new plan*'
        $script:sddl | Should -BeExactly 'D:AI(A;;GA;;;SY)'
    }

    It 'says what was read back if that is another, and whether the undo works' {
        $before = $script:sddl
        $script:made_of_it = '(A;CIID;GR;;;AU)'
        { Repair-7 } | Should -Throw '*was written*The undo works.'
        $script:sddl = $before
        $script:made_of_it = '(A;;GR;;;AU)'
        { Repair-7 } | Should -Throw '*was written*the undo stops*'
        { Undo-7 } | Should -Throw '*it was changed since*'
    }

    It 'is not undone if somebody has changed the entries of the object since' {
        $script:sddl = 'D:AI(A;;GA;;;S-1-5-21-1-2-3-512)(A;;GR;;;AU)'
        { Undo-7 } | Should -Throw '*it was changed since*'
        $script:sddl | Should -BeExactly 'D:AI(A;;GA;;;S-1-5-21-1-2-3-512)(A;;GR;;;AU)'
    }

    It 'is undone if only what is inherited is another' {
        $script:sddl = 'D:AI(A;;GA;;;S-1-5-21-1-2-3-512)(A;CIID;GR;;;AU)'
        Undo-7
        $script:sddl | Should -BeExactly 'D:AI(D;;WP;;;SY)(A;;GA;;;S-1-5-21-1-2-3-512)'
    }

    It 'lets an account inherit again without adminCount, and the undo gives both back' {
        $script:sddl = $before = 'D:PAI(A;;GA;;;S-1-5-21-1-2-3-512)'
        { Repair-14 } | Should -Throw '*adminCount is not 1*'
        $script:count = '1'
        Repair-14 -WhatIf | Should -BeNullOrEmpty
        "$($script:sddl) $($script:count)" | Should -BeExactly "$before 1"
        $script:made_of_it = '(A;CIID;GR;;;AU)'  # which it inherits now
        Repair-14 | Should -BeLike '*: inherit permissions, clear adminCount, add (A;;RPWP;;;PS): changed and read back.'
        $script:count | Should -BeNullOrEmpty
        $script:sddl | Should -BeExactly 'D:AI(A;;GA;;;S-1-5-21-1-2-3-512)(A;;RPWP;;;PS)(A;CIID;GR;;;AU)'
        $script:made_of_it = ''
        Undo-14 | Should -BeLike '*undone and read back.'
        "$($script:sddl) $($script:count)" | Should -BeExactly "$before 1"
        { Undo-14 } | Should -Throw '*nothing to undo*'
    }

    It 'is not undone if adminCount was set since' {
        $script:sddl = 'D:AI(A;;GA;;;S-1-5-21-1-2-3-512)(A;;RPWP;;;PS)'
        $script:count = '1'
        { Undo-14 } | Should -Throw '*it was changed since*'
        $script:sddl | Should -BeExactly 'D:AI(A;;GA;;;S-1-5-21-1-2-3-512)(A;;RPWP;;;PS)'
    }

    It 'gives the owner back only from the one that it made' {
        $script:sddl = 'O:BA'
        { Undo-8 } | Should -Throw '*it was changed since*'
        $script:sddl = 'O:SY'
        Undo-8
        $script:sddl | Should -BeExactly 'O:S-1-5-21-1-2-3-512'
        $script:flags | Sort-Object -Unique | Should -Be 'Owner'
    }
}
