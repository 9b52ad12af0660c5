"""SlicerNNInteractive's server: arrays travel as NumPy files, masks come back as bits.

It knows one image and one object at a time.
"""

from __future__ import annotations

import gzip
import io
from typing import Any

import numpy as np
import requests
from numpy.typing import NDArray

from liverplan.errors import BackendError
from liverplan_nninteractive.waiting import Stop, stoppable

CONNECT_WITHIN_S = 5.0
KEPT_WORDS = 200

Mask = NDArray[np.bool_]


class SlicerServer:
    """A conversation with it; made without contacting it."""

    ours = False

    def __init__(self, url: str, *, timeout_s: float, cancel: Stop | None = None) -> None:
        self._url = url
        self._timeout_s = timeout_s
        self._cancel = cancel
        self._shape: tuple[int, ...] = ()
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy, no netrc: the CT goes to this address only

    def upload_image(self, values: NDArray[Any]) -> None:
        """Send the image; the server forgets every earlier one."""
        self._shape = values.shape
        self._post("upload_image", files={"file": ("image.npy", _npy(values))})

    def start_over(self) -> None:
        """Forget the object that was outlined, keep the image."""
        nothing = gzip.compress(_npy(np.zeros(self._shape, np.uint8)), compresslevel=1)
        self._post("upload_segment", files={"file": ("segment.npy.gz", nothing)})

    def click(self, index: list[int], *, inside: bool) -> Mask:
        """Send a click at a voxel (k, j, i); return the mask."""
        body = {"voxel_coord": index, "positive_click": inside}
        return self._unpacked(self._post("add_point_interaction", json=body))

    def box(self, low: list[int], high: list[int], *, inside: bool) -> Mask:
        """Send a box, ``low`` to before ``high`` along (k, j, i); return the mask."""
        body = {"outer_point_one": low, "outer_point_two": high, "positive_click": inside}
        return self._unpacked(self._post("add_bbox_interaction", json=body))

    def stroke(self, drawn: NDArray[np.uint8], *, inside: bool) -> Mask:
        """Send the voxels of a stroke; return the mask."""
        packed = gzip.compress(_npy(drawn), compresslevel=1)
        return self._unpacked(
            self._post(
                "add_scribble_interaction",
                files={"file": ("stroke.npy.gz", packed)},
                data={"positive_click": "true" if inside else "false"},
            )
        )

    def close(self) -> None:
        """End the connection; the server keeps the image until the next one arrives."""
        self._session.close()

    def _unpacked(self, packed: bytes) -> Mask:
        voxels = int(np.prod(self._shape))
        if len(packed) != -(-voxels // 8):
            raise BackendError(
                f"The nnInteractive server answered {len(packed)} bytes, not a mask of "
                f"{' x '.join(str(n) for n in self._shape)} voxels."
            )
        bits = np.unpackbits(np.frombuffer(packed, np.uint8), count=voxels)
        return bits.reshape(self._shape).astype(bool)

    def _post(self, path: str, **content: Any) -> bytes:  # noqa: ANN401 - requests' own
        def ask() -> requests.Response:
            return self._session.post(
                f"{self._url}/{path}",
                timeout=(CONNECT_WITHIN_S, self._timeout_s),
                allow_redirects=False,
                **content,
            )

        try:
            answer = stoppable(ask, self._cancel)
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
