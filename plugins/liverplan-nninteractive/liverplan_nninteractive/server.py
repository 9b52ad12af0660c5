"""The two servers that there are, and which of them answers at an address."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import requests
from numpy.typing import NDArray

from liverplan_nninteractive.official import OfficialServer
from liverplan_nninteractive.settings import Settings
from liverplan_nninteractive.slicer import CONNECT_WITHIN_S, SlicerServer
from liverplan_nninteractive.waiting import Stop, stoppable

Mask = NDArray[np.bool_]


class Server(Protocol):
    """What both can do; indices are (k, j, i), masks lie on the image.

    Attributes
    ----------
    ours : bool
        Whether nobody else's image can take the place of the one that was sent.
    """

    ours: bool

    def upload_image(self, values: NDArray[Any]) -> None:
        """Send the image."""
        ...

    def start_over(self) -> None:
        """Forget the object that was outlined, keep the image."""
        ...

    def click(self, index: list[int], *, inside: bool) -> Mask:
        """Send a click; return the mask."""
        ...

    def box(self, low: list[int], high: list[int], *, inside: bool) -> Mask:
        """Send a box, ``low`` to before ``high``; return the mask."""
        ...

    def stroke(self, drawn: NDArray[np.uint8], *, inside: bool) -> Mask:
        """Send the voxels of a stroke; return the mask."""
        ...

    def close(self) -> None:
        """Say goodbye."""
        ...


def open_server(settings: Settings, cancel: Stop | None) -> Server:
    """Ask the address which server it is: only nnInteractive's own one tells its health.

    Raises
    ------
    BackendError
        If it is nnInteractive's own and does not let us in.
    """
    if stoppable(lambda: _tells_its_health(settings.url), cancel):
        return OfficialServer(settings, cancel=cancel)
    return SlicerServer(settings.url, timeout_s=settings.timeout_s, cancel=cancel)


def _tells_its_health(url: str) -> bool:
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.get(f"{url}/healthz", timeout=CONNECT_WITHIN_S, allow_redirects=False)
            return answer.status_code == 200 and answer.json() == {"ok": True}
        except (requests.RequestException, ValueError):
            return False  # the first prompt says in words why nobody answers
