# The start menu's entry for this folder's liverplan: .\install.ps1, .\install.ps1 -Remove
# Nothing is copied: keep the folder where it lies, or run it again after moving it.
param([switch]$Remove)
$ErrorActionPreference = "Stop"
$link = Join-Path ([Environment]::GetFolderPath("Programs")) "liverplan.lnk"
if ($Remove) {
    Remove-Item -Force -ErrorAction SilentlyContinue $link
    Write-Output "The entry is gone; delete $PSScriptRoot to remove the rest."
    exit 0
}
$entry = (New-Object -ComObject WScript.Shell).CreateShortcut($link)
$entry.TargetPath = Join-Path $PSScriptRoot "liverplan-app.exe"
$entry.WorkingDirectory = [Environment]::GetFolderPath("MyDocuments")
$entry.Description = "Liver resection planning: CT to functional liver remnant"
$entry.Save()
Write-Output "liverplan stands in the start menu."
