"""Where a further lesion may be, by the network's lesion map, and by contrast where it is clear.

The network sees most lesions and takes little else for one, but passes over some that stand out
plainly. So its components come first, and then spots that stand out as much as lesions do that it
sees. Hints are places for a person to look at, never counted by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event

import numpy as np

from liverplan.segmentation.lesions.hints import Hint, hints
from liverplan.segmentation.morphology import Float32, components, dilated
from liverplan.segmentation.network.inference import infer
from liverplan.segmentation.network.maps import Maps
from liverplan.segmentation.orientation import Turn
from liverplan.segmentation.results import Mask, Progress
from liverplan.volume import Grid, Volume

LIKELY, SMALLEST_ML = 0.5, 0.1
CLEAR_SCORE = 2.5
"""Standard deviations; on one CT lesions that the network saw rated 3.0 to 4.0, vessels 2.0."""
ROOM_MM = 3.0
"""Lesions may bulge out of the liver's mask, and known ones be drawn small."""
LEAST_NEW = 0.5


def find_hints(
    volume: Volume,
    liver_mask: Mask,
    lesions: Sequence[Mask] = (),
    *,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> tuple[Hint, ...]:
    """Rank places in the liver that look like lesions, those that the network sees first.

    Parameters
    ----------
    volume : Volume
        The CT.
    liver_mask : (k, j, i) bool array
        The liver on the CT's grid.
    lesions : sequence of (k, j, i) bool arrays
        What is known already; no hint lies there.
    progress, cancel
        Told how far it is, and asked whether to stop.

    Raises
    ------
    SegmentationError
        If the mask is empty or does not fit the CT.
    CancelledError
        If `cancel` is set.
    """
    clear = [h for h in hints(volume, liver_mask, lesions) if h.score >= CLEAR_SCORE]
    maps = infer(volume, progress=progress, cancel=cancel)
    liver = dilated(_sampled(liver_mask, maps, volume.grid), ROOM_MM, maps.grid.spacing_mm)
    known = np.zeros_like(liver)
    for lesion in lesions:
        known |= _sampled(lesion, maps, volume.grid)
    if known.any():
        known = dilated(known, ROOM_MM, maps.grid.spacing_mm)
    seen = maps.lesion > LIKELY
    numbers, counts = components(seen & liver)
    found = []
    for number in np.argsort(-counts):
        if counts[number] * maps.grid.voxel_ml < SMALLEST_ML:
            break
        where = np.equal(numbers, number)
        if np.count_nonzero(where & ~known) >= LEAST_NEW * counts[number]:
            found.append(where)
    around = maps.hu[liver & ~seen & ~known]
    likely = [_hint(where & ~known, maps, around) for where in found]
    marked = np.logical_or.reduce([dilated(w, ROOM_MM, maps.grid.spacing_mm) for w in found])
    return (*likely, *(h for h in clear if not (found and _lies_in(h, marked, maps))))


def _hint(where: Mask, maps: Maps, around: Float32) -> Hint:
    """Describe a component by its likeliest voxel, its volume and its contrast."""
    voxels = np.argwhere(where)
    x, y, z = (float(c) for c in maps.grid.to_mm(voxels[maps.lesion[where].argmax()]))
    middle = float(np.median(around))
    spread = 1.4826 * float(np.median(np.abs(around - middle)))
    above = (float(maps.hu[where].mean()) - middle) / max(spread, 1.0)
    return Hint(
        point_mm=(x, y, z),
        volume_ml=len(voxels) * maps.grid.voxel_ml,
        score=abs(above),
        brighter=above > 0,
    )


def _lies_in(hint: Hint, marked: Mask, maps: Maps) -> bool:
    at = maps.grid.nearest_index(hint.point_mm)
    return at is not None and bool(marked[at])


def _sampled(mask: Mask, maps: Maps, grid: Grid) -> Mask:
    """Bring a mask on the CT's own grid to the maps' box, by the nearest voxel."""
    turned = Turn.of(grid).apply(mask)
    nearest = [
        np.clip(
            ((np.arange(part.start, part.stop) + 0.5) * maps.lattice.step_mm / own_mm).astype(int),
            0,
            count - 1,
        )
        for part, own_mm, count in zip(
            maps.box, maps.lattice.ct.spacing_mm, turned.shape, strict=True
        )
    ]
    return np.asarray(turned[np.ix_(*nearest)])
