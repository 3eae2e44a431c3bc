BeforeAll {
    . "$PSScriptRoot/Windows.ps1"
    . (Join-Path $Scripts 'AtomicFile.ps1')
}

Describe 'a file that is replaced' {
    It 'has the new text, in UTF-8 without a byte order mark' {
        $file = Join-Path $TestDrive 'a.json'
        Write-AtomicText $file 'old'
        Write-AtomicText $file 'Größe'
        [IO.File]::ReadAllBytes($file) | Should -Be ([Text.Encoding]::UTF8.GetBytes('Größe'))
        Get-ChildItem $TestDrive | Should -HaveCount 1
    }

    It 'is left as it was if the new one cannot be written' {
        $file = Join-Path $TestDrive 'b.json'
        Write-AtomicText $file 'old'
        Mock Move-AtomicFile { throw 'the file is in use' }
        { Write-AtomicText $file 'new' } | Should -Throw 'the file is in use'
        Get-Content $file | Should -Be 'old'
        Test-Path "$file.new" | Should -BeFalse
    }
}
