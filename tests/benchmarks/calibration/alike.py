"""How much the errors of many planes on one mask tell: they share one draw of the mask's error.

Of 60 planes through one liver all or none may be covered though intervals are as wide as they must
be. So the planes' errors, each over the standard error told, are set beside what the model itself
draws for the same planes: their root mean square is unusual only where few of its draws are so
small, or so large.
"""

from collections.abc import Sequence

import numpy as np

from liverplan.resection import Plane
from liverplan.volume import FloatArray
from liverplan.volumetry import BoundaryOffsets
from liverplan.volumetry.uncertainty.fields import covariance_ml2
from liverplan.volumetry.uncertainty.of_planes import _sides

DRAWS = 4000


def drawn_errors(
    boundaries: BoundaryOffsets, planes: Sequence[Plane], told: FloatArray
) -> FloatArray:
    """(M, P) errors of the planes' fractions that the model draws for the liver's surface.

    Each is over the (P,) standard errors told, fractions.
    """
    cells = boundaries.cells
    stays = np.stack([_sides(cells, [plane])[0] for plane in planes])
    loads = np.vstack([stays, np.ones(len(cells.points_mm))]) * cells.liver_mm2
    moved = sum(
        source.sd**2 * covariance_ml2(cells.points_mm, loads, source.length_mm)
        for source in boundaries.errors.livers
    )
    whole = cells.tissue_ml.sum()
    left = stays @ cells.tissue_ml / whole
    slopes = np.hstack([np.eye(len(planes)), -left[:, None]]) / (whole * told[:, None])
    values, vectors = np.linalg.eigh(slopes @ moved @ slopes.T)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    return np.asarray(np.random.default_rng(0).standard_normal((DRAWS, len(planes))) @ root.T)


def share_smaller(drawn: FloatArray, standardised: float) -> float:
    """Per cent of (M, P) draws whose root mean square is smaller than what came."""
    return 100 * float(np.mean(np.sqrt(np.mean(drawn**2, axis=1)) < standardised))
