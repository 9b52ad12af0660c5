"""How sure the automatic liver is, from the minimum cut that drew it.

The relaxed minimum cut gives each voxel a value from 0 to 1. Where the energy leaves no choice it
is 0 or 1; where moving the border costs next to nothing it stays in between. Such tissue is
gathered into places, the largest first: that is where to look.
"""

from __future__ import annotations

import numpy as np

from liverplan.segmentation.morphology import Float32, components
from liverplan.segmentation.results import Confidence, Mask, UnsurePlace
from liverplan.volume import Grid

UNSURE = (0.1, 0.9)
SMALLEST_ML = 0.5
MOST_PLACES = 12


def confidence_of(grid: Grid, inside_fraction: Float32) -> Confidence:
    """Gather the tissue that the minimum cut left undecided.

    Parameters
    ----------
    grid : Grid
        The lattice that it was drawn on.
    inside_fraction : (k, j, i) float32 array
        The relaxed minimum cut, 0-1.
    """
    unsure = (inside_fraction > UNSURE[0]) & (inside_fraction < UNSURE[1])
    places = places_of(grid, unsure, inside_fraction > 0.5)
    return Confidence(grid=grid, inside_fraction=inside_fraction, places=places)


def places_of(grid: Grid, unsure: Mask, inside: Mask) -> tuple[UnsurePlace, ...]:
    """Gather unsure tissue into places, the largest first.

    Parameters
    ----------
    grid : Grid
        The lattice of the masks.
    unsure, inside : (k, j, i) bool arrays
        What is not sure, and what is in the liver's mask now.
    """
    numbers, counts = components(unsure)
    order = np.argsort(-counts)[:MOST_PLACES]
    places = []
    for number in order[counts[order] * grid.voxel_ml >= SMALLEST_ML]:
        where = np.argwhere(numbers == number)
        middle = where[np.linalg.norm(where - where.mean(axis=0), axis=1).argmin()]
        x, y, z = (float(c) for c in grid.to_mm(middle))
        places.append(
            UnsurePlace(
                point_mm=(x, y, z),
                volume_ml=float(counts[number]) * grid.voxel_ml,
                inside=bool(inside[tuple(middle)]),
            )
        )
    return tuple(places)
