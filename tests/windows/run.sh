#!/bin/bash
# run.sh BUILD: runs the scripts of config/windows in PowerShell, with stand-ins for Windows. PowerShell and
# Pester are downloaded to BUILD once. Needs dotnet.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
build=$(realpath -m "$1")
powershell=7.6.9
pester=6.2.0
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off

mkdir -p "$build"
[ -x "$build/powershell-$powershell/pwsh" ] ||
  dotnet tool install PowerShell --version $powershell --tool-path "$build/powershell-$powershell"
if [ ! -d "$build/pester/pester/$pester" ]; then
  cat >"$build/pester.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageDownload Include="Pester" Version="[$pester]" /></ItemGroup>
</Project>
XML
  dotnet restore "$build/pester.csproj" --packages "$build/pester"
fi
"$build/powershell-$powershell/pwsh" -NoProfile -NonInteractive -File "$here/run.ps1" \
  "$build/pester/pester/$pester/tools/Pester.psd1"
