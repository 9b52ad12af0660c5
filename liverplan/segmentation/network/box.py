"""The box that holds the liver: from a look at coarse voxels, made larger where liver meets it."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.segmentation.boxes import Box, Triple, bounding_box, ends_of, slices_of
from liverplan.segmentation.morphology import Float32, components, largest_component
from liverplan.segmentation.network.lattice import Lattice
from liverplan.segmentation.results import Mask
from liverplan.volume import Volume

BODY_HU, THIN = -300.0, 2
"""Denser is body; what is thinner than twice this many coarse voxels is the table."""
LIKELY, LEAST_VOXELS, LEAST_SHARE = 0.05, 1500, 0.1
"""What coarse voxels need to count, and how many must be seen to trust the look."""
MARGIN, EVEN, SPARE = 12, 16, 4
"""Fine voxels around what is seen; what a side's length is a multiple of if there is room; and how
many may be spared to make it one where there is none."""
NEAR, FURTHER = 4, 16
"""A liver nearer to a side than this many voxels makes the box larger by so many."""

Ends = NDArray[np.int64]


def coarse_body(volume: Volume, lattice: Lattice) -> tuple[Box, Float32]:
    """Return the patient's box on a coarse lattice, and the (k, j, i) densities in it, HU."""
    whole = lattice.whole
    hu = lattice.hu(volume, whole)
    body = scipy.ndimage.binary_opening(hu > BODY_HU, iterations=THIN)
    if not body.any():
        return whole, hu
    _, rows, columns = bounding_box(body, (0, 1, 1))
    return (whole[0], rows, columns), hu[:, rows, columns]


def liver_box(liver: Float32, body: Box, shape: Triple, coarser: int) -> Box:
    """Return the box of the fine lattice that the liver seen on a coarse one may need.

    Parameters
    ----------
    liver : (k, j, i) float32 array
        Its probability on the coarse lattice, in the box `body` of it.
    body : Box
        The patient on the coarse lattice.
    shape : (k, j, i)
        The fine lattice's.
    coarser : int
        How many fine voxels make the side of a coarse one.

    Returns
    -------
    Box
        The whole patient where too little liver was seen to trust the look.
    """
    seen = _main_parts(liver > LIKELY)
    if np.count_nonzero(seen) < LEAST_VOXELS:
        start, stop = (np.array(end) * coarser for end in ends_of(body))
        return _clipped(start, stop, shape)
    corner = np.array(ends_of(body)[0])
    first, last = (np.array(end) for end in ends_of(bounding_box(seen)))
    start = (corner + first) * coarser - MARGIN
    stop = (corner + last) * coarser + MARGIN
    sides = zip(start.tolist(), stop.tolist(), shape, strict=True)
    k, j, i = (slice(*_even(*side)) for side in sides)
    return k, j, i


def grown(box: Box, liver: Float32, shape: Triple) -> Box:
    """Return the box, larger on each side that the liver in it comes near.

    Parameters
    ----------
    box : Box
        Of the lattice.
    liver : (k, j, i) float32 array
        Its probability in the box.
    shape : (k, j, i)
        The lattice's: a box never goes beyond it.
    """
    mask = liver > 0.5
    if not mask.any():
        return box
    start, stop = (np.array(end) for end in ends_of(box))
    first, last = (np.array(end) for end in ends_of(bounding_box(largest_component(mask))))
    start = np.where(first < NEAR, start - FURTHER, start)
    stop = np.where(np.array(mask.shape) - last < NEAR, stop + FURTHER, stop)
    return _clipped(start, stop, shape)


def _even(start: int, stop: int, count: int) -> tuple[int, int]:
    """Fit a side into `count` voxels, of a length that the network takes unpadded, if it can be."""
    start, stop = max(start, 0), min(stop, count)
    length = stop - start
    longer = length + -length % EVEN
    if longer <= count:
        first = min(max(start - (longer - length) // 2, 0), count - longer)
        return first, first + longer
    spared = length % EVEN
    if spared > SPARE:
        return start, stop
    return (start + spared, stop) if start > 0 else (start, stop - spared)


def _main_parts(mask: Mask) -> Mask:
    """Keep the largest component, and those that have a good share of its size."""
    if not mask.any():
        return mask
    numbers, counts = components(mask)
    return np.isin(numbers, np.flatnonzero(counts >= LEAST_SHARE * counts.max())) & mask


def _clipped(start: Ends, stop: Ends, shape: Triple) -> Box:
    a, b, c = (int(v) for v in np.clip(start, 0, np.array(shape) - 1))
    d, e, f = (int(v) for v in np.clip(stop, 1, shape))
    return slices_of((a, b, c), (d, e, f))
