"""The desktop application: napari for the slices, VTK for the 3D view, one session of truth.

The only room that imports Qt, napari and VTK. `run` opens the window.
"""

from __future__ import annotations

import gc
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from liverplan.errors import BackendError

if TYPE_CHECKING:
    from liverplan.app.shell.application import Application

__all__ = ["run"]


def run(path: Path | None = None) -> int:
    """Open the application, with a case or a CT if a path is given; return the exit status.

    Raises
    ------
    BackendError
        If no screen answers, or there is no OpenGL; the message says what to set or install.
    """
    require_screen()
    os.environ.setdefault("QT_API", "pyside6")
    from liverplan.app.kit.language import speak  # noqa: PLC0415 - only with a screen
    from liverplan.app.shell.home import default_home  # noqa: PLC0415
    from liverplan.app.shell.screen import splash  # noqa: PLC0415
    from liverplan.app.shell.speaking import first_language  # noqa: PLC0415

    speak(first_language(default_home()))
    with splash():
        application = _made()
        application.show()
    if path is not None:
        application.open.opening.open_path(path)
    run_until_closed(application)
    return 0


def run_until_closed(application: Application) -> None:
    """Run until the window is closed for good; one that is to be made anew is."""
    from liverplan.app.shell import loop  # noqa: PLC0415 - only with a screen
    from liverplan.app.shell.faults import catch_faults  # noqa: PLC0415
    from liverplan.app.shell.succession import succeed  # noqa: PLC0415

    while True:
        catch_faults(application.context)
        gc.freeze()  # what stands by now stays: a collection need not look at it while one drags
        loop.run_event_loop()
        gc.unfreeze()
        if application.again is None:
            return
        application = succeed(application)


def _made() -> Application:
    """Return the application, not shown yet, once children have answered what crashes who asks."""
    from liverplan.app.shell.probe import (  # noqa: PLC0415 - only with a screen
        require_opengl,
        require_sound_qt,
    )

    require_sound_qt()
    with ThreadPoolExecutor() as children:
        answer = children.submit(require_opengl)
        try:  # all of napari and VTK, meanwhile
            from liverplan.app.shell.application import Application  # noqa: PLC0415

        finally:
            answer.result()  # it says why something could not be loaded
    return Application()


def require_screen() -> None:
    """Refuse in words where a window cannot open."""
    if sys.platform != "linux":
        return
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise BackendError(
            "The app needs a screen and there is none (DISPLAY is not set); on a server, run it "
            'as: xvfb-run -a -s "-screen 0 1600x1000x24" liverplan app'
        )
