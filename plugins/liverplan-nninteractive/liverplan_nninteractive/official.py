"""nnInteractive's own server, by the client that its authors publish."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx
import numpy as np
from nnInteractive.inference.remote import (  # type: ignore[import-untyped]
    ServerAtCapacityError,
    SessionExpiredError,
    nnInteractiveRemoteInferenceSession,
)
from numpy.typing import NDArray

from liverplan.errors import BackendError
from liverplan_nninteractive.settings import KEY, Settings
from liverplan_nninteractive.waiting import Stop, stoppable

CONNECT_WITHIN_S = 5.0

Mask = NDArray[np.bool_]
T = TypeVar("T")


class OfficialServer:
    """A place on the server, held until it is closed.

    Raises
    ------
    BackendError
        If the server is full, or wants another key.
    """

    ours = True

    def __init__(self, settings: Settings, *, cancel: Stop | None = None) -> None:
        self._url, self._cancel = settings.url, cancel
        self._mask = np.zeros((0, 0, 0), np.uint8)
        self._session = self._ask(lambda: _claim(settings), "a place")

    def upload_image(self, values: NDArray[Any]) -> None:
        """Send the image."""
        image = np.ascontiguousarray(values, dtype=np.float32)[None]
        self._mask = np.zeros(values.shape, np.uint8)
        self._ask(lambda: self._session.set_image(image), "the CT")
        self._ask(lambda: self._session.set_target_buffer(self._mask), "the CT")

    def start_over(self) -> None:
        """Forget the object that was outlined, keep the image."""
        self._ask(self._session.reset_interactions, "a new object")

    def click(self, index: list[int], *, inside: bool) -> Mask:
        """Send a click at a voxel (k, j, i); return the mask."""
        return self._say(lambda: self._session.add_point_interaction(index, inside), "a click")

    def box(self, low: list[int], high: list[int], *, inside: bool) -> Mask:
        """Send a box, ``low`` to before ``high`` along (k, j, i); return the mask."""
        sides = [list(side) for side in zip(low, high, strict=True)]
        return self._say(lambda: self._session.add_bbox_interaction(sides, inside), "a box")

    def stroke(self, drawn: NDArray[np.uint8], *, inside: bool) -> Mask:
        """Send the voxels of a stroke; return the mask."""
        return self._say(lambda: self._session.add_scribble_interaction(drawn, inside), "a stroke")

    def close(self) -> None:
        """Give the place back; the server forgets the image."""
        self._session.close()

    def _say(self, prompt: Callable[[], object], what: str) -> Mask:
        self._ask(prompt, what)
        return np.not_equal(self._mask, 0)

    def _ask(self, ask: Callable[[], T], what: str) -> T:
        try:
            return stoppable(ask, self._cancel)
        except ServerAtCapacityError as error:
            raise BackendError(f"The nnInteractive server at {self._url} is full.") from error
        except SessionExpiredError as error:
            raise BackendError(
                f"The nnInteractive server at {self._url} has given the place away; start again."
            ) from error
        except httpx.TimeoutException as error:
            raise BackendError(
                f"The nnInteractive server at {self._url} did not answer {what} in time."
            ) from error
        except httpx.HTTPStatusError as error:
            raise BackendError(
                f"The nnInteractive server at {self._url} refused {what} "
                f"(status {error.response.status_code})."
            ) from error
        except httpx.HTTPError as error:
            raise BackendError(f"No nnInteractive server answers at {self._url}.") from error


class _Session(nnInteractiveRemoteInferenceSession):  # type: ignore[misc]  # it has no types
    """The client's session, which closes its connection where it gets no place."""

    def __init__(self, settings: Settings) -> None:
        try:
            super().__init__(
                settings.url,
                api_key=os.environ.get(KEY),
                connect_timeout=CONNECT_WITHIN_S,
                read_timeout=settings.timeout_s,
            )
        except Exception:
            self._http.close()
            raise


def _claim(settings: Settings) -> _Session:
    with _no_proxies():
        return _Session(settings)


@contextmanager
def _no_proxies() -> Iterator[None]:
    """Let the client be made without proxies: it reads them from the environment."""
    before = {name: os.environ.get(name) for name in ("NO_PROXY", "no_proxy")}
    os.environ.update(dict.fromkeys(before, "*"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
