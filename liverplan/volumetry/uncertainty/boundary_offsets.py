"""How far the liver's and the metastases' surfaces may lie off, and what that does to volumes.

To first order a surface that lies off by some mm moves its area times that. A plan parts the
surface into what bounds tissue that stays and tissue that goes, near the cut and farther off; how
the volumes of those parts vary together is all that a remnant's doubt needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from liverplan.segmentation.labels import Segmentation
from liverplan.volume import FloatArray
from liverplan.volumetry.uncertainty.cells import Cells
from liverplan.volumetry.uncertainty.error_model import ErrorModel, ErrorSource, errors_for
from liverplan.volumetry.uncertainty.fields import covariance_ml2

NEAR_MM = 25.0
"""The outline near a cut: what a person sees who looks at it."""

PARTS = ("stays, near the cut", "stays", "goes, near the cut", "goes")
REMNANT_AND_WHOLE = np.array([[1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]])
"""Sums of the parts: the tissue that stays, and all of it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spread:
    """What one source of doubt about a boundary does to the functional tissue.

    Parameters
    ----------
    source : ErrorSource
    parts_ml2 : (4, 4) array
        Covariance of the tissue that each of `PARTS` gains.
    """

    source: ErrorSource
    parts_ml2: FloatArray

    def volumes_ml2(self, factors: FloatArray | None = None) -> FloatArray:
        """(2, 2) covariance of remnant and functional liver; (4,) factors scale the parts."""
        sums = REMNANT_AND_WHOLE if factors is None else REMNANT_AND_WHOLE * factors
        return np.asarray(sums @ self.parts_ml2 @ sums.T)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BoundaryOffsets:
    """A segmentation's surfaces as cells, and how far they may lie off."""

    cells: Cells
    errors: ErrorModel

    @classmethod
    def build(cls, segmentation: Segmentation, *, errors: ErrorModel | None = None) -> Self:
        """Find the surfaces, for given errors or for those of the segmentation's provenance."""
        errors = errors or errors_for(segmentation, segmentation.lesion_labels)
        return cls(cells=Cells.build(segmentation), errors=errors)

    def spreads(self, stays: FloatArray, near: NDArray[np.bool_]) -> tuple[Spread, ...]:
        """Return what each source of doubt does.

        Parameters
        ----------
        stays : (N,) array
            How much of each cell stays, 0-1.
        near : (N,) bool array
            Which cells lie near the cut.
        """
        parts = np.stack([stays * near, stays * ~near, (1 - stays) * near, (1 - stays) * ~near])
        liver, lesion = parts * self.cells.liver_mm2, parts * self.cells.lesion_mm2
        loads = [(source, liver) for source in self.errors.livers]
        loads += [(self.errors.lesion, lesion)]
        at = self.cells.points_mm
        return tuple(
            Spread(
                source=source,
                parts_ml2=source.sd**2 * covariance_ml2(at, load, source.length_mm),
            )
            for source, load in loads
        )
