"""A surface that lies off by a smooth random field: how far that moves volumes, in closed form.

A field of standard deviation 1 mm, whose values at two points d mm apart correlate by
``exp(-d^2 / (2 L^2))``, is white noise smoothed by a Gaussian of ``L / sqrt(2)``. What it moves
across loads of area is linear in it; so the covariance of the volumes is the inner product of the
loads, each smoothed by that Gaussian on a lattice.
"""

from __future__ import annotations

import numpy as np
import scipy

from liverplan.volume import FloatArray

_STEPS = 2.0
"""Cells of the lattice to one standard deviation of the smoothing."""
_TRUNCATE = 3.5
_LEAST_MM = 1.5


def covariance_ml2(points_mm: FloatArray, loads_mm2: FloatArray, length_mm: float) -> FloatArray:
    """Return how the volumes that a field moves vary together.

    Parameters
    ----------
    points_mm : (N, 3) array
        Where the areas lie.
    loads_mm2 : (P, N) array
        Areas; each row's sum times a uniform shift is what that shift moves.
    length_mm : float
        The correlation length L; infinite for a shift of the whole.

    Returns
    -------
    (P, P) array
        mL2.
    """
    held = loads_mm2.any(axis=0)
    points_mm, loads_ml = points_mm[held], loads_mm2[:, held] / 1000
    if np.isinf(length_mm) or not held.any():
        whole = loads_ml.sum(axis=1)
        return np.outer(whole, whole)
    smoothing = length_mm / np.sqrt(2)
    step = max(smoothing / _STEPS, _LEAST_MM)
    smooth = _smoothed(points_mm, loads_ml, step, smoothing / step)
    return np.asarray(smooth @ smooth.T * ((2 * np.pi) ** 1.5 * (length_mm / step) ** 3))


def _smoothed(points_mm: FloatArray, loads: FloatArray, step: float, width: float) -> FloatArray:
    """(P, cells) of loads put into cells ``step`` wide and smoothed by ``width`` cells."""
    room = int(np.ceil(_TRUNCATE * width))
    cells = np.rint((points_mm - points_mm.min(axis=0)) / step).astype(np.int64) + room
    shape = tuple(cells.max(axis=0) + 1 + room)
    at = np.ravel_multi_index(tuple(cells.T), shape)
    size = int(np.prod(shape))
    rows = [np.bincount(at, weights=row, minlength=size).reshape(shape) for row in loads]
    smooth = [
        scipy.ndimage.gaussian_filter(row, width, mode="constant", truncate=_TRUNCATE)
        for row in rows
    ]
    return np.stack([row.ravel() for row in smooth])
