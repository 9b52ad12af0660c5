"""Surfaces for the view that can be turned: what stays, what goes, metastases, the cut."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates
from skimage.measure import marching_cubes

from liverplan.report.geometry import focus_mm, liver_box_mm
from liverplan.report.side import Side
from liverplan.resection import Plane
from liverplan.segmentation import Segmentation
from liverplan.volume import FloatArray

CELLS = 64
"""Cells along the liver's longest side: some 15,000 triangles, turned smoothly by a phone."""

LESION_CELLS = 16
BORDER_CELLS = 3
BENEATH = 0.15
"""Keeps a metastasis at the liver's surface under it, where both would be drawn at one depth."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mesh:
    """A surface of triangles.

    Parameters
    ----------
    kind : str
        "remnant", "resected", "uncut", "lesion" or "cut".
    name : str
        What a metastasis is called; empty for the others.
    vertices_mm : (n, 3) float array
        LPS mm.
    triangles : (m, 3) int array
        Indices of vertices.
    """

    kind: str
    name: str
    vertices_mm: FloatArray
    triangles: NDArray[np.int32]

    def to_json(self) -> dict[str, Any]:
        """Return the mesh with its numbers packed, as plotly.js unpacks them."""
        x, y, z = self.vertices_mm.T.astype("<f4")
        narrow = "<u2" if len(self.vertices_mm) <= 65536 else "<u4"
        i, j, k = self.triangles.T.astype(narrow)
        numbers = {"x": x, "y": y, "z": z, "i": i, "j": j, "k": k}
        return {
            "kind": self.kind,
            "name": self.name,
            **{key: _packed(values) for key, values in numbers.items()},
        }


def surfaces(segmentation: Segmentation, cut: Side) -> tuple[Mesh, ...]:
    """Every surface of the scene, metastases first."""
    box = liver_box_mm(segmentation)
    points, step_mm = _lattice(box, CELLS)
    liver = _field(segmentation, segmentation.labels > 0, points, step_mm)
    meshes = list(_lesions(segmentation, step_mm))
    side = cut(points) / step_mm
    if not cut.planned:
        return (*meshes, *_surface("uncut", liver, points))
    for kind, towards in (("remnant", side), ("resected", -side)):
        meshes += _surface(kind, np.minimum(liver, np.clip(towards, -1, 1)), points)
    if cut.bent:
        meshes += _bent(side, liver, points)
    focus = focus_mm(segmentation, cut)
    radius_mm = 0.26 * float(np.linalg.norm(box[1] - box[0]))
    return (*meshes, *(_patch(plane, focus, radius_mm) for plane in cut.planes))


def _lesions(segmentation: Segmentation, blur_mm: float) -> Sequence[Mesh]:
    """Metastases, as blurred as the liver is, so that none stands out of its surface."""
    meshes: list[Mesh] = []
    for label in segmentation.lesion_labels:
        mask = segmentation.lesion(label)
        alone = Segmentation(grid=segmentation.grid, labels=mask.astype(np.uint8))
        points, _ = _lattice(liver_box_mm(alone), LESION_CELLS)
        field = _field(alone, mask, points, blur_mm)
        meshes += _surface("lesion", field - BENEATH, points, name=f"M{label - 1}")
    return meshes


def _lattice(box: FloatArray, cells: int) -> tuple[FloatArray, float]:
    """(z, y, x, 3) LPS mm of points over a box and a border, and their distance."""
    step_mm = max(float((box[1] - box[0]).max()) / cells, 0.5)
    low, high = box[0] - BORDER_CELLS * step_mm, box[1] + (BORDER_CELLS + 1) * step_mm
    x, y, z = (np.arange(a, b, step_mm) for a, b in zip(low, high, strict=True))
    points: FloatArray = np.stack(np.meshgrid(z, y, x, indexing="ij")[::-1], axis=-1)
    return points, step_mm


def _field(
    segmentation: Segmentation, mask: NDArray[np.bool_], points: FloatArray, blur_mm: float
) -> FloatArray:
    """Positive inside the mask, smooth across its surface."""
    grid = segmentation.grid
    corners = grid.to_index(points.reshape(-1, 3)[[0, -1]])
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 4, 0)
    high = np.ceil(corners.max(axis=0)).astype(int) + 5
    part = mask[tuple(slice(a, b) for a, b in zip(low, high, strict=True))]
    blur = [max(0.5 * blur_mm / spacing, 0.5) for spacing in grid.spacing_mm]
    soft = gaussian_filter(part.astype(np.float32), blur)
    index = np.moveaxis(grid.to_index(points) - low, -1, 0)
    sampled = map_coordinates(soft, index, np.float64, order=1)
    return sampled - 0.5


def _surface(kind: str, field: FloatArray, points: FloatArray, name: str = "") -> list[Mesh]:
    if not (field > 0).any():
        return []
    vertices, triangles, _, _ = marching_cubes(field, 0.0)
    step = points[1, 1, 1] - points[0, 0, 0]
    vertices_mm = points[0, 0, 0] + vertices[:, ::-1] * step
    return [Mesh(kind=kind, name=name, vertices_mm=vertices_mm, triangles=triangles)]


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


def _packed(values: NDArray[Any]) -> dict[str, str]:
    content = base64.b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii")
    return {"dtype": f"{values.dtype.kind}{values.dtype.itemsize}", "bdata": content}
