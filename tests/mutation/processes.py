"""Children that are forked: each starts from what its parent has loaded, and may break it."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

HEAVY = (
    "numpy", "scipy.ndimage", "scipy.optimize", "scipy.stats", "scipy.spatial",
    "scipy.interpolate", "scipy.special", "scipy.sparse", "numba", "SimpleITK", "pydicom", "cc3d",
    "edt", "skimage.measure", "hypothesis", "typer", "jinja2", "matplotlib.figure", "pytest",
    "cryptography.hazmat.primitives.asymmetric.ed25519", "_pytest.assertion.rewrite",
)  # fmt: skip


def load_what_is_heavy() -> None:
    """Import once, before any child is forked, what is of others."""
    for name in HEAVY:
        with suppress(ImportError):
            importlib.import_module(name)


def start_in(root: Path) -> None:
    """Begin in a checkout, with nothing of any checkout loaded."""
    for name in [m for m in sys.modules if m.partition(".")[0] in {"liverplan", "tests"}]:
        del sys.modules[name]
    os.chdir(root)
    sys.path.insert(0, str(root))


def forked(work: Callable[[Callable[[str], None]], int], limit_s: float) -> tuple[int, str]:
    """Do work in a silent child; return its status, not 0 where it ran too long, and what it said.

    ``work`` gets a function by which it says something to its parent.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        signal.setitimer(signal.ITIMER_REAL, limit_s)  # its alarm ends the child
        status = 70
        try:
            silent = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silent, 1)
            os.dup2(silent, 2)
            status = int(work(lambda text: _write(writing, text)))
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text


def _write(pipe: int, text: str) -> None:
    data = text.encode()
    while data:
        data = data[os.write(pipe, data) :]
