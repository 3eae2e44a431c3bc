BeforeAll { . "$PSScriptRoot/Windows.ps1" }

Describe 'Export-KeyPacks' {
    BeforeEach {
        $folder = Join-Path $TestDrive ([Guid]::NewGuid())
        New-Item -ItemType Directory $folder | Out-Null
        $pack = [pscustomobject]@{
            KeyPackId = 3; Description = 'C50-10.01-S'; KeyPackType = 4; ProductType = 1
            ProductVersion = 'Windows Server 2019'; ProductVersionID = 6; TotalLicenses = 100
            IssuedLicenses = 60; AvailableLicenses = 40; TypeAndModel = 'RDS Per User CAL'
            ExpirationDate = [datetime]::new(2027, 1, 8, 1, 0, 0, [DateTimeKind]::Utc).ToLocalTime()
            PSComputerName = 'LS1'
        }
        Mock Get-CimInstance { $pack }
    }

    It 'writes dates in ISO form and in UTC, in any culture' -ForEach 'en-US', 'de-DE', 'th-TH', 'ar-SA' {
        $culture = [Threading.Thread]::CurrentThread.CurrentCulture
        [Threading.Thread]::CurrentThread.CurrentCulture = $_
        try {
            (Invoke-Script 'Export-KeyPacks.ps1' @{ Folder = $folder }).Code | Should -Be 0
        } finally {
            [Threading.Thread]::CurrentThread.CurrentCulture = $culture
        }
        $text = Get-Content -Raw (Join-Path $folder 'key_packs.json')
        $text | Should -Match '"ExpirationDate": "2027-01-08T01:00:00\.0000000Z"'
        $text | Should -Match '"generated_at": "20\d\d-\d\d-\d\dT[0-9:.]+Z"'
        $text | Should -Not -Match 'PSComputerName'
    }

    It 'writes a list of one pack, of no pack, and of a pack without an expiry' {
        $pack.ExpirationDate = $null
        Invoke-Script 'Export-KeyPacks.ps1' @{ Folder = $folder } | Out-Null
        $export = Get-Content -Raw (Join-Path $folder 'key_packs.json') | ConvertFrom-Json -NoEnumerate
        , $export.value | Should -BeOfType [array]
        $export.value[0].ExpirationDate | Should -BeNullOrEmpty
        Mock Get-CimInstance { }
        Invoke-Script 'Export-KeyPacks.ps1' @{ Folder = $folder } | Out-Null
        Get-Content -Raw (Join-Path $folder 'key_packs.json') | Should -Match '"value": \[\]'
    }

    It 'says in one line which right is missing, exits 1, and leaves the old file' {
        Set-Content (Join-Path $folder 'key_packs.json') 'old'
        Mock Get-CimInstance { throw (New-CimError 0x80041003) }
        $run = Invoke-Script 'Export-KeyPacks.ps1' @{ Folder = $folder }
        $run.Code | Should -Be 1
        $run.Error | Should -Be ('access to Win32_TSLicenseKeyPack was denied: this needs a local ' +
            "administrator$([Environment]::NewLine)")
        Get-Content (Join-Path $folder 'key_packs.json') | Should -Be 'old'
    }

    It 'tells a missing role from a missing right' {
        Mock Get-CimInstance { throw (New-CimError 0x80041010) }
        (Invoke-Script 'Export-KeyPacks.ps1' @{ Folder = $folder }).Error |
            Should -Match 'the role is not installed'
    }

    It '-Check says what would be exported, and writes nothing' {
        $run = Invoke-Script 'Export-KeyPacks.ps1' @{ Folder = $folder; Check = $true }
        $run.Code | Should -Be 0
        $run.Shown | Should -Match 'ok: key packs: 1 to export'
        $run.Shown | Should -Match 'ok: write access to '
        Get-ChildItem $folder | Should -BeNullOrEmpty
    }

    It '-Check exits 2 if something is missing, and names it' {
        Mock Get-CimInstance { throw (New-CimError 0x80041003) }
        $run = Invoke-Script 'Export-KeyPacks.ps1' @{ Folder = "$folder/none"; Check = $true }
        $run.Code | Should -Be 2
        $run.Shown | Should -Match 'missing: key packs: .* needs a local administrator'
        $run.Shown | Should -Match 'missing: write access to .*none: '
    }
}
