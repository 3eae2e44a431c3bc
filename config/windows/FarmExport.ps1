# Shared by the exports of session hosts and license servers: the format of farm_export.schema.json.
# A fact that cannot be read is null, and `errors` says why: it is neither 0 nor false nor empty.
. "$PSScriptRoot\LicensingEvents.ps1"
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# The computer that the export is about.
$target = @{ Name = $env:COMPUTERNAME; Collected = 'local' }

# From now on, asks another computer, over WinRM or over DCOM, where the namespace TerminalServices demands
# packet privacy. Its events are asked for over RPC.
function Connect-Target([string] $ComputerName, [string] $Protocol, [int] $Seconds) {
    $options = if ($Protocol -eq 'Dcom') {
        New-CimSessionOption -PacketPrivacy $true
    } else {
        New-CimSessionOption -Protocol Wsman
    }
    $cim['CimSession'] = New-CimSession -ComputerName $ComputerName -SessionOption $options `
        -OperationTimeoutSec $Seconds
    $eventLog['ComputerName'] = $ComputerName
    $target['Name'] = (Get-CimInstance @cim -Namespace 'root\CIMV2' -ClassName 'Win32_ComputerSystem').Name
    $target['Collected'] = 'remote'
}

function Test-Remote { $cim.ContainsKey('CimSession') }

function ConvertTo-IsoTime($Time) {
    if ($Time) { $Time.ToUniversalTime().ToString('o') }
}

function New-FarmExport([string] $Kind, [string] $Script) {
    $export = [ordered]@{
        kind         = $Kind
        version      = 1
        generated_at = ConvertTo-IsoTime (Get-Date)
        script       = "$Script 1"
        collected    = $target['Collected']
        computer     = $target['Name']
        errors       = @()
    }
    Add-Fact $export 'domain' {
        $system = Get-CimInstance @cim -Namespace 'root\CIMV2' -ClassName 'Win32_ComputerSystem'
        if ($system.PartOfDomain) { [string] $system.Domain } else { '' }
    }
    Add-Fact $export 'os_build' {
        [int] (Get-CimInstance @cim -Namespace 'root\CIMV2' -ClassName 'Win32_OperatingSystem').BuildNumber
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

# The names of the values of a key below HKLM; none where the key does not exist.
function Get-RegistryName([string] $Path) {
    if (Test-Remote) { return (Invoke-Registry 'EnumValues' $Path).sNames }
    try {
        $key = Get-ItemProperty -LiteralPath "HKLM:\$Path"
    } catch {
        if ($_.CategoryInfo.Category -eq 'ObjectNotFound') { return }
        throw
    }
    if ($key) { $key.PSObject.Properties.Name }
}

# The value of a key below HKLM, or null where the key or the value does not exist.
function Get-RegistryValue([string] $Path, [string] $Name, [ValidateSet('String', 'DWORD')] [string] $Type) {
    if ($Name -notin @(Get-RegistryName $Path)) { return }
    if (-not (Test-Remote)) { return (Get-ItemProperty -LiteralPath "HKLM:\$Path").$Name }
    $answer = Invoke-Registry "Get${Type}Value" $Path @{ sValueName = $Name }
    if ($Type -eq 'DWORD') { $answer.uValue } else { $answer.sValue }
}

# The registry of another computer, by the class StdRegProv.
function Invoke-Registry([string] $Method, [string] $Path, [hashtable] $More = @{}) {
    $arguments = @{ hDefKey = [uint32] 2147483650; sSubKeyName = $Path } + $More  # HKEY_LOCAL_MACHINE
    $answer = Invoke-CimMethod @cim -Namespace 'root\cimv2' -ClassName 'StdRegProv' -MethodName $Method `
        -Arguments $arguments
    $keyNotFound = 2
    if ($Method -eq 'EnumValues' -and $answer.ReturnValue -eq $keyNotFound) {
        return [pscustomobject]@{ sNames = @() }
    }
    if ($answer.ReturnValue -ne 0) { throw "$Method of HKLM\$Path failed ($($answer.ReturnValue))" }
    $answer
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
    $provider = Get-WinEvent @eventLog -ListProvider $ProviderName
    if (-not $provider) { throw "$ProviderName is not registered" }
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
