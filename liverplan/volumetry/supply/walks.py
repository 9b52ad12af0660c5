"""How a plan's cuts run across a vessel tree: where each branch is crossed, and what is lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liverplan.resection.anatomy.courses import STEP_MM, Courses
from liverplan.resection.plan import Plan
from liverplan.volume import FloatArray
from liverplan.volumetry.shapes.distance import removal
from liverplan.volumetry.shapes.plan_index import PlanIndex
from liverplan.volumetry.supply.kernels import walk
from liverplan.volumetry.supply.tissue import LABELS

ROOTLESS_SHARE = 0.9
"""Of a tree's length on roots that are taken out, from which on it tells nothing."""

_HALVINGS = 6
"""Of the step between two points of a line: 0.1 mm becomes 0.002 mm."""

Mask = NDArray[np.bool_]
Thresholds = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Walk:
    """What a plan does to one tree: see `kernels.walk`; ``along_mm`` (B,) where it is crossed.

    ``limits`` are those of `Tissue.without_blood`; ``rootless``: its roots are taken out, so that
    nothing is told of it.
    """

    crossed: NDArray[np.int64]
    owner: NDArray[np.int64]
    owns: Mask
    along_mm: FloatArray
    limits: Thresholds
    rootless: bool


def walked(index: PlanIndex, plan: Plan, courses: Courses, whole: Mask) -> Walk:
    """Walk a tree's branches through a plan, of which (B,) ``whole`` are kept."""
    gone = _gone(index, plan, courses.points_mm)
    rootless = _is_rootless(courses, gone)
    if rootless:
        gone = np.zeros_like(gone)
    line = courses.order, courses.parents, courses.starts, gone
    crossed, before, lost, owner, owns = walk(*line, np.zeros_like(whole))
    along = _crossings(index, plan, courses, crossed, before, gone)
    drawn = _lost_from(courses, crossed, along, lost)
    if whole.any():
        _, _, lost, owner, owns = walk(*line, whole)
    limits = np.full((3, LABELS), np.inf, dtype=np.float32)
    limits[0, 1 : len(drawn) + 1] = drawn
    limits[1, 1 : len(drawn) + 1] = _lost_from(courses, crossed, along, lost)
    limits[2, 1 : len(owns) + 1][owns] = along[owns]
    return Walk(
        crossed=crossed, owner=owner, owns=owns, along_mm=along, limits=limits, rootless=rootless
    )


def _lost_from(
    courses: Courses,
    crossed: NDArray[np.int64],
    along_mm: FloatArray,
    lost: NDArray[np.int64],
) -> FloatArray:
    """(B,) from how far along it each branch carries nothing, mm; infinity where it all does."""
    found = np.where(lost == -2, -np.inf, np.inf)
    at = np.flatnonzero(lost >= 0)
    found[at] = np.where(lost[at] == crossed[at], along_mm[at], courses.along_mm[lost[at]])
    return found


def _is_rootless(courses: Courses, gone: Mask) -> bool:
    """Whether nearly all of a tree hangs on roots within the liver that are taken out.

    ``gone``: (N,) of each of its points in the liver.
    """
    lengths = np.diff(courses.starts)
    taken = {
        name
        for name, parent, start, length in zip(
            courses.names, courses.parents, courses.starts, lengths, strict=False
        )
        if parent < 0 and length and courses.along_mm[start] == 0 and gone[start]
    }
    hanging = [name.partition(".")[0] in taken for name in courses.names]
    return bool(taken) and float(lengths[hanging].sum()) >= ROOTLESS_SHARE * float(lengths.sum())


def _gone(index: PlanIndex, plan: Plan, points_mm: FloatArray) -> Mask:
    """(N,) whether LPS points in the liver lie in tissue that a plan takes out."""
    gone = removal(plan)(points_mm) < 0
    if plan.voxels:
        voxels = np.rint(index.segmentation.grid.to_index(points_mm)).astype(np.int64)
        gone |= ~index.taken(plan.voxels).left.holds(voxels)
    return np.asarray(gone)


def _crossings(
    index: PlanIndex,
    plan: Plan,
    courses: Courses,
    crossed: NDArray[np.int64],
    before: NDArray[np.int64],
    gone: Mask,
) -> FloatArray:
    """(B,) how far along each branch the cut crosses it first, mm; infinity where it does not."""
    found = np.full(len(crossed), np.inf)
    at = np.flatnonzero(crossed >= 0)
    if not at.size:
        return found
    after, last = crossed[at], before[at]
    found[at] = courses.along_mm[after]
    apart = courses.along_mm[after] - courses.along_mm[last]
    near = (last >= courses.starts[at]) & (apart < 1.5 * STEP_MM)  # else it left the liver between
    at, after, last = at[near], after[near], last[near]
    low, high = np.zeros(len(at)), np.ones(len(at))
    start, way = courses.points_mm[last], courses.points_mm[after] - courses.points_mm[last]
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        passed = _gone(index, plan, start + middle[:, None] * way) == gone[after]
        low, high = np.where(passed, low, middle), np.where(passed, middle, high)
    found[at] = courses.along_mm[last] + high * (courses.along_mm[after] - courses.along_mm[last])
    return found
