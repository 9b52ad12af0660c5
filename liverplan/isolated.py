"""Children in Python that run our question and nothing that lies in the current folder.

Without ``-I`` a child that is asked a question looks for every module in the current folder first:
a ``ctypes.py`` beside a patient's CT would be run. What the user put on ``PYTHONPATH`` by its whole
path is handed on; a relative or empty entry there means the current folder and is not.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SAFE = "PYTHONSAFEPATH"


def isolated(question: str, *arguments: str, python: str = sys.executable) -> list[str]:
    """Return the command that asks a child.

    Parameters
    ----------
    question : str
        Python source.
    *arguments : str
        What the child finds in ``sys.argv[1:]``.
    python : str
        The interpreter.
    """
    start = f"import sys; sys.path[:0] = {_places()!r}"
    return [python, "-I", "-c", f"{start}\n{question}", *arguments]


def _places() -> list[str]:
    entries = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return [entry for entry in entries if Path(entry).is_absolute()]


@contextmanager
def current_folder_left_out() -> Iterator[None]:
    """Let no child that a library starts meanwhile look for modules in the current folder."""
    before = os.environ.get(SAFE)
    os.environ[SAFE] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[SAFE]
        else:
            os.environ[SAFE] = before
