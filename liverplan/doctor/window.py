"""What the desktop application's window needs of the system."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator

from liverplan.doctor.check import Check
from liverplan.isolated import isolated

SYSTEM_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
"""What the window needs of a Linux system, and Debian's packages."""

DRAWS = """
from vtkmodules.vtkRenderingCore import vtkRenderWindow
import vtkmodules.vtkRenderingOpenGL2
window = vtkRenderWindow()
window.SetOffScreenRendering(1)
window.SetSize(8, 8)
window.Render()
print("drawn" if window.SupportsOpenGL() else "no")
"""


def drawing() -> Iterator[Check]:
    """Whether a window could open and draw, without opening one."""
    if sys.platform == "linux":
        lacking = [package for file, package in SYSTEM_LIBRARIES.items() if not _opens(file)]
        yield Check(
            name="system libraries of the window",
            state="lacks" if lacking else "works",
            finding=", ".join(lacking) if lacking else "everything is installed",
            mend=f"sudo apt-get install {' '.join(lacking)}" if lacking else "",
        )
        shown = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        yield Check(
            name="screen",
            state="works" if shown else "lacks",
            finding=shown or "neither DISPLAY nor WAYLAND_DISPLAY is set",
            mend="" if shown else 'xvfb-run -a -s "-screen 0 1600x1000x24" liverplan app',
        )
    drawn = _answers(DRAWS) == "drawn"
    yield Check(
        name="OpenGL",
        state="works" if drawn else "lacks",
        finding="a picture was drawn" if drawn else "nothing could be drawn",
        mend="" if drawn else "sudo apt-get install libgl1 libegl1 libgl1-mesa-dri",
    )


def _opens(file: str) -> bool:
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True


def _answers(question: str) -> str:
    """Ask a child process, which may crash."""
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and question
            isolated(question),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
