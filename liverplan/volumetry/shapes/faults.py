"""Plans that make no sense on this liver, in words. Never a silent no-op."""

from __future__ import annotations

from typing import assert_never

import cc3d
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from liverplan.errors import PlanError
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

ISLAND_ML = 0.5
"""Smaller detached crumbs are no island: a mask's edge has some by itself."""

ASTRAY_FRACTION = 0.002
"""Of a sheet's border: voxels at its creases lie aside."""

RIM_TOLERANCE_MM = 0.5
"""A surface may end this far inside the liver's mask: less than a voxel's diagonal."""


def plan_faults(index: PlanIndex, plan: Plan) -> tuple[str, ...]:
    """Every reason to refuse a plan, one sentence each; none if it makes sense.

    Found: a cut that misses the liver, a surface too short to cut through, a plan that leaves
    nothing, one that cuts through a lesion, one that leaves an island.
    """
    if not plan.cuts:
        return ("The plan has no cut, so nothing is removed.",)
    faults = [
        sentence
        for number, cut in enumerate(plan.cuts, 1)
        for sentence in cut_faults(index, cut, f"Cut {number} ({cut.kind})")
    ]
    if index.remnant_ml(plan) <= 0:
        return (*faults, "The plan removes the whole functional liver: nothing stays.")
    return (*faults, *_lesion_faults(index, plan), *_island_faults(index, plan))


def require_sound(index: PlanIndex, plan: Plan) -> None:
    """Refuse a plan with any fault.

    Raises
    ------
    PlanError
        With every fault.
    """
    faults = plan_faults(index, plan)
    if faults:
        raise PlanError(" ".join(faults))


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


def cut_faults(index: PlanIndex, cut: Cut, name: str) -> list[str]:
    """Every reason to refuse one cut by itself; ``name`` begins each sentence."""
    plan = Plan(cuts=(cut,))
    removed = index.functional_ml - index.remnant_ml(plan)
    if removed <= 0:
        return [f"{name} misses the liver: it removes nothing."]
    if not isinstance(cut, Parts) and removed >= index.functional_ml:
        return [f"{name} misses the liver: the whole of it lies on the side that is removed."]
    match cut:
        case CurvedCut():
            return _rim_faults(index, cut, name)
        case FoldedCut():
            return _folded_faults(index, cut, name)
        case Plane() | Sphere() | Wedge() | VCut() | Ablation() | Parts():
            return []
        case _:
            assert_never(cut)


def _rim_faults(index: PlanIndex, cut: CurvedCut, name: str) -> list[str]:
    points = crossed_mm(index, Plan(cuts=(cut,)))
    short = float(cut.beyond_rim_mm(points).max(initial=0.0))
    if short <= RIM_TOLERANCE_MM:
        return []
    return [
        f"{name} is too short to cut through: it ends inside the liver, {short:.1f} mm from its "
        "surface at most; make it larger."
    ]


def _folded_faults(index: PlanIndex, cut: FoldedCut, name: str) -> list[str]:
    grid, rim = index.segmentation.grid, cut.rim_mm()
    at = np.rint(grid.to_index(rim)).astype(int)
    at = at[np.all((at >= 0) & (at < grid.shape), axis=1)]
    if index.segmentation.labels[tuple(at.T)].any():
        return [
            f"{name} is too short to cut through: its edge lies inside the liver; make it larger."
        ]
    return _parting_faults(index, cut, name)


def _parting_faults(index: PlanIndex, cut: FoldedCut, name: str) -> list[str]:
    """Whether what a sheet removes ends at the sheet, and nowhere else in the liver."""
    grid, faces = index.segmentation.grid, index.taken((cut,)).faces
    if len(faces) == 0:
        return []
    net = cut.lattice_mm()
    gaps = [np.linalg.norm(np.diff(net, axis=axis), axis=-1).max() for axis in (0, 1)]
    near = float(np.hypot(*gaps)) / 2 + index.liver.half_mm * 2
    astray = cKDTree(net.reshape(-1, 3)).query(grid.to_mm(faces))[0] > near
    if np.count_nonzero(astray) <= ASTRAY_FRACTION * len(faces):
        return []
    return [f"{name} folds so that it does not part the liver in two; draw it as two cuts."]


def _lesion_faults(index: PlanIndex, plan: Plan) -> list[str]:
    cutting = plan.removing.not_ablating
    if not cutting.cuts:
        return []
    return [
        f"The plan cuts through metastasis {margin.label - 1}: {margin.stays_ml:.1f} mL of it "
        "would stay."
        for margin in plan_margins(index, cutting)
        if margin.margin_mm is not None and margin.margin_mm < 0 and margin.in_remnant
    ]


def _island_faults(index: PlanIndex, plan: Plan) -> list[str]:
    cutting = plan.removing.not_ablating
    islands = islands_ml(index, cutting) if cutting.cuts else ()
    if not islands:
        return []
    volumes = " and ".join(f"{ml:.1f} mL" for ml in islands)
    return [f"The plan leaves an island of {volumes} that no longer hangs together with the rest."]
