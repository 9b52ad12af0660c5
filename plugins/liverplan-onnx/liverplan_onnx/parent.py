"""Running the network in a process of its own: a crash or a stop there never reaches the app."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import numpy as np
from numpy.typing import NDArray

from liverplan.errors import BackendError, CancelledError
from liverplan.isolated import isolated
from liverplan.volume import Volume
from liverplan_onnx.description import Network

POLL_S = 0.1
CHILD = "import runpy; runpy.run_module('liverplan_onnx.child', run_name='__main__')"


def run_apart(
    volume: Volume,
    network: Network,
    *,
    progress: Callable[[float, str], None] | None,
    cancel: Event | None,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the masks of liver and lesions on the CT's grid.

    Raises
    ------
    BackendError, CancelledError
        If the process fails, or the user stops it.
    """
    with tempfile.TemporaryDirectory(prefix="liverplan-onnx-") as place:
        folder = Path(place)
        np.save(folder / "hu.npy", volume.hu)
        np.save(folder / "affine.npy", volume.grid.affine)
        (folder / "description.txt").write_text(str(network.source), "utf-8")
        _run(folder, network, progress, cancel)
        return np.load(folder / "liver.npy"), np.load(folder / "lesion.npy")


def _run(
    folder: Path,
    network: Network,
    progress: Callable[[float, str], None] | None,
    cancel: Event | None,
) -> None:
    command = isolated(CHILD, str(folder))
    with (
        (folder / "stderr").open("w+", encoding="utf-8") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as child,  # noqa: S603 - our own module
    ):
        listener = Thread(target=_listen, args=(child, network, progress), daemon=True)
        listener.start()
        try:
            _wait(child, cancel)
        finally:
            child.kill()
            listener.join()
        if child.returncode != 0:
            errors.seek(0)
            raise BackendError(_why(errors.read(), network, child.returncode))


def _wait(child: subprocess.Popen[str], cancel: Event | None) -> None:
    while child.poll() is None:
        if cancel is not None and cancel.wait(POLL_S):
            raise CancelledError("Stopped.")
        try:
            child.wait(POLL_S)
        except subprocess.TimeoutExpired:
            continue


def _listen(
    child: subprocess.Popen[str],
    network: Network,
    progress: Callable[[float, str], None] | None,
) -> None:
    for line in child.stdout or ():
        if progress is not None:
            progress(float(line), f"Running {network.name}")


def _why(said: str, network: Network, status: int) -> str:
    lines = [line for line in said.strip().splitlines() if line.strip()]
    if status == 1 and len(lines) == 1:
        return lines[0]
    return f"The network {network.name} stopped with status {status}: {lines[-1:] or 'no word'}."
