"""Whether OpenGL works here, asked of a child process: a missing library may crash it."""

from __future__ import annotations

import subprocess
import sys

import PySide6
from PySide6.QtCore import QTimer

from liverplan import installed
from liverplan.app.shell.screen import DEBIAN
from liverplan.errors import BackendError
from liverplan.isolated import isolated

QUESTION = """
from vtkmodules.vtkRenderingCore import vtkRenderWindow
import vtkmodules.vtkRenderingOpenGL2
window = vtkRenderWindow()
window.SetOffScreenRendering(1)
window.SetSize(8, 8)
window.Render()
print("drawn" if window.SupportsOpenGL() else "no")
"""


def require_sound_qt() -> None:
    """Refuse a PySide6 that miscounts ``None`` and so crashes Python 3.11 after some minutes.

    Raises
    ------
    BackendError
        With the line that installs a sound one.
    """
    timer = QTimer()
    before = sys.getrefcount(None)
    for _ in range(200):
        timer.setInterval(1)
    if before - sys.getrefcount(None) > 100:
        raise BackendError(
            f"PySide6 {PySide6.__version__} crashes Python {sys.version_info.major}."
            f"{sys.version_info.minor} after a while; install another with: "
            + installed.adding("PySide6-Essentials<6.12", "shiboken6<6.12")
        )


def require_opengl() -> None:
    """Refuse in words where 3D cannot be drawn.

    Raises
    ------
    BackendError
        With the line that installs what is missing.
    """
    try:
        answer = subprocess.run(  # noqa: S603 - our own interpreter and question
            isolated(QUESTION),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return
    if "drawn" not in answer.stdout:
        raise BackendError(
            f"OpenGL does not work here, so nothing can be drawn. On Debian or Ubuntu: {DEBIAN}; "
            "elsewhere install the graphics driver."
        )
