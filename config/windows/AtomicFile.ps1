# Shared by the exports: a reader sees the old file or the new one, never a part of it.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# Writes UTF-8 without a byte order mark, both in Windows PowerShell 5.1 and in PowerShell 7.
function Write-AtomicText([string] $Path, [string] $Text) {
    $new = "$Path.new"
    try {
        [IO.File]::WriteAllText($new, $Text, (New-Object Text.UTF8Encoding $false))
        Move-AtomicFile $new $Path
    } finally {
        # Left over if the disk is full or the old file is locked.
        if (Test-Path -LiteralPath $new) { Remove-Item -LiteralPath $new }
    }
}

function Move-AtomicFile([string] $New, [string] $Path) {
    if (Test-Path -LiteralPath $Path) {
        # $null would be passed as an empty string, an invalid name for the backup file. On a share the
        # permissions of the old file may not be copied; the new file then has those of the folder.
        $ignoreMetadataErrors = $true
        [IO.File]::Replace($New, $Path, [NullString]::Value, $ignoreMetadataErrors)
    } else {
        [IO.File]::Move($New, $Path)
    }
}
