"""Running TotalSegmentator in a process of its own, and what goes in and comes back."""

from __future__ import annotations

import codecs
import json
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liverplan.errors import BackendError, CancelledError
from liverplan.isolated import isolated
from liverplan.volume import Grid, Volume
from liverplan_totalsegmentator import child as child_module
from liverplan_totalsegmentator.settings import Setup

POLL_S = 0.1
KEPT_WORDS = 4000
_STAGE = re.compile(r"STAGE (\S+) (\S+) (.+)")
_PERCENT = re.compile(r"(\d+)%\|")

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Masks on the CT's grid, and what made them.

    ``segments`` holds Couinaud's 1 to 8, ``vessels`` 1; None where its task was not done.
    """

    liver: NDArray[np.bool_]
    lesion: NDArray[np.bool_] | None
    segments: NDArray[np.uint8] | None
    vessels: NDArray[np.uint8] | None
    version: str
    tasks: tuple[str, ...]
    device: str
    weights_sha256: str


def nifti_affine(grid: Grid) -> NDArray[np.float64]:
    """Index (i, j, k) to RAS mm, as NIfTI has it, of a grid that is (k, j, i) to LPS mm."""
    affine = grid.affine[:, [2, 1, 0, 3]].copy()
    affine[:2] *= -1
    return affine


def run_apart(
    volume: Volume, setup: Setup, *, progress: Progress | None, cancel: Event | None
) -> Answer:
    """Run it.

    Raises
    ------
    BackendError, CancelledError
        If it fails in any way, or the user stops it.
    """
    with tempfile.TemporaryDirectory(prefix="liverplan-totalsegmentator-") as place:
        folder = Path(place)
        np.save(folder / "hu.npy", volume.hu.transpose(2, 1, 0))
        np.save(folder / "affine.npy", nifti_affine(volume.grid))
        request = {
            "weights": str(setup.weights),
            "device": setup.device,
            "fast": setup.fast,
            "maps": setup.maps,
        }
        (folder / "request.json").write_text(json.dumps(request), "utf-8")
        _run(folder, setup, progress, cancel)
        about = json.loads((folder / "answer.json").read_text("utf-8"))
        return Answer(
            liver=np.load(folder / "liver.npy").transpose(2, 1, 0),
            lesion=_map(folder / "lesion.npy"),
            segments=_map(folder / "segments.npy"),
            vessels=_map(folder / "vessels.npy"),
            version=about["version"],
            tasks=tuple(about["tasks"]),
            device=about["device"],
            weights_sha256=about["weights_sha256"],
        )


def _map(path: Path) -> NDArray[Any] | None:
    return np.load(path).transpose(2, 1, 0) if path.exists() else None


def _run(folder: Path, setup: Setup, progress: Progress | None, cancel: Event | None) -> None:
    start = f"import runpy; runpy.run_path({child_module.__file__!r}, run_name='__main__')"
    command = isolated(start, str(folder), python=setup.python)
    with subprocess.Popen(  # noqa: S603 - our own script, in the Python that the user names
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # so that its own workers stop with it
    ) as child:
        listener = _Listener(child, progress)
        listener.start()
        try:
            _wait(child, cancel)
        finally:
            _stop(child)
            listener.join()
        if child.returncode != 0:
            raise BackendError(_why(child.returncode, listener.said))


def _wait(child: subprocess.Popen[bytes], cancel: Event | None) -> None:
    while child.poll() is None:
        if cancel is not None and cancel.is_set():
            raise CancelledError("Stopped.")
        try:
            child.wait(POLL_S)
        except subprocess.TimeoutExpired:
            continue


def _stop(child: subprocess.Popen[bytes]) -> None:
    """End the process and every process that it started."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    child.kill()


def _why(status: int, said: str) -> str:
    lines = [line.strip() for line in re.split(r"[\r\n]+", said) if line.strip()]
    last = lines[-1] if lines else "it said nothing"
    if status == child_module.REFUSED:
        return f"TotalSegmentator failed: {last}"
    return f"TotalSegmentator stopped with status {status}: {last.rstrip('.')}."


class _Listener(Thread):
    """Reads what the process says: stages, progress bars, and its last words."""

    def __init__(self, child: subprocess.Popen[bytes], progress: Progress | None) -> None:
        super().__init__(daemon=True)
        self.said = ""
        self._child = child
        self._progress = progress
        self._stage = (0.0, 0.05, "starting")

    def run(self) -> None:
        """Read to the end."""
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        pipe = self._child.stdout
        while pipe is not None and (chunk := os.read(pipe.fileno(), 4096)):
            self.said = (self.said + decode(chunk))[-KEPT_WORDS:]
            self._tell()

    def _tell(self) -> None:
        share = 0.0
        if stages := list(_STAGE.finditer(self.said)):
            start, stop, words = stages[-1].groups()
            self._stage = (float(start), float(stop), words)
            bars = _PERCENT.findall(self.said[stages[-1].end() :])
            share = int(bars[-1]) / 100 if bars else 0.0
        if self._progress is not None:
            start_, stop_, words_ = self._stage
            self._progress(start_ + share * (stop_ - start_), f"TotalSegmentator: {words_}")
