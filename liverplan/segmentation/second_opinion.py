"""The network's liver, looked at by the method without a network: where they differ, look first."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import numpy as np

from liverplan.errors import SegmentationError
from liverplan.findings import Statement
from liverplan.segmentation.blocks import share_in_blocks
from liverplan.segmentation.classical.confidence import places_of
from liverplan.segmentation.classical.liver import segment_liver
from liverplan.segmentation.morphology import opened
from liverplan.segmentation.network.liver import find_liver
from liverplan.segmentation.results import Confidence, LiverResult, Mask, Progress
from liverplan.volume import Grid, Volume

BLOCK_MM, THIN_MM = 2.0, 3.0
"""Where two outlines differ by less than twice the second, they agree."""
LARGE_FRACTION = 0.05


def find_liver_twice(
    volume: Volume, *, progress: Progress | None = None, cancel: Event | None = None
) -> LiverResult:
    """Find the liver by the network, and say where the classical method would draw another.

    Parameters
    ----------
    volume : Volume
        A CT of the upper abdomen.
    progress, cancel
        Told how far it is, and asked whether to stop.

    Returns
    -------
    LiverResult
        The network's mask; its places to look at are those where the two differ, then its own.

    Raises
    ------
    SegmentationError
        If the network finds no liver.
    CancelledError
        If `cancel` is set.
    """
    found = find_liver(volume, progress=_part(progress, 0.0, 0.5), cancel=cancel)
    return second_look(found, volume, progress=_part(progress, 0.5, 1.0), cancel=cancel)


def second_look(
    found: LiverResult,
    volume: Volume,
    *,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> LiverResult:
    """Say where the method without a network would draw a liver that was found otherwise.

    Parameters
    ----------
    found : LiverResult
        The liver that stays.
    volume : Volume
        Its CT.
    progress, cancel
        Told how far it is, and asked whether to stop.

    Raises
    ------
    CancelledError
        If `cancel` is set.
    """
    try:
        other = segment_liver(volume, progress=progress, cancel=cancel)
    except SegmentationError as error:
        note = Statement.of("note.no_second_opinion", why=str(error).rstrip("."))
        return replace(found, warnings=(*found.warnings, note))
    return compared(found, other.mask, volume.grid)


def compared(found: LiverResult, other: Mask, grid: Grid) -> LiverResult:
    """Add to a liver where another mask of it differs.

    Parameters
    ----------
    found : LiverResult
        The liver that stays.
    other : (k, j, i) bool array
        Another method's liver on the CT's grid.
    grid : Grid
        The CT's.
    """
    mine = share_in_blocks(found.mask, grid, BLOCK_MM) >= 0.5
    theirs = share_in_blocks(other, grid, BLOCK_MM) >= 0.5
    lattice = _lattice(grid, mine.shape)
    places = places_of(lattice, opened(mine ^ theirs, THIN_MM, lattice.spacing_mm), mine)
    if not places:
        return found
    differ_ml = sum(place.volume_ml for place in places)
    share = differ_ml / (float(np.count_nonzero(found.mask)) * grid.voxel_ml)
    x, y, z = places[0].point_mm
    notes = [Statement.of("note.look_first", ml=places[0].volume_ml, x=x, y=y, z=z)]
    if share > LARGE_FRACTION:
        notes.append(Statement.of("note.methods_differ", ml=differ_ml, share=share))
    own = found.confidence
    inside = mine.astype(np.float32) if own is None else own.inside_fraction
    confidence = Confidence(
        grid=lattice if own is None else own.grid,
        inside_fraction=inside,
        places=(*places, *(own.places if own else ())),
    )
    return replace(found, confidence=confidence, warnings=(*found.warnings, *notes))


def _lattice(grid: Grid, shape: tuple[int, ...]) -> Grid:
    """Return the grid of the blocks of a CT's grid."""
    factors = np.array([max(1, round(BLOCK_MM / s)) for s in grid.spacing_mm])
    affine = grid.affine.copy()
    affine[:3, 3] = grid.to_mm((factors - 1) / 2)
    affine[:3, :3] *= factors
    k, j, i = shape
    return Grid(shape=(k, j, i), affine=affine, frame_uid=grid.frame_uid)


def _part(progress: Progress | None, start: float, stop: float) -> Progress | None:
    if progress is None:
        return None
    return lambda fraction, words: progress(start + fraction * (stop - start), words)
