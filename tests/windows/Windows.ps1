# Stands in for the parts of Windows that the scripts use, so that they run elsewhere: commands of the same
# names, which the tests replace by mocks. A command that no mock replaces is an error.
Set-StrictMode -Version Latest

$Scripts = Resolve-Path "$PSScriptRoot/../../config/windows"

foreach ($name in 'Get-CimInstance', 'Get-CimClass', 'Invoke-CimMethod', 'New-CimSession',
    'New-CimSessionOption', 'Get-CimSession', 'Remove-CimSession', 'Get-WinEvent',
    'New-ScheduledTaskAction', 'New-ScheduledTaskTrigger', 'New-ScheduledTaskSettingsSet',
    'New-ScheduledTaskPrincipal', 'Register-ScheduledTask', 'Get-SmbShare', 'New-SmbShare') {
    $parameters = switch ($name) {
        'Get-CimInstance' { '$CimSession, $Namespace, $ClassName' }
        'Get-CimClass' { '$Namespace, $ClassName' }
        'Invoke-CimMethod' {
            '$CimSession, $Namespace, $ClassName, $InputObject, $MethodName, $Arguments, $OperationTimeoutSec'
        }
        'New-CimSession' { '$ComputerName, $SessionOption, $OperationTimeoutSec' }
        'New-CimSessionOption' { '$Protocol, $PacketPrivacy' }
        'Get-CimSession' { '$ComputerName' }
        'Remove-CimSession' { '[Parameter(ValueFromPipeline)] $CimSession' }
        'Get-WinEvent' { '$ComputerName, $ListProvider, $ListLog, $FilterHashtable, $MaxEvents' }
        'New-ScheduledTaskAction' { '$Execute, $Argument' }
        'New-ScheduledTaskTrigger' { '[switch] $Once, $At, $RepetitionInterval' }
        'New-ScheduledTaskSettingsSet' {
            '$MultipleInstances, [switch] $StartWhenAvailable, $ExecutionTimeLimit'
        }
        'New-ScheduledTaskPrincipal' { '$UserId, $LogonType, $RunLevel' }
        'Get-SmbShare' { '$Name' }
        'New-SmbShare' {
            '$Name, $Path, $FullAccess, $ChangeAccess, $FolderEnumerationMode, $CachingMode, $EncryptData'
        }
        'Register-ScheduledTask' {
            '$TaskName, $TaskPath, $Action, $Trigger, $Settings, $Principal, [switch] $Force'
        }
    }
    Set-Item "function:global:$name" ([scriptblock]::Create(
            "[CmdletBinding()] param($parameters) throw '$name is not mocked'"))
}
foreach ($program in 'wevtutil.exe', 'icacls.exe', 'secedit.exe') {
    Set-Item "function:global:$program" ([scriptblock]::Create("throw '$program is not mocked'"))
}

# Runs a script as a scheduled task does. Its exit code, and what it wrote for people.
function Invoke-Script([string] $Name, [hashtable] $Arguments) {
    $errors = [Console]::Error
    $caught = [IO.StringWriter]::new()
    [Console]::SetError($caught)
    try {
        $shown = & (Join-Path $Scripts $Name) @Arguments 6>&1 | Out-String
    } finally {
        [Console]::SetError($errors)
    }
    [pscustomobject]@{ Code = $LASTEXITCODE; Shown = $shown; Error = $caught.ToString() }
}

function New-CimError([int] $Code) {
    $exception = [Exception]::new('CIM says no')
    $exception.HResult = $Code
    $exception
}
