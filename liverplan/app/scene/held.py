"""On which side of a plan points lie."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from liverplan.app.scene.actors import FAR_MM
from liverplan.resection import Plan
from liverplan.volume import FloatArray, Grid
from liverplan.volumetry.shapes.margins import removal

Taken = Callable[[FloatArray], NDArray[np.bool_]]

UNDER_MM = 2.0
"""So far under the liver's surface is asked which part of the liver lies there."""


def held_by(grid: Grid, mask: NDArray[np.bool_]) -> Taken:
    """Return whether (N, 3) LPS points lie in a (k, j, i) mask; beyond its grid none does."""

    def held(points_mm: FloatArray) -> NDArray[np.bool_]:
        at = np.rint(grid.to_index(points_mm)).astype(int)
        on_grid = np.all((at >= 0) & (at < grid.shape), axis=1)
        found = np.zeros(len(at), dtype=np.bool_)
        found[on_grid] = mask[tuple(at[on_grid].T)]
        return found

    return held


def sided(
    plan: Plan, taken: Taken | None, points_mm: FloatArray, under_mm: FloatArray
) -> NDArray[np.float32]:
    """Return how far each of (N, 3) LPS points lies in what stays, mm, negative in what goes.

    ``under_mm``: where it is asked which part of the liver lies there.
    """
    nearest, reach = removal(plan)(points_mm), FAR_MM
    if taken is not None:  # yes or no at each point: the border lies in the middle between two
        nearest[taken(under_mm)] = -UNDER_MM
        reach = UNDER_MM
    return np.clip(nearest, -reach, reach).astype(np.float32)
