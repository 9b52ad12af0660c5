"""Whether points lie in a mask."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from liverplan.volume import FloatArray, Grid


def held_by(grid: Grid, mask: NDArray[np.bool_]) -> Callable[[FloatArray], NDArray[np.bool_]]:
    """Return whether (N, 3) LPS points lie in a (k, j, i) mask; beyond its grid none does."""

    def held(points_mm: FloatArray) -> NDArray[np.bool_]:
        at = np.rint(grid.to_index(points_mm)).astype(int)
        on_grid = np.all((at >= 0) & (at < grid.shape), axis=1)
        found = np.zeros(len(at), dtype=np.bool_)
        found[on_grid] = mask[tuple(at[on_grid].T)]
        return found

    return held
