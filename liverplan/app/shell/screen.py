"""Whether Qt can open a window here, asked of a child process: Qt itself aborts where it cannot."""

from __future__ import annotations

import os
import re
import subprocess

from liverplan.app.shell.probe import DEBIAN
from liverplan.errors import BackendError
from liverplan.isolated import isolated

QUESTION = """
from PySide6.QtGui import QGuiApplication
QGuiApplication([])
print("opened")
"""
PATIENCE_SECONDS = 60


def require_window() -> None:
    """Refuse in words where a window cannot open.

    Raises
    ------
    BackendError
        With what the environment names and does not answer, or with what lacks.
    """
    try:
        answer = subprocess.run(  # noqa: S603 - our own interpreter and question
            isolated(QUESTION),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BackendError(f"The app cannot open a window: {_named()} does not answer.") from None
    except OSError:
        return
    if "opened" not in answer.stdout:
        raise BackendError(f"The app cannot open a window: {_reason(answer.stderr)}")


def _reason(said: str) -> str:
    """Say in our words what Qt says."""
    unknown = re.search(r'Could not find the Qt platform plugin "([^"]{0,40})"', said)
    if unknown and os.environ.get("QT_QPA_PLATFORM"):
        return f"QT_QPA_PLATFORM names {unknown[1]!r}, which Qt does not have; unset it."
    if "uthorization" in said:
        return (
            f"the screen that {_named()} names does not let you in; check XAUTHORITY, or log in "
            "as the screen's owner."
        )
    if "could not connect to display" in said or "Failed to create wl_display" in said:
        return (
            f"no screen answers where {_named()} points; on a server, run it as: "
            'xvfb-run -a -s "-screen 0 1600x1000x24" liverplan app'
        )
    return f"Qt lacks a library of the system. On Debian or Ubuntu: {DEBIAN}"


def _named() -> str:
    """Name the screens that the environment names."""
    names = ("DISPLAY", "WAYLAND_DISPLAY")
    return " and ".join(f"{n}={os.environ[n][:60]}" for n in names if os.environ.get(n))
