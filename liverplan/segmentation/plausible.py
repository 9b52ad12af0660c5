"""Whether a liver that was made elsewhere can be this CT's: its tissue, its place, its edges.

A mask on the CT's own grid can still be mirrored, shifted, cut off or of another patient; nothing
in its file tells. The CT does: a liver is one tissue, so the densities under its mask lie close.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import cc3d
import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.findings import Statement
from liverplan.segmentation.orientation import Turn
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray, Grid, Volume

CUT_CM2 = 5.0
"""A liver that ends by itself has less on its last slice."""
FLAT_SHARE = 0.5
"""Of a liver's largest slice: one that ends with so much has been cut."""
TISSUE_HU = 60.0
"""Noise and vessels lie this close to a liver's middle density; fat, gas and muscle do not."""
MOST_FOREIGN = 0.3
WIDE_HU, LIVER_HU = 50.0, (20.0, 250.0)
MOST_POINTS, LEAST_INSIDE = 20_000, 0.95
SHIFTS_MM = tuple(mm for step in range(10, 101, 10) for mm in (step, -step))
SMALLEST_PIECE_ML = 1.0
MIRRORED = {
    (False, False, True): "twin.mirrored_left_right",
    (False, True, False): "twin.mirrored_front_back",
    (False, True, True): "twin.mirrored_front_back_and_left_right",
    (True, False, False): "twin.mirrored_head_foot",
    (True, False, True): "twin.mirrored_head_foot_and_left_right",
    (True, True, False): "twin.mirrored_head_foot_and_front_back",
    (True, True, True): "twin.mirrored_head_foot_and_front_back_and_left_right",
}
"""What a mask is called that is flipped along the head, back and left axes."""
SHIFTED = (
    ("twin.shifted_foot", "twin.shifted_head"),
    ("twin.shifted_front", "twin.shifted_back"),
    ("twin.shifted_right", "twin.shifted_left"),
)
DOUBTS = ("note.liver_elsewhere", "note.liver_not_one_tissue", "note.lesion_wholly_outside")
"""What makes a mask so doubtful that it is said beside any refusal of its plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """Densities under a mask, HU: the middle, the reach of the middle four fifths, the spread."""

    middle: float
    width: float
    spread: float

    @classmethod
    def of(cls, hu: FloatArray) -> _Seen:
        low, middle, high = np.percentile(hu, (10, 50, 90))
        spread = float(np.mean(np.abs(hu - middle)))
        return cls(middle=float(middle), width=float(high - low), spread=spread)

    @property
    def may_be_liver(self) -> bool:
        return LIVER_HU[0] <= self.middle <= LIVER_HU[1]


def implausible(volume: Volume, liver: Mask, lesions: Sequence[Mask]) -> list[Statement]:
    """Say what of a (k, j, i) liver cannot be; the lesions' own density is left out."""
    turn = Turn.of(volume.grid)
    grid, hu, mask = turn.apply_to_grid(volume.grid), turn.apply(volume.hu), turn.apply(liver)
    tissue = mask.copy()
    for lesion in lesions:
        tissue &= ~turn.apply(lesion)
    return [*_density(grid, hu, tissue), *_edges(grid, hu, mask), *_pieces(grid, mask)]


def distance_mm(grid: Grid, liver: Mask, lesion: Mask) -> float:
    """Shortest way between voxels of two (k, j, i) masks that have some, mm."""
    edge = liver & ~scipy.ndimage.binary_erosion(liver)
    near = scipy.spatial.cKDTree(grid.to_mm(np.argwhere(edge)))
    apart, _ = near.query(grid.to_mm(np.argwhere(lesion & ~scipy.ndimage.binary_erosion(lesion))))
    return float(np.min(apart))


def _density(grid: Grid, hu: NDArray[np.generic], tissue: Mask) -> list[Statement]:
    flat = np.flatnonzero(tissue)
    if not len(flat):
        return []
    points = np.stack(
        np.unravel_index(flat[:: max(1, len(flat) // MOST_POINTS)], tissue.shape), axis=1
    )
    here = hu[tuple(points.T)].astype(np.float64)
    seen, mean = _Seen.of(here), float(hu[tissue].astype(np.float64).mean())
    twin = _best_twin(grid, hu, points, seen.width / 2) if seen.width > WIDE_HU else None
    if twin is not None:
        key, values, there = twin
        away = float(np.mean(np.abs(here - there.middle) > TISSUE_HU))
        how = Statement.of(key, **values)
        return [
            Statement.of("note.liver_elsewhere", mean=mean, share=away, hu=there.middle, how=how)
        ]
    away = float(np.mean(np.abs(here - seen.middle) > TISSUE_HU))
    if away > MOST_FOREIGN or not seen.may_be_liver:
        return [Statement.of("note.liver_not_one_tissue", mean=mean, share=away, hu=seen.middle)]
    return []


def _best_twin(
    grid: Grid, hu: NDArray[np.generic], points: NDArray[np.intp], narrow: float
) -> tuple[str, dict[str, float], _Seen] | None:
    """Of the mask mirrored or shifted: where the CT is most like one tissue, the densest there is.

    Muscle is one tissue as well; a liver with contrast is denser.
    """
    found: list[tuple[str, dict[str, float], _Seen]] = []
    shape = np.array(hu.shape)
    for key, values, moved in _twins(grid, points):
        inside = ((moved >= 0) & (moved < shape)).all(axis=1)
        if inside.mean() < LEAST_INSIDE:
            continue
        seen = _Seen.of(hu[tuple(moved[inside].T)].astype(np.float64))
        if seen.may_be_liver and seen.width < narrow:
            found.append((key, values, seen))
    densest = max((seen.middle for *_, seen in found), default=0.0) - TISSUE_HU / 2
    alike = (twin for twin in found if twin[2].middle > densest)
    return min(alike, key=lambda twin: twin[2].spread, default=None)


def _twins(
    grid: Grid, points: NDArray[np.intp]
) -> Iterator[tuple[str, dict[str, float], NDArray[np.intp]]]:
    last = np.array(grid.shape) - 1
    for flips, key in MIRRORED.items():
        yield key, {}, np.where(flips, last - points, points)
    for axis, mm in product(range(3), SHIFTS_MM):
        steps = round(mm / grid.spacing_mm[axis])
        moved = points + np.eye(3, dtype=np.intp)[axis] * steps
        if steps:
            yield SHIFTED[axis][mm > 0], {"mm": float(abs(mm))}, moved


def _edges(grid: Grid, hu: NDArray[np.generic], mask: Mask) -> list[Statement]:
    """Say where the mask ends although the liver goes on: at the CT's edge, or flat within it."""
    counts = np.count_nonzero(mask, axis=(1, 2))
    area_cm2 = counts * (grid.spacing_mm[1] * grid.spacing_mm[2] / 100)
    there = np.flatnonzero(counts)
    ends = (
        ("note.liver_cut_off_below", "note.liver_ends_flat_below", there[0], -1),
        ("note.liver_cut_off_above", "note.liver_ends_flat_above", there[-1], 1),
    )
    found = []
    for cut, flat, at, step in ends:
        if not 0 <= at + step < len(counts):
            if area_cm2[at] > CUT_CM2:
                found.append(Statement.of(cut))
        elif counts[at] > FLAT_SHARE * counts.max() and _goes_on(hu, mask[at], at, step):
            found.append(Statement.of(flat, cm2=float(area_cm2[at])))
    return found


def _goes_on(hu: NDArray[np.generic], plane: Mask, at: int, step: int) -> bool:
    """Whether the slice beyond the mask's last holds the same tissue under it."""
    here, there = (hu[n][plane].astype(np.float64) for n in (at, at + step))
    return bool(np.mean(np.abs(there - np.median(here)) < TISSUE_HU) > 1 - MOST_FOREIGN)


def _pieces(grid: Grid, mask: Mask) -> list[Statement]:
    box = scipy.ndimage.find_objects(mask.view(np.uint8))[0]
    pieces, count = cc3d.connected_components(np.ascontiguousarray(mask[box]), return_N=True)
    ml = np.bincount(pieces.ravel())[1:] * grid.voxel_ml
    if count < 2 or ml.sum() - ml.max() <= SMALLEST_PIECE_ML:
        return []
    return [Statement.of("note.liver_pieces", count=int(count), ml=float(ml.sum() - ml.max()))]
