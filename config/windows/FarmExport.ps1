# Shared by the exports of session hosts and license servers: the format of farm_export.schema.json.
# A fact that cannot be read is null, and `errors` says why: it is neither 0 nor false nor empty.
. "$PSScriptRoot\LicensingEvents.ps1"
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

# These events name a client or a user first.
$namesClient = 1003, 1011, 1028, 50180, 4105

# How many different clients these events name; null if one of them names none.
function Get-ClientCount($Records) {
    $names = @($Records | ForEach-Object { if (@($_.Properties).Count) { "$($_.Properties[0].Value)" } else { '' } })
    if ($names -contains '') { return }
    @($names | Sort-Object -Unique).Count
}

# Of each licensing event of the last 14 days, the newest and how many. A log that is disabled could
# have held any event, so that none of them is known then.
function Get-EventCount([string] $ProviderName) {
    $provider = Get-WinEvent -ListProvider $ProviderName -ErrorAction SilentlyContinue
    if (-not $provider) { throw "$ProviderName is not registered on this computer" }
    $gaps = @(Get-EventLogGap $provider)
    if ($gaps) { throw ($gaps -join '; ') }
    foreach ($group in Get-LicensingRecord $provider 14 | Group-Object Id | Sort-Object { [int] $_.Name }) {
        $newest = $group.Group | Sort-Object TimeCreated | Select-Object -Last 1
        $id = [int] $group.Name
        [ordered]@{
            id        = $id
            newest_at = ConvertTo-IsoTime $newest.TimeCreated
            count     = $group.Count
            clients   = $(if ($id -in $namesClient) { Get-ClientCount $group.Group })
        }
    }
}
