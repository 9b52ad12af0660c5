"""Plans worth a look: the best plane, wedges and segment set that clear every lesion.

The plane comes from `liverplan.volumetry.search`. A wedge goes from each lesion out to the surface
along the direction that costs least. Of the segments, exactly those within the margin of a lesion
must go, so the best set is known without a search.

Nothing is known here of vessels that were not segmented: inflow, outflow and bile are the
surgeon's to judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import ndimage

from liverplan.errors import PlanError
from liverplan.resection.plan import Cut, Parts, Plan
from liverplan.resection.shapes import Wedge
from liverplan.volume import FloatArray
from liverplan.volumetry.cut_margins import plan_margins
from liverplan.volumetry.cut_volumes import PlanIndex
from liverplan.volumetry.margin import LesionShape
from liverplan.volumetry.runs import bounding_box
from liverplan.volumetry.search import best_plane, sphere

Family = Literal["plane", "wedges", "segments"]

NORMALS = 4000
WEDGE_DIRECTIONS, WEDGE_HALF_ANGLE_DEG = 96, 15.0
CAVEAT = (
    "The suggestion knows nothing of vessels and bile ducts that were not segmented: inflow, "
    "outflow and bile drainage of what stays must be judged by the surgeon."
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Suggested:
    """The best plan of one family, and what it leaves."""

    family: Family
    plan: Plan
    remnant_ml: float
    remnant_fraction: float
    margin_mm: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Suggestions:
    """The best plan of each family that leaves any liver, largest remnant first; in words."""

    margin_mm: float
    best: tuple[Suggested, ...]
    threshold_fraction: float
    sentence: str
    caveat: str = CAVEAT


def suggest(
    index: PlanIndex, *, margin_mm: float = 10.0, threshold_fraction: float = 0.30
) -> Suggestions:
    """Search each family for the largest remnant that keeps the margin to every lesion.

    Parameters
    ----------
    index : PlanIndex
        With a "couinaud" map, segment sets are searched as well.
    margin_mm : float
        Least distance between lesions and cut.
    threshold_fraction : float
        Of the functional liver; the sentence says whether any plan leaves more.

    Raises
    ------
    PlanError
        If there is no lesion, the margin is not between 0 and 100 mm, or no plan leaves any liver.
    """
    if not index.lesions:
        raise PlanError("There is no lesion to plan for.")
    if not 0 <= margin_mm <= 100:
        raise PlanError(f"The margin must be between 0 and 100 mm, not {margin_mm:g}.")
    plans: list[tuple[Family, Plan]] = [
        ("plane", best_plane_plan(index, margin_mm)),
        ("wedges", best_wedges(index, margin_mm)),
    ]
    if "couinaud" in index.maps:
        plans.append(("segments", best_segments(index, margin_mm)))
    found = [_suggested(index, family, plan) for family, plan in plans if index.remnant_ml(plan)]
    if not found:
        raise PlanError(f"At a margin of {margin_mm:g} mm no plan was found that leaves any liver.")
    found.sort(key=lambda s: -s.remnant_ml)
    return Suggestions(
        margin_mm=margin_mm,
        best=tuple(found),
        threshold_fraction=threshold_fraction,
        sentence=_sentence(found, margin_mm, threshold_fraction),
    )


def front(
    index: PlanIndex, margins_mm: Sequence[float] = (0.0, 5.0, 10.0, 15.0, 20.0)
) -> tuple[Suggestions, ...]:
    """Return the best plans at each of several margins: remnant against margin."""
    return tuple(suggest(index, margin_mm=margin) for margin in margins_mm)


def best_plane_plan(index: PlanIndex, margin_mm: float) -> Plan:
    """Return the single plane with the largest remnant at a margin."""
    plane = best_plane(index.planes, margin_mm, normals=NORMALS).plane
    return Plan(cuts=(plane,), name="best plane")


def best_wedges(index: PlanIndex, margin_mm: float) -> Plan:
    """Return one wedge round each lesion, each along the direction that costs least."""
    cuts = tuple(_wedge(index, lesion, margin_mm) for lesion in index.lesions)
    return Plan(cuts=cuts, name="wedges")


def best_segments(index: PlanIndex, margin_mm: float) -> Plan:
    """Return the segments that lie within the margin of any lesion: all of them must go.

    Raises
    ------
    PlanError
        If there is no "couinaud" map.
    """
    if "couinaud" not in index.maps:
        raise PlanError("Segments can be suggested once there is a map of them.")
    part_map = index.maps["couinaud"]
    box = bounding_box(index.segmentation.labels)
    spacing = index.segmentation.grid.spacing_mm
    lesions = index.segmentation.labels[box] > 1
    distance = ndimage.distance_transform_edt(~lesions, sampling=spacing)
    reach = margin_mm + float(np.linalg.norm(spacing))
    touched = np.unique(part_map.labels[box][np.less_equal(distance, reach)])
    names = tuple(part_map.names[n - 1] for n in touched if n > 0)
    return Plan(cuts=(Parts(scheme="couinaud", names=names),), name="segments")


def enclosing_ball(lesion: LesionShape, index: PlanIndex) -> tuple[FloatArray, float]:
    """Return a ball that holds a lesion's voxel boxes: centre (LPS mm) and radius (mm).

    Found by moving the centre toward the farthest corner in ever smaller steps; its radius is
    within 1 % of the smallest.
    """
    corners = _lesion_corners(index, lesion)
    centre = (corners.min(axis=0) + corners.max(axis=0)) / 2
    for step in range(1, 200):
        off = corners - centre
        centre = centre + off[np.argmax((off**2).sum(axis=1))] / (step + 1)
    return centre, float(np.linalg.norm(corners - centre, axis=1).max())


def _wedge(index: PlanIndex, lesion: LesionShape, margin_mm: float) -> Cut:
    centre, radius = enclosing_ball(lesion, index)
    wedges = [
        Wedge(
            tip_mm=centre,
            direction=direction,
            radius_mm=radius + margin_mm,
            half_angle_deg=WEDGE_HALF_ANGLE_DEG,
        )
        for direction in sphere(WEDGE_DIRECTIONS)
    ]
    left = [index.remnant_ml(Plan(cuts=(wedge,))) for wedge in wedges]
    return wedges[int(np.argmax(left))]


def _lesion_corners(index: PlanIndex, lesion: LesionShape) -> FloatArray:
    offsets = np.array(list(np.ndindex(2, 2, 2))) - 0.5
    corners = (lesion.hull[:, None] + offsets).reshape(-1, 3)
    return index.segmentation.grid.to_mm(corners)


def _suggested(index: PlanIndex, family: Family, plan: Plan) -> Suggested:
    remnant = index.remnant_ml(plan)
    margins = [m.margin_mm for m in plan_margins(index, plan)]
    return Suggested(
        family=family,
        plan=plan,
        remnant_ml=remnant,
        remnant_fraction=remnant / index.functional_ml,
        margin_mm=min((m for m in margins if m is not None), default=np.inf),
    )


def _sentence(found: list[Suggested], margin_mm: float, threshold_fraction: float) -> str:
    best = found[0]
    share = f"{100 * best.remnant_fraction:.1f} %"
    kinds = {"plane": "one plane", "wedges": "wedges", "segments": "segments"}
    if best.remnant_fraction > threshold_fraction:
        return (
            f"At a margin of {margin_mm:g} mm, {kinds[best.family]} would leave {share} of the "
            "functional liver."
        )
    return (
        f"No plan was found that leaves more than {100 * threshold_fraction:g} % at a margin of "
        f"{margin_mm:g} mm: best found {share}, by {kinds[best.family]}."
    )
