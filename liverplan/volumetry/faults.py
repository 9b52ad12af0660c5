"""Plans that make no sense on this liver: one policy for cuts of all kinds.

Measuring answers in spite of them; whoever judges, refuses or signs asks here.
"""

from __future__ import annotations

from typing import assert_never

import cc3d
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from liverplan.findings import Fault, Statement, Value
from liverplan.resection import (
    Ablation,
    CurvedCut,
    Cut,
    FoldedCut,
    Parts,
    Plan,
    Plane,
    Sphere,
    VCut,
    Wedge,
)
from liverplan.segmentation.boxes import bounding_box, voxels_of
from liverplan.volumetry.shapes.margins import crossed_mm, plan_margins, removal
from liverplan.volumetry.shapes.plan_index import PlanIndex

SMALLEST_CUT_ML = 1e-6
"""A cut that takes less, or leaves less, misses the liver."""

ISLAND_ML = 0.5
"""Smaller detached crumbs are no island: a mask's edge has some by itself."""

ASTRAY_FRACTION = 0.002
"""Of a folded cut's border: voxels at its creases lie aside."""

RIM_TOLERANCE_MM = 0.5
"""A surface may end this far inside the liver's mask: less than a voxel's diagonal."""


def plan_faults(index: PlanIndex, plan: Plan) -> tuple[Fault, ...]:
    """Every reason why a plan makes no sense; none if it does.

    Found: a cut that misses the liver, a surface too short to cut through, a plan that leaves
    nothing, one that cuts through a lesion, one that leaves an island.

    Raises
    ------
    PlanError
        If the plan names parts of a map that is not at hand.
    """
    if not plan.cuts:
        return (_fault("fault.no_cut"),)
    faults = [
        fault for number, cut in enumerate(plan.cuts, 1) for fault in cut_faults(index, cut, number)
    ]
    if any(fault.key == "fault.plane_takes_all" for fault in faults):
        return tuple(faults)  # that says already that nothing stays
    if index.remnant_ml(plan) <= 0:
        return (
            *faults,
            _fault("fault.nothing_stays"),
        )
    return (*faults, *_lesion_faults(index, plan), *_island_faults(index, plan))


def islands_ml(index: PlanIndex, plan: Plan) -> tuple[float, ...]:
    """Volumes of the pieces that the plan detaches from the largest one that stays, mL."""
    liver = index.segmentation.liver
    box = bounding_box(index.segmentation.labels)
    before = cc3d.connected_components(np.ascontiguousarray(liver[box]), connectivity=6)
    stays = staying(index, plan)[box]
    pieces = cc3d.connected_components(np.ascontiguousarray(stays), connectivity=6)
    whole_before, sizes = np.bincount(before.ravel()), np.bincount(pieces.ravel())
    if sizes.size <= 2:
        return ()
    largest = int(np.argmax(sizes[1:])) + 1
    origin = np.zeros(sizes.size, dtype=np.int64)
    origin[pieces.ravel()] = before.ravel()
    untouched = sizes == whole_before[origin]
    detached = [n for n in range(1, sizes.size) if n != largest and not untouched[n]]
    volumes = [float(sizes[n]) * index.segmentation.grid.voxel_ml for n in detached]
    return tuple(sorted((ml for ml in volumes if ml >= ISLAND_ML), reverse=True))


def staying(index: PlanIndex, plan: Plan) -> NDArray[np.bool_]:
    """(k, j, i) mask of the liver voxels, lesions included, whose centre the plan leaves."""
    mask = index.segmentation.liver & ~index.part_mask(plan.voxels)
    where = voxels_of(mask)
    removed = where[removal(plan)(index.segmentation.grid.to_mm(where)) < 0]
    mask[tuple(removed.T)] = False
    return mask


def cut_faults(
    index: PlanIndex, cut: Cut, number: int, *, name: Statement | None = None
) -> tuple[Fault, ...]:
    """Every reason why one cut makes no sense by itself.

    Parameters
    ----------
    index : PlanIndex
    cut : Cut
    number : int
        Its place in the plan, from 1: it names the cut, e.g. "Cut 2 (wedge)".
    name : Statement, optional
        Another name for it, e.g. "fault.this_contour".
    """
    name = name or Statement.of("fault.this_cut", number=number, kind=cut.kind)
    stays = index.remnant_ml(Plan(cuts=(cut,)))
    misses = stays >= index.functional_ml - SMALLEST_CUT_ML
    takes_all = not isinstance(cut, Parts) and stays <= SMALLEST_CUT_ML
    match cut:
        case Plane() if misses or takes_all:
            key = "fault.plane_takes_nothing" if misses else "fault.plane_takes_all"
            place = ", ".join(f"{x:g}" for x in cut.point_mm)
            return (_fault(key, number=number, place=place),)
        case _ if misses:
            return (_fault("fault.takes_nothing", cut=name),)
        case _ if takes_all:
            return (_fault("fault.takes_all", cut=name),)
        case CurvedCut():
            return _rim_faults(index, cut, name)
        case FoldedCut():
            return _folded_faults(index, cut, name)
        case Plane() | Sphere() | Wedge() | VCut() | Ablation() | Parts():
            return ()
        case _:
            assert_never(cut)


def _rim_faults(index: PlanIndex, cut: CurvedCut, name: Statement) -> tuple[Fault, ...]:
    points = crossed_mm(index, Plan(cuts=(cut,)))
    short = float(cut.beyond_rim_mm(points).max(initial=0.0))
    if short <= RIM_TOLERANCE_MM:
        return ()
    return (_fault("fault.curved_too_short", cut=name, mm=short),)


def _folded_faults(index: PlanIndex, cut: FoldedCut, name: Statement) -> tuple[Fault, ...]:
    grid, rim = index.segmentation.grid, cut.rim_mm()
    at = np.rint(grid.to_index(rim)).astype(int)
    at = at[np.all((at >= 0) & (at < grid.shape), axis=1)]
    if index.segmentation.labels[tuple(at.T)].any():
        return (_fault("fault.folded_too_short", cut=name),)
    return () if _parts(index, cut) else (_fault("fault.does_not_part", cut=name),)


def _parts(index: PlanIndex, cut: FoldedCut) -> bool:
    """Whether what a folded cut removes ends at its surface, and nowhere else in the liver."""
    grid, faces = index.segmentation.grid, index.taken((cut,)).faces
    if len(faces) == 0:
        return True
    net = cut.lattice_mm()
    gaps = [np.linalg.norm(np.diff(net, axis=axis), axis=-1).max() for axis in (0, 1)]
    near = float(np.hypot(*gaps)) / 2 + index.liver.half_mm * 2
    astray = cKDTree(net.reshape(-1, 3)).query(grid.to_mm(faces))[0] > near
    return bool(np.count_nonzero(astray) <= ASTRAY_FRACTION * len(faces))


def _lesion_faults(index: PlanIndex, plan: Plan) -> list[Fault]:
    cutting = plan.removing.not_ablating
    if not cutting.cuts:
        return []
    return [
        _fault("fault.cuts_lesion", number=margin.label - 1, ml=margin.stays_ml)
        for margin in plan_margins(index, cutting)
        if margin.margin_mm is not None and margin.margin_mm < 0 and margin.in_remnant
    ]


def _island_faults(index: PlanIndex, plan: Plan) -> list[Fault]:
    cutting = plan.removing.not_ablating
    islands = islands_ml(index, cutting) if cutting.cuts else ()
    if not islands:
        return []
    volumes = tuple(Statement.of("fault.island_ml", ml=ml) for ml in islands)
    return [_fault("fault.island", volumes=volumes)]


def _fault(key: str, **values: Value) -> Fault:
    return Fault(says=Statement.of(key, **values))
