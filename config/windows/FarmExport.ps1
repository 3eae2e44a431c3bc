# Shared by the exports of session hosts and license servers: the format of farm_export.schema.json.
# A fact that cannot be read is null, and `errors` says why: it is neither 0 nor false nor empty.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

function ConvertTo-IsoTime($Time) {
    if ($Time) { $Time.ToUniversalTime().ToString('o') }
}

function New-FarmExport([string] $Kind, [string] $Script) {
    $export = [ordered]@{
        kind         = $Kind
        version      = 1
        generated_at = ConvertTo-IsoTime (Get-Date)
        script       = "$Script 1"
        collected    = 'local'
        computer     = $env:COMPUTERNAME
        errors       = @()
    }
    Add-Fact $export 'domain' {
        $system = Get-CimInstance -Namespace 'root\CIMV2' -ClassName 'Win32_ComputerSystem'
        if ($system.PartOfDomain) { [string] $system.Domain } else { '' }
    }
    Add-Fact $export 'os_build' {
        [int] (Get-CimInstance -Namespace 'root\CIMV2' -ClassName 'Win32_OperatingSystem').BuildNumber
    }
    $export
}

# Sets a key to what the block returns; with -List to all of it, as a list.
function Add-Fact($Export, [string] $Key, [scriptblock] $Read, [switch] $List) {
    $Export[$Key] = $null
    try {
        if ($List) { $Export[$Key] = @(& $Read) } else { $Export[$Key] = & $Read }
    } catch {
        $text = ($_.Exception.Message -replace '\s+', ' ').Trim()
        if ($Export['errors'].Count -lt 50) { $Export['errors'] += @{ key = $Key; error = $text } }
    }
}

# Calls a method that reads. Microsoft's methods return 0 if they succeeded.
function Invoke-Reader($Object, [string] $Method, [hashtable] $Arguments = @{}, [int] $Seconds = 30) {
    $answer = Invoke-CimMethod -InputObject $Object -MethodName $Method -Arguments $Arguments `
        -OperationTimeoutSec $Seconds
    if ($answer.ReturnValue -ne 0) { throw "$Method failed ($($answer.ReturnValue))" }
    $answer
}

# The value of a registry key, or null where the key or the value does not exist.
function Get-RegistryValue([string] $Path, [string] $Name) {
    try {
        $key = Get-ItemProperty -LiteralPath $Path
    } catch {
        if ($_.CategoryInfo.Category -eq 'ObjectNotFound') { return }
        throw
    }
    if ($key -and $key.PSObject.Properties[$Name]) { $key.$Name }
}

function Split-ServerList($Names) {
    @($Names) -split ',' | ForEach-Object { $_.Trim() } | Where-Object { $_ }
}
