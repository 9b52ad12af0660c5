"""Talking HTTP to the server: an array or a few numbers go, a mask comes back.

The server is SlicerNNInteractive's: arrays travel as NumPy files, masks come back as one bit a
voxel, and it knows one image and one object at a time.
"""

from __future__ import annotations

import gzip
import io
import queue
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import numpy as np
import requests
from numpy.typing import NDArray

from liverplan.errors import BackendError, CancelledError

CONNECT_WITHIN_S = 5.0
POLL_S = 0.1
KEPT_WORDS = 200


class Server:
    """One nnInteractive server; made without contacting it."""

    def __init__(self, url: str, *, timeout_s: float, cancel: Event | None = None) -> None:
        self._url = url
        self._timeout_s = timeout_s
        self._cancel = cancel
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy, no netrc: the CT goes to this address only

    def upload_image(self, values: NDArray[Any]) -> None:
        """Send the image; the server forgets every earlier one."""
        self._post("upload_image", files={"file": ("image.npy", _npy(values))})

    def start_over(self, shape: tuple[int, ...]) -> None:
        """Forget the object that was outlined, keep the image."""
        nothing = gzip.compress(_npy(np.zeros(shape, np.uint8)), compresslevel=1)
        self._post("upload_segment", files={"file": ("segment.npy.gz", nothing)})

    def click(self, index: list[int], *, inside: bool) -> bytes:
        """Send a click at a voxel (k, j, i); return the packed mask."""
        body = {"voxel_coord": index, "positive_click": inside}
        return self._post("add_point_interaction", json=body)

    def box(self, low: list[int], high: list[int], *, inside: bool) -> bytes:
        """Send a box, ``low`` to before ``high`` along (k, j, i); return the packed mask."""
        body = {"outer_point_one": low, "outer_point_two": high, "positive_click": inside}
        return self._post("add_bbox_interaction", json=body)

    def stroke(self, mask: NDArray[np.uint8], *, inside: bool) -> bytes:
        """Send the voxels of a stroke; return the packed mask."""
        packed = gzip.compress(_npy(mask), compresslevel=1)
        return self._post(
            "add_scribble_interaction",
            files={"file": ("stroke.npy.gz", packed)},
            data={"positive_click": "true" if inside else "false"},
        )

    def _post(self, path: str, **content: Any) -> bytes:  # noqa: ANN401 - requests' own
        def ask() -> requests.Response:
            return self._session.post(
                f"{self._url}/{path}",
                timeout=(CONNECT_WITHIN_S, self._timeout_s),
                allow_redirects=False,
                **content,
            )

        try:
            answer = _stoppable(ask, self._cancel)
        except requests.Timeout as error:
            raise BackendError(
                f"The nnInteractive server at {self._url} did not answer {path} in time."
            ) from error
        except requests.RequestException as error:
            raise BackendError(f"No nnInteractive server answers at {self._url}.") from error
        return self._checked(answer, path)

    def _checked(self, answer: requests.Response, path: str) -> bytes:
        kind = answer.headers.get("Content-Type", "")
        said = " ".join(answer.text[:KEPT_WORDS].split()) if "octet" not in kind else ""
        if answer.status_code == 404:
            raise BackendError(
                f"What answers at {self._url} is no nnInteractive server (it knows no {path})."
            )
        refused = '"error"' in said  # it answers a refusal with status 200
        if answer.status_code != 200 or refused:
            raise BackendError(
                f"The nnInteractive server at {self._url} refused {path} "
                f"(status {answer.status_code}): {said or 'it said nothing'}."
            )
        return answer.content


def _npy(values: NDArray[Any]) -> bytes:
    file = io.BytesIO()
    np.save(file, np.ascontiguousarray(values), allow_pickle=False)
    return file.getvalue()


def _stoppable(ask: Callable[[], requests.Response], cancel: Event | None) -> requests.Response:
    """Wait for an answer, but no longer than until the user stops."""
    if cancel is None:
        return ask()
    answers: queue.SimpleQueue[requests.Response | Exception] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put(ask())
        except Exception as error:  # noqa: BLE001 - raised again where the user waits
            answers.put(error)

    Thread(target=work, daemon=True).start()
    while True:
        if cancel.is_set():
            raise CancelledError("Stopped.")
        try:
            answer = answers.get(timeout=POLL_S)
        except queue.Empty:
            continue
        if isinstance(answer, Exception):
            raise answer
        return answer
