# Shared by the exports: a reader sees the old file or the new one, never half of one.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# As UTF-8 without a byte order mark, in Windows PowerShell 5.1 and PowerShell 7 alike.
function Write-AtomicText([string] $Path, [string] $Text) {
    $new = "$Path.new"
    [IO.File]::WriteAllText($new, $Text, (New-Object Text.UTF8Encoding $false))
    Move-AtomicFile $new $Path
}

function Move-AtomicFile([string] $New, [string] $Path) {
    if (Test-Path -LiteralPath $Path) {
        # $null would become an empty name for a backup file.
        [IO.File]::Replace($New, $Path, [NullString]::Value)
    } else {
        [IO.File]::Move($New, $Path)
    }
}
