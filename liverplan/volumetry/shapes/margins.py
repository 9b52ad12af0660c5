"""How far a plan's cut, where it runs through the liver, stays from each lesion.

A lesion is the union of its voxels' boxes, as in `planes.margin`: that errs on the
safe side. The cuts' own functions at the lesion's corners are never larger than the distance to
the whole surface; where the part of it inside the liver lies farther off, `distance` finds how
far. What is given is never more than the distance, and less by 0.3 mm at most.
"""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.findings import Margin
from liverplan.resection.plan import Plan
from liverplan.volume import FloatArray
from liverplan.volumetry.shapes.distance import Patch, onto_surface, removal, removal_of
from liverplan.volumetry.shapes.plan_index import PlanIndex

__all__ = ["crossed_mm", "plan_margins", "removal", "removal_of"]


def plan_margins(index: PlanIndex, plan: Plan) -> tuple[Margin, ...]:
    """Return the margin of each lesion, ascending by label; a few milliseconds each.

    Territories of cut vessels count as staying: nobody takes them out, nor a lesion in them.
    """
    if not index.lesions:
        return ()
    plan = plan.removing
    if not plan.cuts:
        return tuple(_untouched(index, at) for at in range(len(index.lesions)))
    patch = Patch.of(index, plan)
    return tuple(_margin(patch, at) for at in range(len(index.lesions)))


def crossed_mm(index: PlanIndex, plan: Plan) -> FloatArray:
    """(N, 3) LPS points of the shapes' surface inside the liver, about one a voxel crossed."""
    grid, liver = index.segmentation.grid, index.liver
    voxels = grid.to_mm(liver.crossed(plan.rows()) + np.array(liver.start))
    points = onto_surface(removal(plan), voxels)
    return np.asarray(points[np.linalg.norm(points - voxels, axis=1) <= liver.half_mm])


def _untouched(index: PlanIndex, at: int) -> Margin:
    lesion = index.lesions[at]
    volume_ml = len(lesion.voxels) * index.segmentation.grid.voxel_ml
    return Margin(label=lesion.label, margin_mm=None, in_remnant=True, stays_ml=volume_ml)


def _margin(patch: Patch, at: int) -> Margin:
    index, lesion = patch.index, patch.index.lesions[at]
    grid, boxes = index.segmentation.grid, index.lesion_boxes[at]
    voxels = lesion.voxels
    if patch.taken is not None:
        voxels = voxels[patch.taken.left.holds(voxels)]
    whole = len(voxels) == len(lesion.voxels)
    values, rim = patch.value(grid.to_mm(voxels)), patch.value(boxes.corners_mm)
    stays_ml = float(np.count_nonzero(values > 0)) * grid.voxel_ml
    left = rim if whole else values
    highest, lowest = float(left.max(initial=-np.inf)), float(left.min(initial=np.inf))
    if highest > 0 and (lowest < 0 or not whole):
        depth = highest if np.isfinite(highest) else _depth_mm(patch, voxels)
        return Margin(label=lesion.label, margin_mm=-depth, in_remnant=True, stays_ml=stays_ml)
    margin = min(
        _to_shapes_mm(patch, at, rim),
        patch.to_faces_mm(boxes),
    )
    return Margin(
        label=lesion.label,
        margin_mm=margin if np.isfinite(margin) else None,
        in_remnant=highest > 0,
        stays_ml=stays_ml,
    )


def _to_shapes_mm(patch: Patch, at: int, rim_mm: FloatArray) -> float:
    """Distance to the shapes' patch; to the whole surface where that misses the liver."""
    found = patch.to_shapes_mm(patch.index.lesion_boxes[at], rim_mm)
    if np.isfinite(found) or patch.taken is not None:
        return found
    return max(-float(rim_mm.max()), float(rim_mm.min()))


def _depth_mm(patch: Patch, voxels: NDArray[np.int64]) -> float:
    """How far voxels that stay reach from where named parts end, mm; at least half a voxel."""
    grid = patch.index.segmentation.grid
    least = min(grid.spacing_mm) / 2
    if patch.taken is None or len(patch.taken.faces) == 0:
        return least
    faces = scipy.spatial.cKDTree(grid.to_mm(patch.taken.faces))
    return max(float(np.max(faces.query(grid.to_mm(voxels))[0])), least)
