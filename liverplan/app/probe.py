"""Whether OpenGL works here, asked of a child process: a missing library may crash it."""

from __future__ import annotations

import subprocess
import sys

from liverplan.app import DEBIAN
from liverplan.errors import BackendError

QUESTION = """
from vtkmodules.vtkRenderingCore import vtkRenderWindow
import vtkmodules.vtkRenderingOpenGL2
window = vtkRenderWindow()
window.SetOffScreenRendering(1)
window.SetSize(8, 8)
window.Render()
print("drawn" if window.SupportsOpenGL() else "no")
"""


def require_opengl() -> None:
    """Refuse in words where 3D cannot be drawn.

    Raises
    ------
    BackendError
        With the line that installs what is missing.
    """
    try:
        answer = subprocess.run(  # noqa: S603 - our own interpreter and question
            [sys.executable, "-c", QUESTION],
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
