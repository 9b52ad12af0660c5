"""Values in space that surfaces ask for at their points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.app.session.zone import FIELD_MM, DistanceField
from liverplan.volume import FloatArray, Grid


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Field:
    """A (k, j, i) lattice of values, linear between its points.

    Parameters
    ----------
    values : (k, j, i) array
    to_mm : (4, 4) array
        From its (k, j, i) to LPS mm.
    beyond : float
        What it is outside the lattice.
    """

    values: NDArray[np.uint8] | NDArray[np.float32]
    to_mm: FloatArray
    beyond: float

    def at(self, points_mm: FloatArray) -> FloatArray:
        """Return its value at each of (N, 3) LPS points."""
        inverse = np.linalg.inv(self.to_mm)
        index = points_mm @ inverse[:3, :3].T + inverse[:3, 3]
        found: FloatArray = scipy.ndimage.map_coordinates(
            self.values, index.T, output=np.float64, order=1, cval=self.beyond
        )
        return found


def distance_of(zone: DistanceField | None, grid: Grid) -> Field | None:
    """Return the distance to the nearest lesion, mm; as far as it is known, else farther."""
    if zone is None:
        return None
    shift = np.eye(4)
    shift[:3, 3] = zone.start
    return Field(values=zone.distance_mm, to_mm=grid.affine @ shift, beyond=FIELD_MM)
