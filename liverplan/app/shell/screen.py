"""Whether Qt can open a window here, asked of a child process: Qt itself aborts where it cannot.

The child's own window is what is seen until the application's is there.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Timer

from liverplan import NOTICE, __version__
from liverplan.app.kit.language import tr
from liverplan.errors import BackendError

DEBIAN = (
    "sudo apt-get install libgl1 libegl1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 "
    "libxcb-keysyms1 libxcb-shape0"
)

SPLASH = Path(__file__).with_name("splash.py")

PATIENCE_SECONDS = 60


@contextmanager
def splash() -> Iterator[None]:
    """Show that the application starts, while its window is made.

    Raises
    ------
    BackendError
        With what the environment names and does not answer, or with what lacks.
    """
    with begin() as child:
        try:
            _require_opened(child)
            yield
        finally:
            begin.cache_clear()
            child.terminate()


def texts() -> tuple[str, str, str]:
    """Return the lines that are shown, in the window's language."""
    return f"liverplan {__version__}", tr("Starting …"), tr(NOTICE)


@cache
def begin() -> subprocess.Popen[str]:
    """Start what is seen, if a program has not done so before it knew what it would be asked."""
    return subprocess.Popen(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-I", str(SPLASH), *texts()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )


def _require_opened(child: subprocess.Popen[str]) -> None:
    patience = Timer(PATIENCE_SECONDS, child.kill)
    patience.start()
    said = child.stdout.readline() if child.stdout else ""
    late = patience.finished.is_set()
    patience.cancel()
    if late:
        raise BackendError(f"The app cannot open a window: {_named()} does not answer.")
    if "opened" not in said:
        raise BackendError(f"The app cannot open a window: {_reason(child.communicate()[1])}")


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
