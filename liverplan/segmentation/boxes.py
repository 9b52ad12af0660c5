"""Where in a grid a structure lies: looked for once, so that all further work is on its part."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Box = tuple[slice, slice, slice]
Triple = tuple[int, int, int]


def bounding_box(
    labels: NDArray[np.uint8] | NDArray[np.bool_], margin: Sequence[int] = (0, 0, 0)
) -> Box:
    """Return the smallest box that holds every voxel that is not 0; empty if there is none.

    Parameters
    ----------
    labels : (k, j, i) array
    margin : three ints
        Voxels by which the box is made larger on every side, as far as the array goes.
    """
    slices = np.flatnonzero(labels.any(axis=(1, 2)))
    if slices.size == 0:
        return slice(0, 0), slice(0, 0), slice(0, 0)
    k = slice(int(slices[0]), int(slices[-1]) + 1)
    shadow = labels[k].max(axis=0)
    j, i = (_extent(shadow.any(axis=axis)) for axis in (1, 0))
    k, j, i = (
        slice(max(part.start - room, 0), min(part.stop + room, size))
        for part, room, size in zip((k, j, i), margin, labels.shape, strict=True)
    )
    return k, j, i


def ends_of(box: Box) -> tuple[Triple, Triple]:
    """Return a box's first voxel, and the one after its last."""
    k, j, i = box
    return (k.start, j.start, i.start), (k.stop, j.stop, i.stop)


def voxels_of(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(n, 3) indices (k, j, i) of a mask's voxels, looked for in its box only."""
    box = bounding_box(mask)
    start = np.array([part.start for part in box])
    return np.asarray(np.argwhere(mask[box]) + start)


def _extent(occupied: NDArray[np.bool_]) -> slice:
    where = np.flatnonzero(occupied)
    return slice(int(where[0]), int(where[-1]) + 1)
