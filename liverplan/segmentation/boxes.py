"""Where in a grid a structure lies: looked for once, so that all further work is on its part."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from liverplan.volume import Grid

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


def slices_of(start: Triple, stop: Triple) -> Box:
    """Return the box from a first voxel to the one before `stop`."""
    k, j, i = (slice(a, b) for a, b in zip(start, stop, strict=True))
    return k, j, i


def box_around(grid: Grid, index: ArrayLike, reach_mm: float) -> tuple[Triple, Triple]:
    """Return the first voxel, and the one after the last, of the box around a place.

    Parameters
    ----------
    grid : Grid
    index : (3,) array
        The place, as (fractional) indices (k, j, i); it may lie outside the grid.
    reach_mm : float
        How far the box goes on every side, as far as the grid goes; it holds at least one voxel.
    """
    at, reach = np.asarray(index, dtype=float), reach_mm / np.array(grid.spacing_mm)
    shape = np.array(grid.shape)
    start = np.clip(np.floor(at - reach), 0, shape - 1).astype(int)
    stop = np.clip(np.ceil(at + reach) + 1, start + 1, shape).astype(int)
    return triple(start), triple(stop)


def triple(values: NDArray[np.generic]) -> Triple:
    """Return a (3,) array as three ints."""
    k, j, i = (int(v) for v in values)
    return k, j, i


def voxels_of(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(n, 3) indices (k, j, i) of a mask's voxels, looked for in its box only."""
    box = bounding_box(mask)
    start = np.array([part.start for part in box])
    return np.asarray(np.argwhere(mask[box]) + start)


def _extent(occupied: NDArray[np.bool_]) -> slice:
    where = np.flatnonzero(occupied)
    return slice(int(where[0]), int(where[-1]) + 1)
