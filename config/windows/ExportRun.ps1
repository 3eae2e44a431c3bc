# Shared by the exports: exit codes, one line per error, and what -Check shows.
#   0  exported; with -Check: everything that the export needs is there
#   1  the export failed; the old file is left as it was
#   2  with -Check: something is missing
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# The arguments that say which computer is asked by CIM, and which one's event logs. Empty: this one.
$cim = @{}
$eventLog = @{}

# Runs an export and returns its exit code. An error becomes one line of text.
function Invoke-Export([scriptblock] $Body) {
    if ((Get-LanguageMode) -ne 'FullLanguage') {
        # Not to standard error, since that needs .NET, too.
        Write-Host ("PowerShell's language mode here is $(Get-LanguageMode), in which files cannot be " +
            'replaced atomically; nothing was exported. Sign these scripts, or allow their folder in ' +
            'the application control policy.')
        return 1
    }
    try {
        & $Body | Out-Null
        0
    } catch {
        Write-ErrorLine $_.Exception.Message
        1
    }
}

function Get-LanguageMode { "$($ExecutionContext.SessionState.LanguageMode)" }

function Write-ErrorLine([string] $Text) {
    [Console]::Error.WriteLine(($Text -replace '\s+', ' ').Trim())
}

# One line of -Check: `ok: WHAT`, or `missing: WHAT: WHY`. Returns whether it is ok.
function Test-Need([string] $What, [scriptblock] $Test) {
    try {
        $found = & $Test
        Write-Host "ok: $What$(if ($found) { ": $found" })"
        $true
    } catch {
        Write-Host "missing: ${What}: $(($_.Exception.Message -replace '\s+', ' ').Trim())"
        $false
    }
}

# The exit code of a check, from the results of Test-Need.
function Get-CheckCode([bool[]] $Results) {
    if ($Results -contains $false) { 2 } else { 0 }
}

function Test-FolderNeed([string] $Folder) {
    Test-Need "write access to $Folder" {
        $probe = Join-Path $Folder ".check-$([Guid]::NewGuid().ToString('N'))"
        [IO.File]::WriteAllText($probe, '')
        [IO.File]::Delete($probe)
    }
}

# CIM's codes: 0x80041003 access denied, 0x80041010 invalid class, 0x8004100E invalid namespace.
function Get-CimInstanceOrWhy([string] $Namespace, [string] $Class, [string] $Right) {
    try {
        Get-CimInstance @cim -Namespace $Namespace -ClassName $Class
    } catch {
        $code = '{0:X8}' -f $_.Exception.HResult
        if ($code -eq '80041003' -or $_.Exception -is [UnauthorizedAccessException]) {
            throw "access to $Class was denied: this needs $Right"
        }
        if ($code -in '80041010', '8004100E', '80041002') {
            throw "$Class does not exist: the role is not installed on this computer"
        }
        throw
    }
}
