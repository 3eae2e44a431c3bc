# Creates the share into which the session hosts and license servers of a farm export, on a file server. Each
# computer gets its own folder, in which only its account may write; the agent's account may read all of them.
# Run it again to add computers. As administrator:
#   .\New-CalExportShare.ps1 -Computer RDSH1, RDSH2, LS1 -Reader 'CONTOSO\cal-monitor'
#   .\New-CalExportShare.ps1 -Computer (Get-ADGroupMember 'RDS hosts').Name -Reader 'CONTOSO\cal-monitor'
#
# -Check: say what is missing, and change nothing.
param(
    [Parameter(Mandatory)] [string[]] $Computer,
    [Parameter(Mandatory)] [string] $Reader,
    [string] $Domain = $env:USERDOMAIN,
    [string] $Path = "$env:SystemDrive\cal_export",
    [string] $Share = 'cal_export',
    [switch] $Check
)
. "$PSScriptRoot\..\ExportRun.ps1"

# The names of groups depend on the language of Windows.
function Get-AccountName([string] $Sid) {
    $account = New-Object -TypeName Security.Principal.SecurityIdentifier -ArgumentList $Sid
    $account.Translate([Security.Principal.NTAccount]).Value
}

# A name becomes a path and an account: nothing else may come through.
function Test-ComputerName([string] $Name) { $Name -match '^[A-Za-z0-9][A-Za-z0-9-]{0,14}$' }

function Set-Permission([string] $Folder, [string[]] $Arguments) {
    & icacls.exe $Folder @Arguments | Out-Null
    if ($LASTEXITCODE -ne 0) { throw "icacls could not protect $Folder ($LASTEXITCODE)" }
}

# A computer may have both roles, and names its files after itself.
function New-ComputerFolder([string] $Name) {
    $folder = Join-Path $Path $Name
    foreach ($role in 'session_hosts', 'license_servers') {
        New-Item -ItemType Directory -Force (Join-Path $folder $role) | Out-Null
    }
    Set-Permission $folder @('/grant:r', "${Domain}\$Name`$:(OI)(CI)M")
}

if ($Check) {
    exit Get-CheckCode @(
        Test-Need "share $Share" {
            if (-not (Get-SmbShare -Name $Share -ErrorAction SilentlyContinue)) { throw 'does not exist' }
        }
        foreach ($name in $Computer) {
            Test-Need "folder of $name" {
                if (-not (Test-Path -LiteralPath (Join-Path $Path $name))) { throw 'does not exist' }
            }
        })
}

exit Invoke-Export {
    $odd = @($Computer | Where-Object { -not (Test-ComputerName $_) })
    if ($odd) { throw "'$($odd[0])' is not the NetBIOS name of a computer; nothing was changed" }

    New-Item -ItemType Directory -Force $Path | Out-Null
    # S-1-5-18 is SYSTEM, S-1-5-32-544 Administrators. Computers have no right here: they pass through it
    # to their own folder.
    Set-Permission $Path @('/inheritance:r', '/grant:r', '*S-1-5-18:(OI)(CI)F', '*S-1-5-32-544:(OI)(CI)F',
        "${Reader}:(OI)(CI)RX")
    foreach ($name in $Computer) { New-ComputerFolder $name }
    if (-not (Get-SmbShare -Name $Share -ErrorAction SilentlyContinue)) {
        # The folders decide who may write where. S-1-5-11 is Authenticated Users.
        New-SmbShare -Name $Share -Path $Path -FullAccess (Get-AccountName 'S-1-5-32-544') `
            -ChangeAccess (Get-AccountName 'S-1-5-11') -FolderEnumerationMode AccessBased `
            -CachingMode None -EncryptData $true | Out-Null
    }
}
