"""The log of a run, for who looks for a fault: what was done, when and where in the program.

No patient data: what is logged is written here and there in the program as words and numbers. Of
an error its kind and the lines of the program are kept, never its sentence, which may name a
patient or a file. What other libraries log is not taken.
"""

from __future__ import annotations

import logging
import platform
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from liverplan import __version__

LINE = "%(asctime)sZ %(levelname)s %(name)s: %(message)s"
_ROOT = logging.getLogger("liverplan")


def start(file: Path | None, *, verbose: bool) -> None:
    """Log to the end of a file, or where there is none to stderr if verbose; `stop` ends it.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    stop()
    handler: logging.Handler
    if file is not None:
        handler = logging.FileHandler(file, encoding="utf-8")
    elif verbose:
        handler = logging.StreamHandler(sys.stderr)
    else:
        return
    form = logging.Formatter(LINE, "%Y-%m-%dT%H:%M:%S")
    form.converter = time.gmtime
    handler.setFormatter(form)
    _ROOT.addHandler(handler)
    _ROOT.setLevel(logging.DEBUG if verbose else logging.INFO)
    _ROOT.info("liverplan %s, Python %s, %s", __version__, platform.python_version(), sys.platform)


def stop() -> None:
    """Log no longer."""
    for handler in [*_ROOT.handlers]:
        _ROOT.removeHandler(handler)
        handler.close()
    _ROOT.setLevel(logging.NOTSET)


def keep(error: BaseException, *, level: int = logging.ERROR) -> None:
    """Log an error, if there is a log: kinds and places of it and its causes, without words."""
    if _ROOT.handlers:  # without any, logging itself would write it to stderr
        _ROOT.log(level, "%s", "\n".join(_told(error)))


def place_of(error: BaseException) -> str:
    """Return the kind of an error and the line of the program where it arose."""
    *_, last = _frames(error) or ["no line"]
    return f"{type(error).__name__} at {last.strip()}"


def _told(error: BaseException) -> Iterator[str]:
    yield type(error).__name__
    yield from _frames(error)
    if cause := error.__cause__ or error.__context__:
        yield "because of:"
        yield from _told(cause)


def _frames(error: BaseException) -> list[str]:
    """Return the lines of the program that an error passed, each with its file's last two names."""
    return [
        f"  {'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
