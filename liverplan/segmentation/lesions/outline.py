"""The outline of a metastasis: the least-energy mask between two densities.

A lesion is found in a small box around a person's click or stroke. Its own density is read there,
the liver's around it. Of many balls or ellipsoids that fit, the one that holds most of the
lesion's density and least of the liver's gives the shape; the minimum cut then draws the border
between the two densities, never far from that shape. Experts draw 1-1.5 mm outside the visible
edge, where the density has all but become the liver's; so does this.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from liverplan import __version__
from liverplan.findings import Statement
from liverplan.segmentation.blocks import resampled
from liverplan.segmentation.boxes import Box, bounding_box
from liverplan.segmentation.lesions.region import FAT_HU, Evidence, Region
from liverplan.segmentation.maxflow import min_cut
from liverplan.segmentation.morphology import (
    components_touching,
    distance_transform_mm,
    filled_by_slice,
    signed_distance_mm,
)
from liverplan.segmentation.provenance import Provenance
from liverplan.segmentation.results import LesionResult, Mask
from liverplan.volume import FloatArray, Grid

CAPSULE_MM = 1.0
"""How far out of the liver a lesion may reach."""
COST_PER_MM = 2.0
SHAPE_PER_MM, SHAPE_SLACK_MM, SHAPE_MOST = 2.0, 2.0, 1.5
FARTHEST_MM = SHAPE_SLACK_MM * COST_PER_MM / SHAPE_PER_MM
"""So far outside its shape no density speaks enough for a lesion."""
ROOM = (3, 3, 3)
NEVER, ALWAYS = 5.0, -5.0
"""Costs of what stays outside, and of what is surely lesion."""
WEAK_HU = 15.0
"""A lesion of less contrast hardly stands out."""


def outlined(
    grid: Grid,
    region: Region,
    evidence: Evidence,
    outside_mm: FloatArray,
    seed: Mask,
    *,
    method: str,
    points_mm: Mapping[str, FloatArray],
) -> LesionResult:
    """Draw a lesion's border near its shape, and bring it to the CT's voxels.

    Parameters
    ----------
    grid : Grid
        The CT's.
    region, evidence
        Where the lesion lies, and what the densities there say.
    outside_mm : (k, j, i) array
        How far a block lies outside the lesion's likely shape, mm; negative inside.
    seed : (k, j, i) bool array
        What is surely lesion.
    method, points_mm
        What made it: a method's name, and the (3,) points that it was told, LPS mm.
    """
    box = bounding_box((outside_mm < FARTHEST_MM) | seed, ROOM)
    mask = _least_energy(region, evidence, outside_mm, seed, box)
    faint = abs(evidence.contrast_hu) < WEAK_HU
    return LesionResult(
        mask=_on_voxels(region, mask, box, grid),
        provenance=_provenance(method, points_mm),
        warnings=(Statement.of("note.lesion_faint"),) if faint else (),
    )


def _least_energy(
    region: Region, evidence: Evidence, outside_mm: FloatArray, seed: Mask, box: Box
) -> Mask:
    """Cut in the box that holds all that any density could make lesion: a cut never leaves it."""
    spacing, surely, away = region.blocks.spacing_mm, seed[box], outside_mm[box]
    shape = np.clip(away / SHAPE_SLACK_MM, -SHAPE_MOST, SHAPE_MOST)
    cost = evidence.values[box] * COST_PER_MM + shape * SHAPE_PER_MM
    outside = distance_transform_mm(~region.undented[box], spacing) > CAPSULE_MM
    outside &= away > 0
    never = outside | (region.blocks.hu[box] < FAT_HU)
    cost[never] = NEVER
    cost[surely] = ALWAYS
    mask = min_cut(cost, 1.0, spacing, iterations=150) > 0.5
    return filled_by_slice(components_touching(mask, surely)) & ~never


def _on_voxels(region: Region, mask: Mask, box: Box, grid: Grid) -> Mask:
    result = np.zeros(grid.shape, dtype=bool)
    signed = signed_distance_mm(mask, region.blocks.spacing_mm)
    places, voxels = [], []
    for at, first, side in zip(region.voxels, region.start, box, strict=True):
        low, high = np.searchsorted(at, (side.start - 0.5, side.stop - 0.5))
        places.append(at[low:high] - side.start)
        voxels.append(slice(first + int(low), first + int(high)))
    result[tuple(voxels)] = resampled(signed, places) > 0
    return result


def _provenance(method: str, points_mm: Mapping[str, FloatArray]) -> Provenance:
    words = {name: ", ".join(f"{x:.2f}" for x in point) for name, point in points_mm.items()}
    return Provenance(method=method, version=__version__, origin="clicks", parameters=words)
