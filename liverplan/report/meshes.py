"""Surfaces for the view that can be turned: what stays, what goes, metastases, cut, anatomy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from skimage.measure import marching_cubes

from liverplan.report.geometry import focus_mm, liver_box_mm
from liverplan.report.mesh import Kind, Mesh, field, lattice, marched
from liverplan.report.side import Side
from liverplan.resection import Plane
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.named import SCHEME
from liverplan.resection.anatomy.territories import LUMEN, TREES
from liverplan.segmentation import Segmentation
from liverplan.volume import FloatArray

CELLS = 64
"""Cells along the liver's longest side: some 15,000 triangles, turned smoothly by a phone."""

LESION_CELLS = 16
VESSEL_CELLS = 96
"""Along the longest side of a vessel tree, whose branches are thin."""
SEGMENT_CELLS = 40
"""Along the liver's longest side: there are nine segments, which are looked at from outside."""
BENEATH = 0.15
"""Keeps a metastasis at the liver's surface under it, where both would be drawn at one depth."""


def surfaces(segmentation: Segmentation, cut: Side) -> tuple[Mesh, ...]:
    """Return what a plan makes of the liver: metastases first, then its parts, then the cut."""
    box = liver_box_mm(segmentation)
    points, step_mm = lattice(box, CELLS)
    liver = field(segmentation.grid, segmentation.labels > 0, points, step_mm)
    meshes = list(_lesions(segmentation, step_mm))
    side = cut(points) / step_mm
    if not cut.planned:
        return (*meshes, *marched("uncut", liver, points))
    sides: Mapping[Kind, FloatArray] = {"remnant": side, "resected": -side}
    for kind, towards in sides.items():
        meshes += marched(kind, np.minimum(liver, np.clip(towards, -1, 1)), points)
    if cut.bent:
        meshes += _bent(side, liver, points)
    focus = focus_mm(segmentation, cut)
    radius_mm = 0.26 * float(np.linalg.norm(box[1] - box[0]))
    return (*meshes, *(_patch(plane, focus, radius_mm) for plane in cut.planes))


def anatomy(segmentation: Segmentation, maps: Mapping[str, PartMap]) -> tuple[Mesh, ...]:
    """Return vessels and Couinaud segments, as far as there are maps of them, by scheme."""
    meshes: list[Mesh] = []
    if LUMEN in maps:
        trees = {TREES[kind]: kind for kind in TREES}
        for part in maps[LUMEN].names:
            if part in trees:
                meshes += _vessel(trees[part], maps[LUMEN].mask([part]), segmentation)
    if SCHEME in maps:
        points, step_mm = lattice(liver_box_mm(segmentation), SEGMENT_CELLS)
        for part in maps[SCHEME].names:
            mask = maps[SCHEME].mask([part]) & segmentation.liver
            values = field(segmentation.grid, mask, points, step_mm)
            meshes += marched("segment", values, points, name=part)
    return tuple(meshes)


def cut_surface(segmentation: Segmentation, cut: Side) -> tuple[Mesh, ...]:
    """Return where the cuts run through the liver, flat ones too; none without a cut."""
    if not cut.planned:
        return ()
    points, step_mm = lattice(liver_box_mm(segmentation), CELLS)
    liver = field(segmentation.grid, segmentation.labels > 0, points, step_mm)
    return tuple(_bent(cut(points) / step_mm, liver, points))


def _vessel(kind: Kind, mask: NDArray[np.bool_], segmentation: Segmentation) -> list[Mesh]:
    if not mask.any():
        return []
    alone = Segmentation(grid=segmentation.grid, labels=mask.astype(np.uint8))
    points, step_mm = lattice(liver_box_mm(alone), VESSEL_CELLS)
    return marched(kind, field(alone.grid, mask, points, step_mm), points)


def _lesions(segmentation: Segmentation, blur_mm: float) -> Sequence[Mesh]:
    """Metastases, as blurred as the liver is, so that none stands out of its surface."""
    meshes: list[Mesh] = []
    for label in segmentation.lesion_labels:
        mask = segmentation.lesion(label)
        alone = Segmentation(grid=segmentation.grid, labels=mask.astype(np.uint8))
        points, _ = lattice(liver_box_mm(alone), LESION_CELLS)
        values = field(alone.grid, mask, points, blur_mm)
        meshes += marched("lesion", values - BENEATH, points, name=f"M{label - 1}")
    return meshes


def _bent(side: FloatArray, liver: FloatArray, points: FloatArray) -> list[Mesh]:
    """Draw curved cuts where they run through the liver: the border of what stays."""
    inside = liver > 0
    if not (side[inside] > 0).any() or not (side[inside] < 0).any():
        return []
    vertices, triangles, _, _ = marching_cubes(np.clip(side, -3, 3), 0.0, mask=inside)
    step = points[1, 1, 1] - points[0, 0, 0]
    vertices_mm = points[0, 0, 0] + vertices[:, ::-1] * step
    return [Mesh(kind="cut", name="", vertices_mm=vertices_mm, triangles=triangles)]


def _patch(plane: Plane, middle: FloatArray, radius_mm: float) -> Mesh:
    """Draw a cut as a square around the middle of the liver tissue that it meets."""
    centre = middle - plane.signed_distance_mm(middle) * plane.normal
    across = np.cross(plane.normal, np.eye(3)[np.abs(plane.normal).argmin()])
    across /= np.linalg.norm(across)
    along = np.cross(plane.normal, across)
    corners = [centre + radius_mm * (a * across + b * along) for a in (-1, 1) for b in (-1, 1)]
    return Mesh(
        kind="cut",
        name="",
        vertices_mm=np.array(corners),
        triangles=np.array([[0, 1, 2], [1, 3, 2]], dtype=np.int32),
    )
