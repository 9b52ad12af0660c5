"""The wedges that leave most: one round each lesion, along the direction that costs least.

An even look at the sphere of directions first, then steps to the side that are halved where none
helps; wedges that may overlap are turned one after the other, beside what else is cut. Every second
or third voxel is enough to tell which of two directions leaves more.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from liverplan.resection import Cut, Plan
from liverplan.resection.cuts.wedge import Wedge
from liverplan.volume import FloatArray
from liverplan.volumetry.planes.margin import LesionShape
from liverplan.volumetry.search.planes import sphere, turned
from liverplan.volumetry.shapes.plan_index import PlanIndex

WEDGE_DIRECTIONS, WEDGE_HALF_ANGLE_DEG = 96, 15.0
_FIRST_STEP_DEG, _LAST_STEP_DEG = 8.0, 1.0
_STARTS = 3
"""Directions of the first look that are followed up."""


def best_cuts_round(
    index: PlanIndex,
    lesions: Sequence[LesionShape],
    margin_mm: float,
    *,
    beside: tuple[Cut, ...] = (),
) -> tuple[Wedge, ...]:
    """Return a wedge round each lesion so that, beside other cuts, most tissue stays.

    Parameters
    ----------
    index : PlanIndex
    lesions : sequence of LesionShape
    margin_mm : float
        Between each lesion and its wedge.
    beside : tuple of Cut
        What is cut as well; tissue that it removes costs nothing more.
    """
    wedges: list[Wedge] = []
    for lesion in lesions:
        wedges.append(_round(index, lesion, margin_mm, (*beside, *wedges)))
    if len(wedges) > 1:  # the first ones did not know of the later ones
        for at, lesion in enumerate(lesions):
            others = (*wedges[:at], *wedges[at + 1 :])
            wedges[at] = _round(index, lesion, margin_mm, (*beside, *others), wedges[at])
    return tuple(wedges)


def enclosing_ball(lesion: LesionShape, index: PlanIndex) -> tuple[FloatArray, float]:
    """Return a ball that holds a lesion's voxel boxes: (3,) centre (LPS mm) and radius (mm).

    Found by moving the centre toward the farthest corner in ever smaller steps; its radius is
    within 1 % of the smallest.
    """
    corners = _lesion_corners(index, lesion)
    centre = (corners.min(axis=0) + corners.max(axis=0)) / 2
    for step in range(1, 200):
        off = corners - centre
        centre = centre + off[np.argmax((off**2).sum(axis=1))] / (step + 1)
    return centre, float(np.linalg.norm(corners - centre, axis=1).max())


def _round(
    index: PlanIndex,
    lesion: LesionShape,
    margin_mm: float,
    beside: tuple[Cut, ...],
    start: Wedge | None = None,
) -> Wedge:
    centre, radius = enclosing_ball(lesion, index)

    def wedge(direction: FloatArray) -> Wedge:
        return Wedge(
            tip_mm=centre,
            direction=direction,
            radius_mm=radius + margin_mm,
            half_angle_deg=WEDGE_HALF_ANGLE_DEG,
        )

    def left(directions: FloatArray) -> FloatArray:
        plans = (Plan(cuts=(*beside, wedge(direction))) for direction in directions)
        return np.array([index.coarse.remnant_ml(plan) for plan in plans])

    first = sphere(WEDGE_DIRECTIONS)
    if start is not None:
        first = np.concatenate([start.direction[None], first])
    remnants = left(first)
    best, most = first[0], -np.inf
    for at in np.argsort(-remnants, kind="stable")[:_STARTS]:
        direction, stays, step = first[at], float(remnants[at]), _FIRST_STEP_DEG
        while step >= _LAST_STEP_DEG:
            tries = turned(direction[None], np.array([step]))[0]
            found = left(tries)
            if found.max() > stays + 1e-6:
                direction, stays = tries[int(np.argmax(found))], float(found.max())
            else:
                step /= 2
        if stays > most:
            best, most = direction, stays
    return wedge(best)


def _lesion_corners(index: PlanIndex, lesion: LesionShape) -> FloatArray:
    offsets = np.array(list(np.ndindex(2, 2, 2))) - 0.5
    corners = (lesion.hull[:, None] + offsets).reshape(-1, 3)
    return index.segmentation.grid.to_mm(corners)
