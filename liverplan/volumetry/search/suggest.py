"""Plans worth a look: the best plane, wedges and segment set that clear every lesion.

The plane comes from `planes`, the wedges from `wedges`. Of the segments,
exactly those within the margin of a lesion must go, so the best set is known without a search.
Where there are two to four lesions, each way of dividing them between a plane and wedges is tried
too.

Where vessels are known, what of each remnant keeps its blood is told too, and can be what is
searched for. Nothing is known here of vessels that were not segmented: inflow, outflow and bile are
the surgeon's to judge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.errors import PlanError
from liverplan.findings import Statement
from liverplan.resection.cuts.parts import Parts
from liverplan.resection.plan import Plan
from liverplan.segmentation.boxes import bounding_box
from liverplan.volumetry.search.planes import best_plane, worthiest_plane
from liverplan.volumetry.search.wedges import (
    WEDGE_DIRECTIONS,
    WEDGE_HALF_ANGLE_DEG,
    best_cuts_round,
    enclosing_ball,
)
from liverplan.volumetry.shapes.margins import plan_margins
from liverplan.volumetry.shapes.plan_index import PlanIndex

__all__ = [
    "CAVEAT",
    "WEDGE_DIRECTIONS",
    "WEDGE_HALF_ANGLE_DEG",
    "Suggested",
    "Suggestions",
    "best_plane_and_wedges",
    "best_plane_plan",
    "best_segments",
    "best_wedges",
    "enclosing_ball",
    "suggest",
]

Left = Callable[[Plan], float]
Family = Literal["plane", "wedges", "segments", "plane and wedges"]

NORMALS, NORMALS_TOGETHER = 4000, 1000
MOST_DIVIDED = 4
"""Up to so many lesions are divided between a plane and wedges."""

LEAST_FRACTION = 0.01
"""Of the functional liver: what keeps less with its blood is no plan that keeps it."""

CAVEAT = Statement.of("suggested.caveat")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Suggested:
    """The best plan of one family, and what it leaves.

    ``perfused_ml``: what of the remnant keeps its blood; None where no vessels are known.
    """

    family: Family
    plan: Plan
    remnant_ml: float
    remnant_fraction: float
    margin_mm: float
    perfused_ml: float | None = None

    @property
    def counted_ml(self) -> float:
        """What a verdict counts: what keeps its blood, where that is known."""
        return self.remnant_ml if self.perfused_ml is None else self.perfused_ml

    @property
    def counted_fraction(self) -> float:
        """Of the functional liver."""
        if self.perfused_ml is None or not self.remnant_ml:
            return self.remnant_fraction
        return self.remnant_fraction * self.perfused_ml / self.remnant_ml


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Suggestions:
    """The best plan of each family that leaves any liver, largest remnant first.

    ``says`` tells what the best leaves, and whether that is more than the threshold.
    """

    margin_mm: float
    best: tuple[Suggested, ...]
    threshold_fraction: float
    says: Statement
    caveat: Statement = CAVEAT


def suggest(
    index: PlanIndex,
    *,
    margin_mm: float,
    threshold_fraction: float,
    together: bool = True,
    perfused_ml: Left | None = None,
    sought_ml: Left | None = None,
) -> Suggestions:
    """Search each family for the largest remnant that keeps the margin to every lesion.

    Parameters
    ----------
    index : PlanIndex
        With a "couinaud" map, segment sets are searched as well.
    margin_mm : float
        Least distance between lesions and cut.
    threshold_fraction : float
        Of the functional liver; ``says`` tells whether any plan leaves more.
    together : bool
        Whether a plane for some lesions with wedges for the others is searched as well: it takes
        longest.
    perfused_ml : callable of a Plan, optional
        What of its remnant keeps its blood, mL, where vessels are known.
    sought_ml : callable of a Plan, optional
        What of its remnant is worth something, mL, where not all of it is: most of that is searched
        for, and a plan that leaves next to nothing of it is none.

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
        ("plane", best_plane_plan(index, margin_mm, sought_ml)),
        ("wedges", best_wedges(index, margin_mm)),
    ]
    if "couinaud" in index.maps:
        plans.append(("segments", best_segments(index, margin_mm)))
    if together and 2 <= len(index.lesions) <= MOST_DIVIDED:
        plans.append(("plane and wedges", best_plane_and_wedges(index, margin_mm, sought_ml)))
    left_ml = sought_ml or index.remnant_ml
    least_ml = 0.0 if sought_ml is None else LEAST_FRACTION * index.functional_ml
    worth = [(ml, family, plan) for family, plan in plans if (ml := left_ml(plan)) > least_ml]
    if not worth:
        what = "any liver" if sought_ml is None else "any liver with inflow and outflow"
        raise PlanError(f"At a margin of {margin_mm:g} mm no plan was found that leaves {what}.")
    worth.sort(key=lambda one: -one[0])
    best = tuple(_suggested(index, family, plan, perfused_ml) for _, family, plan in worth)
    return Suggestions(
        margin_mm=margin_mm,
        best=best,
        threshold_fraction=threshold_fraction,
        says=_said_of(best[0], margin_mm, threshold_fraction),
    )


def best_plane_plan(index: PlanIndex, margin_mm: float, left_ml: Left | None = None) -> Plan:
    """Return the single plane with the largest remnant at a margin, or with most by ``left_ml``."""
    if left_ml is None:
        plane = best_plane(index.planes, margin_mm, normals=NORMALS).plane
    else:
        plane = worthiest_plane(
            index.planes,
            margin_mm,
            lambda plane: left_ml(Plan(cuts=(plane,))),
            normals=NORMALS_TOGETHER,
        )
    return Plan(cuts=(plane,), name="best plane")


def best_wedges(index: PlanIndex, margin_mm: float) -> Plan:
    """Return one wedge round each lesion, each along the direction that costs least."""
    return Plan(cuts=best_cuts_round(index, index.lesions, margin_mm), name="wedges")


def best_plane_and_wedges(index: PlanIndex, margin_mm: float, left_ml: Left | None = None) -> Plan:
    """Return the best plan that takes some lesions by a plane and each other one by a wedge."""
    count = len(index.lesions)
    plans = [
        _divided(index, [bool(chosen >> at & 1) for at in range(count)], margin_mm)
        for chosen in range(1, 2**count - 1)
    ]
    return max(plans, key=left_ml or index.remnant_ml)


def _divided(index: PlanIndex, by_plane: list[bool], margin_mm: float) -> Plan:
    lesions = tuple(zip(index.lesions, by_plane, strict=True))
    few = replace(index.planes, lesions=tuple(lesion for lesion, plane in lesions if plane))
    plane = best_plane(few, margin_mm, normals=NORMALS_TOGETHER).plane
    others = [lesion for lesion, plane in lesions if not plane]
    wedges = best_cuts_round(index, others, margin_mm, beside=(plane,))
    return Plan(cuts=(plane, *wedges), name="plane and wedges")


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
    lesions = index.segmentation.labels[box] > 1
    near = lesions | (_from_lesions_mm(lesions, index) < margin_mm)
    touched = np.unique(part_map.labels[box][near])
    names = tuple(part_map.names[n - 1] for n in touched if n > 0)
    return Plan(cuts=(Parts(scheme="couinaud", names=names),), name="segments")


def _from_lesions_mm(lesions: NDArray[np.bool_], index: PlanIndex) -> NDArray[np.float64]:
    """(k, j, i) distance between each voxel's box and the nearest lesion voxel's.

    On one lattice it is the distance between corners.
    """
    corners = scipy.ndimage.binary_dilation(
        np.pad(lesions, (0, 1)), np.ones((2, 2, 2), bool), origin=-1
    )
    distance = scipy.ndimage.distance_transform_edt(
        ~corners, sampling=index.segmentation.grid.spacing_mm
    )
    nearest = scipy.ndimage.minimum_filter(distance, size=2, origin=-1)
    return np.asarray(nearest[:-1, :-1, :-1])


def _suggested(index: PlanIndex, family: Family, plan: Plan, perfused_ml: Left | None) -> Suggested:
    remnant = index.remnant_ml(plan)
    margins = [m.margin_mm for m in plan_margins(index, plan)]
    return Suggested(
        family=family,
        plan=plan,
        remnant_ml=remnant,
        remnant_fraction=remnant / index.functional_ml,
        margin_mm=min((m for m in margins if m is not None), default=np.inf),
        perfused_ml=None if perfused_ml is None else perfused_ml(plan),
    )


def _said_of(best: Suggested, margin_mm: float, threshold_fraction: float) -> Statement:
    by = Statement.of(f"family.{best.family.replace(' ', '_')}")
    percent, plain = 100 * best.counted_fraction, 100 * best.remnant_fraction
    blood, above = best.perfused_ml is not None, best.counted_fraction > threshold_fraction
    if above and blood:
        return Statement.of(
            "suggested.leaves_blood", margin=margin_mm, by=by, percent=percent, plain=plain
        )
    if above:
        return Statement.of("suggested.leaves", margin=margin_mm, by=by, percent=percent)
    return Statement.of(
        "suggested.none_reaches_blood" if blood else "suggested.none_reaches",
        threshold=100 * threshold_fraction,
        margin=margin_mm,
        percent=percent,
        by=by,
    )
