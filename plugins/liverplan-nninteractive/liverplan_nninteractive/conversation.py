"""A conversation about one CT: prompts in patient coordinates go, masks on its grid come back."""

from __future__ import annotations

from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from liverplan.errors import BackendError
from liverplan.volume import Volume
from liverplan_nninteractive.prompts import Box, Click, Point, Prompt, Stroke
from liverplan_nninteractive.server import Server, open_server
from liverplan_nninteractive.settings import Settings
from liverplan_nninteractive.waiting import Stop

Mask = NDArray[np.bool_]


class Conversation:
    """One CT on the server, and one object at a time.

    Parameters
    ----------
    volume : Volume
        The CT; it is sent when the first prompt is.
    settings : Settings
        Which server.
    cancel : Stop or None
        Set by the user who does not want to wait any longer.
    """

    def __init__(self, volume: Volume, settings: Settings, cancel: Stop | None = None) -> None:
        self._volume, self._settings, self._cancel = volume, settings, cancel
        self._server: Server | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def ours(self) -> bool:
        """Whether the server keeps this CT for us alone: no other program's takes its place."""
        return self._server is not None and self._server.ours

    def close(self) -> None:
        """End it; where it had not begun, nothing happens."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def start_over(self) -> None:
        """Begin with another object.

        Raises
        ------
        BackendError
            If the server does not answer, or refuses.
        """
        self._begun().start_over()

    def say(self, prompt: Prompt) -> Mask:
        """Send one prompt; return the object as it is now, (k, j, i) on the CT's grid.

        Raises
        ------
        BackendError
            If the prompt lies outside the CT, or the server fails.
        CancelledError
            If the user stops it.
        """
        inside = prompt.says == "inside"
        match prompt:
            case Click():
                index = self._index(prompt.point_mm).tolist()
                return self._begun().click(index, inside=inside)
            case Box():
                low, high = self._flat_box(prompt)
                return self._begun().box(low, high, inside=inside)
            case Stroke():
                return self._begun().stroke(self._drawn(prompt), inside=inside)

    def _begun(self) -> Server:
        """Return the server, which has the CT."""
        if self._server is None:
            server = open_server(self._settings, self._cancel)
            try:
                server.upload_image(self._volume.hu)
            except Exception:
                server.close()
                raise
            self._server = server
        return self._server

    def _index(self, point_mm: Point) -> NDArray[np.int64]:
        index = self._volume.grid.nearest_index(point_mm)
        if index is None:
            place = ", ".join(f"{x:g}" for x in point_mm)
            raise BackendError(f"A prompt at ({place}) mm lies outside the CT.")
        return np.array(index)

    def _flat_box(self, box: Box) -> tuple[list[int], list[int]]:
        """Corners of a box one voxel thick, the second one exclusive: the networks know no other.

        It is flattened along the axis in which it is thinnest, to its middle.
        """
        corners = np.array([self._index(point) for point in box.corners_mm])
        low, high = corners.min(axis=0), corners.max(axis=0)
        thinnest = int(np.argmin((high - low) * self._volume.grid.spacing_mm))
        low[thinnest] = high[thinnest] = (low[thinnest] + high[thinnest]) // 2
        return low.tolist(), (high + 1).tolist()

    def _drawn(self, stroke: Stroke) -> NDArray[np.uint8]:
        """Voxels of a stroke three voxels wide."""
        ends = np.array([self._index(point) for point in stroke.points_mm])
        mask = np.zeros(self._volume.grid.shape, np.uint8)
        for start, stop in pairwise(ends):
            steps = np.linspace(start, stop, 1 + int(np.abs(stop - start).max()))
            mask[tuple(np.rint(steps).astype(int).T)] = 1
        cross = ndimage.generate_binary_structure(3, 1)
        cross[[0, 2]] = False  # it was drawn on a slice
        return ndimage.binary_dilation(mask, cross).astype(np.uint8)
