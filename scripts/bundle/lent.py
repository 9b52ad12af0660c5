"""What a bundle on Linux lends to a system that lacks it: OpenGL in software, and fonts.

A system's own OpenGL is used where there is one, as only it knows the graphics card. Elsewhere the
program starts itself anew with the folder ``lent`` on the loader's path, which is read at a start.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import sys
from pathlib import Path

NEEDED = ("libGL.so.1", "libEGL.so.1", "libxcb.so.1", "libstdc++.so.6")
SYSTEM_FONTS = Path("/etc/fonts/fonts.conf")
PATH = "LD_LIBRARY_PATH"


def lend() -> None:
    """Put what the system lacks in its place; what this program starts gets the system's own."""
    inside = Path(getattr(sys, "_MEIPASS", ""))
    lent = inside / "lent"
    if sys.platform != "linux" or not lent.is_dir():
        return
    if not SYSTEM_FONTS.is_file():
        os.environ.setdefault("FONTCONFIG_FILE", str(lent / "fonts.conf"))
    entries = os.environ.get(PATH, "").split(os.pathsep)
    if str(lent) not in entries and not all(map(_opens, NEEDED)):
        os.environ[PATH] = os.pathsep.join([str(inside), str(lent), *entries])
        os.environ["LIBGL_DRIVERS_PATH"] = str(lent / "dri")
        os.environ["LIBGL_ALWAYS_SOFTWARE"] = "1"
        os.environ["__EGL_VENDOR_LIBRARY_DIRS"] = str(lent)
        os.execv(sys.executable, [sys.executable, *sys.argv[1:]])  # noqa: S606 - itself
    find_own_libraries([inside, *([lent] if str(lent) in entries else [])])
    own = [entry for entry in entries if entry and not Path(entry).is_relative_to(inside)]
    os.environ.pop(f"{PATH}_ORIG", None)
    os.environ.pop(PATH, None)
    if own:
        os.environ[PATH] = os.pathsep.join(own)


def find_own_libraries(places: list[Path]) -> None:
    """Let a library that is sought by name be found here before the system is asked."""
    of_the_system = ctypes.util.find_library

    def found(name: str) -> str | None:
        own = (file for place in places for file in sorted(place.glob(f"lib{name}.so*")))
        return next(map(str, own), None) or of_the_system(name)

    ctypes.util.find_library = found


def _opens(file: str) -> bool:
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True
