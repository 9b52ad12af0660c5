#!/bin/sh
# The start menu's entry for this folder's liverplan, and the command: ./install, ./install --remove.
# Nothing is copied: keep the folder where it lies, or run it again after moving it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
if [ "$(id -u)" -eq 0 ]; then data=/usr/local/share bin=/usr/local/bin; else bin=$HOME/.local/bin; fi
entry=$data/applications/liverplan.desktop
icon=$data/icons/hicolor/scalable/apps/liverplan.svg

if [ "${1:-}" = --remove ]; then
  rm -f "$entry" "$icon" "$bin/liverplan"
  printf 'The entry and the command are gone; delete %s to remove the rest.\n' "$here"
  exit 0
fi
mkdir -p "$(dirname "$entry")" "$(dirname "$icon")" "$bin"
cp "$here/liverplan.svg" "$icon"
cat > "$entry" <<END
[Desktop Entry]
Type=Application
Name=liverplan
Comment=Liver resection planning: CT to functional liver remnant
Comment[sv]=Planering av leverresektion: från CT till fungerande leverrest
Exec="$here/liverplan-app" %f
Icon=liverplan
Terminal=false
Categories=Science;MedicalSoftware;
MimeType=application/dicom;application/zip;inode/directory;
END
ln -sf "$here/liverplan" "$bin/liverplan"
command -v update-desktop-database >/dev/null 2>&1 && update-desktop-database -q "$data/applications" || true
printf 'liverplan stands in the start menu, and the command is %s.\n' "$bin/liverplan"
