# What `cal_exporter repair --format powershell` prints (tests/golden/repair.ps1), with stand-ins for the module
# ActiveDirectory. The parts that need Windows' own LDAP client are only parsed.
BeforeAll {
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
    function Get-CimInstance { param($ClassName) }
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

Describe 'a change of an account' {
    It 'is made if the state is as it was read, and is checked' {
        $script:control = 514
        Mock Get-ADObject { [pscustomobject] @{ userAccountControl = $script:control } }
        Mock Enable-ADAccount { $script:control = 512 }
        Repair-1
        Should -Invoke Enable-ADAccount -Times 1 -Exactly -ParameterFilter {
            $Identity -eq 'S-1-5-21-1-2-3-1102' -and $Server -eq 'dc1.ebs.example.com'
        }
    }

    It 'is not made if the state is another' {
        Mock Get-ADObject { [pscustomobject] @{ userAccountControl = 512 } }
        Mock Enable-ADAccount { }
        { Repair-1 } | Should -Throw '*make a new plan*'
        Should -Invoke Enable-ADAccount -Times 0 -Exactly
    }

    It 'fails if it cannot be seen afterwards' {
        Mock Get-ADObject { [pscustomobject] @{ userAccountControl = 514 } }
        Mock Enable-ADAccount { }
        { Repair-1 } | Should -Throw '*cannot be seen*'
    }

    It 'sets numbers, not dates in the format of a country' {
        $script:expires = [long] 1000
        Mock Get-ADObject { [pscustomobject] @{ accountExpires = $script:expires; ObjectGUID = 'G' } }
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
        Mock Get-ADObject { [pscustomobject] @{ DistinguishedName = 'CN=account' } }
        Mock Get-ADGroup { [pscustomobject] @{ member = $script:members } }
        Mock Add-ADGroupMember { $script:members += 'CN=account' }
    }

    It 'is added' {
        Repair-6
        $script:members | Should -Contain 'CN=account'
    }

    It 'is not added if it is one, so that the undo would not remove it' {
        $script:members += 'CN=account'
        { Repair-6 } | Should -Throw '*member now*'
        Should -Invoke Add-ADGroupMember -Times 0 -Exactly
    }

    It 'is not added on a computer that is not a domain controller, which has its own group' {
        $script:type = 3
        { Repair-6 } | Should -Throw '*not a domain controller*'
        Should -Invoke Add-ADGroupMember -Times 0 -Exactly
    }
}
