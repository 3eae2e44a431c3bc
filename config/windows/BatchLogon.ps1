# The right "Log on as a batch job" (SeBatchLogonRight), which the account of a scheduled task needs.
# Windows has no cmdlet for it, so this reads and writes the local security policy with secedit.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$byPolicy = 'Computer Configuration, Policies, Windows Settings, Security Settings, Local Policies, ' +
    'User Rights Assignment'

function Get-AccountSid([string] $Account) {
    $name = New-Object -TypeName Security.Principal.NTAccount -ArgumentList $Account
    $name.Translate([Security.Principal.SecurityIdentifier]).Value
}

# The holders of a right, as secedit writes them: *SID, or the name of a local account.
function Get-RightHolder([string] $Right) {
    $file = [IO.Path]::GetTempFileName()
    try {
        & secedit.exe /export /areas USER_RIGHTS /cfg $file | Out-Null
        if ($LASTEXITCODE -ne 0) {
            throw "secedit could not read the user rights ($LASTEXITCODE): run this as administrator"
        }
        $line = Get-Content -LiteralPath $file | Where-Object { $_ -match "^$Right\s*=" }
        if ($line) { @(($line -split '=', 2)[1] -split ',' | ForEach-Object { $_.Trim() }) }
    } finally {
        Remove-Item -LiteralPath $file
    }
}

function Test-BatchLogon([string] $Account) {
    @(Get-RightHolder 'SeBatchLogonRight') -contains "*$(Get-AccountSid $Account)"
}

function Grant-BatchLogon([string] $Account) {
    $sid = "*$(Get-AccountSid $Account)"
    if (@(Get-RightHolder 'SeDenyBatchLogonRight') -contains $sid) {
        throw "a policy denies $Account to log on as a batch job (SeDenyBatchLogonRight): remove it " +
            "from 'Deny log on as a batch job' in $byPolicy"
    }
    $holders = @(Get-RightHolder 'SeBatchLogonRight')
    if ($holders -contains $sid) { return }
    Set-BatchLogon ($holders + $sid)
    if (-not (Test-BatchLogon $Account)) {
        throw "$Account did not get the right to log on as a batch job, maybe since a Group Policy " +
            "sets it: add the account to 'Log on as a batch job' in $byPolicy"
    }
}

function Set-BatchLogon([string[]] $Holders) {
    $file = [IO.Path]::GetTempFileName()
    $database = "$file.sdb"
    try {
        $text = "[Unicode]`r`nUnicode=yes`r`n[Version]`r`nsignature=`"`$CHICAGO`$`"`r`nRevision=1`r`n" +
            "[Privilege Rights]`r`nSeBatchLogonRight = $($Holders -join ',')`r`n"
        [IO.File]::WriteAllText($file, $text, [Text.Encoding]::Unicode)
        & secedit.exe /configure /db $database /cfg $file /areas USER_RIGHTS /quiet | Out-Null
        if ($LASTEXITCODE -ne 0) {
            throw "secedit could not grant 'Log on as a batch job' ($LASTEXITCODE): run this as administrator"
        }
    } finally {
        Remove-Item -LiteralPath $file
        if (Test-Path -LiteralPath $database) { Remove-Item -LiteralPath $database }
    }
}
