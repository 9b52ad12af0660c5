"""How a later CT's liver lies on an earlier one's, as a value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from liverplan.findings import Statement
from liverplan.volume import FloatArray, read_only

POOR_DICE = 0.85
"""Below this overlap the livers differ too much to trust the alignment."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Alignment:
    """How the later liver is laid on the earlier one.

    Parameters
    ----------
    matrix : (4, 4) array
        Later LPS mm to earlier LPS mm.
    dice : float
        Overlap of the two livers afterwards, 0-1.
    """

    matrix: FloatArray
    dice: float

    def __post_init__(self) -> None:
        read_only(self.matrix)

    def to_earlier_mm(self, points_mm: ArrayLike) -> FloatArray:
        """(..., 3) LPS mm in the later CT to (..., 3) LPS mm in the earlier one."""
        return np.asarray(points_mm, dtype=np.float64) @ self.matrix[:3, :3].T + self.matrix[:3, 3]

    def to_later_mm(self, points_mm: ArrayLike) -> FloatArray:
        """(..., 3) LPS mm in the earlier CT to (..., 3) LPS mm in the later one."""
        back = np.linalg.inv(self.matrix)
        later: FloatArray = np.asarray(points_mm, dtype=np.float64) @ back[:3, :3].T + back[:3, 3]
        return later

    @property
    def warnings(self) -> tuple[Statement, ...]:
        """What the person who confirms the pairs must know."""
        if self.dice >= POOR_DICE:
            return ()
        return (Statement.of("match.poor_overlap", dice=float(self.dice)),)
