"""Curved cuts that fold: control points dragged anywhere, measured by brute force.

Where a height field cannot hold a surface (it folds over itself as seen along its normal), every
voxel's centre is asked instead: it is removed if a line from it toward the side that stays crosses
the surface an odd number of times. That is exact for the triangles of the surface and the centres
of the voxels, and far from live: whoever measures a `FoldedCut` is told so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from liverplan.errors import PlanError
from liverplan.findings import CutFinding, Statement
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.cuts.base import Mask, Voxels
from liverplan.resection.cuts.catmull_rom import cells_of
from liverplan.resection.cuts.checks import is_unit
from liverplan.resection.cuts.net import Extent
from liverplan.resection.cuts.rigid import around
from liverplan.segmentation.labels import Segmentation
from liverplan.volume import FloatArray, Grid, read_only

FINENESS = 10
"""Triangles' sides in each cell between control points."""

FALLBACK = Statement.of("note.folds_over")

_OFF_LATTICE = np.array([1.7e-6, 2.9e-6])
"""Voxels (of a lattice column): no column runs through an edge that two triangles share."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FoldedCut(Voxels):
    """A surface through a net of control points that may lie anywhere.

    Parameters
    ----------
    control_mm : (A, B, 3) array
        LPS; at least 2 x 2.
    stays_toward : (3,) array
        Direction in which the tissue stays; any length but zero, stored as a unit vector.
    """

    kind: ClassVar[str] = "sheet"
    note: ClassVar[Statement | None] = FALLBACK

    control_mm: FloatArray
    stays_toward: FloatArray

    def __post_init__(self) -> None:
        net = np.array(self.control_mm, dtype=np.float64)
        toward = np.array(self.stays_toward, dtype=np.float64).reshape(-1)
        if net.ndim != 3 or net.shape[2] != 3 or min(net.shape[:2]) < 2:
            raise PlanError("A sheet needs a net of at least 2 x 2 control points.")
        if not np.isfinite(net).all():
            raise PlanError("A sheet's control points must be numbers.")
        length = float(np.linalg.norm(toward)) if toward.shape == (3,) else 0.0
        if not np.isfinite(length) or length == 0:
            raise PlanError("A sheet needs a direction in which the tissue stays.")
        toward = toward if is_unit(toward) else toward / length
        for name, array in (("control_mm", net), ("stays_toward", toward)):
            read_only(array)
            object.__setattr__(self, name, array)

    def lattice_mm(self) -> FloatArray:
        """Return (U, V, 3) LPS points of the surface, `FINENESS` a cell (Catmull-Rom)."""
        cells = np.stack([cells_of(self.control_mm[..., c]) for c in range(3)], axis=-1)
        a, b = self.control_mm.shape[:2]
        u, v = (np.arange((n - 1) * FINENESS + 1) / FINENESS for n in (a, b))
        at_u, at_v = np.minimum(u.astype(int), a - 2), np.minimum(v.astype(int), b - 2)
        powers = np.arange(4)
        s, t = (u - at_u)[:, None] ** powers, (v - at_v)[:, None] ** powers
        near = cells[at_u[:, None], at_v[None]]
        lattice = np.einsum("up,uvpqc,vq->uvc", s, near, t)
        return np.asarray(lattice, dtype=np.float64)

    def rim_mm(self) -> FloatArray:
        """Return (N, 3) LPS points along the surface's edge."""
        net = self.lattice_mm()
        return np.concatenate([net[0], net[-1], net[:, 0], net[:, -1]])

    def mask(self, segmentation: Segmentation, maps: Mapping[str, PartMap]) -> Mask:
        """(k, j, i) mask of the liver's voxels that it takes."""
        del maps
        return self.beyond(segmentation.grid, segmentation.liver)

    def beyond(self, grid: Grid, where: Mask) -> Mask:
        """(k, j, i) mask of the voxels, of those in ``where``, that lie beyond the surface."""
        slope = self.stays_toward @ grid.affine[:3, :3]
        axis = int(np.argmax(np.abs(slope) / np.array(grid.spacing_mm)))
        columns, heights = _crossings(grid.to_index(self._triangles()), axis, grid.shape)
        order = np.lexsort((heights, columns))
        key = columns[order] * (2.0 * grid.shape[axis] + 8) + heights[order]
        voxels = np.argwhere(where)
        column = _column(np.delete(voxels, axis, axis=1), axis, grid.shape)
        base = column * (2.0 * grid.shape[axis] + 8)
        up_to = np.searchsorted(key, base + voxels[:, axis])
        first = np.searchsorted(key, base - 4.0 - grid.shape[axis] / 2)
        last = np.searchsorted(key, base + 1.5 * grid.shape[axis] + 3.0)
        count = last - up_to if slope[axis] > 0 else up_to - first
        removed = np.zeros(grid.shape, dtype=np.bool_)
        removed[tuple(voxels[count % 2 == 1].T)] = True
        return removed

    def finding(self, removes_ml: float) -> CutFinding:
        """Return it as results name it."""
        return CutFinding(kind=self.kind, removes_ml=removes_ml)

    def moved(self, by_mm: FloatArray) -> Self:
        """Return the surface elsewhere, by a (3,) vector, LPS mm."""
        return replace(self, control_mm=self.control_mm + by_mm)

    def turned(self, pivot_mm: FloatArray, rotation: FloatArray) -> Self:
        """Return the surface turned about a point, (3,) LPS mm, by a (3, 3) rotation."""
        net = around(self.control_mm, pivot_mm, rotation)
        return type(self)(control_mm=net, stays_toward=rotation @ self.stays_toward)

    def flipped(self) -> Self:
        """Return the surface of which the other side stays."""
        return replace(self, stays_toward=-self.stays_toward)

    def nets_mm(self, extent: Extent) -> list[FloatArray]:
        """Return its surface as a (U, V, 3) net, LPS mm."""
        del extent
        return [self.lattice_mm()]

    def _triangles(self) -> FloatArray:
        """Return (N, 3, 3) LPS corners."""
        net = self.lattice_mm()
        a, b, c, d = net[:-1, :-1], net[1:, :-1], net[:-1, 1:], net[1:, 1:]
        halves = [np.stack(corners, axis=2) for corners in ((a, b, d), (a, d, c))]
        return np.concatenate([half.reshape(-1, 3, 3) for half in halves])


def _column(flat: NDArray[np.int64], axis: int, shape: tuple[int, int, int]) -> FloatArray:
    return np.asarray(flat[:, 0] * float(np.delete(shape, axis)[1]) + flat[:, 1], dtype=np.float64)


def _crossings(
    triangles: FloatArray, axis: int, shape: tuple[int, int, int]
) -> tuple[FloatArray, FloatArray]:
    """Columns of the lattice along one axis that triangles cross, and at what index."""
    size = np.delete(shape, axis)
    columns: list[FloatArray] = [np.empty(0)]
    heights: list[FloatArray] = [np.empty(0)]
    flat, level = np.delete(triangles, axis, axis=2), triangles[:, :, axis]
    low = np.clip(np.ceil(flat.min(axis=1) - 1e-3), 0, None).astype(int)
    high = np.minimum(np.floor(flat.max(axis=1) + 1e-3), size - 1).astype(int)
    reach = shape[axis]
    for corner, height, start, stop in zip(flat, level, low, high, strict=True):
        if np.any(stop < start):
            continue
        places = np.stack(
            np.meshgrid(*(np.arange(a, b + 1) for a, b in zip(start, stop, strict=True)),
                        indexing="ij"), axis=-1,
        ).reshape(-1, 2)  # fmt: skip
        edges = corner[1:] - corner[0]
        area = edges[0, 0] * edges[1, 1] - edges[0, 1] * edges[1, 0]
        if area == 0:
            continue
        off = places + _OFF_LATTICE - corner[0]
        s = (off[:, 0] * edges[1, 1] - off[:, 1] * edges[1, 0]) / area
        t = (off[:, 1] * edges[0, 0] - off[:, 0] * edges[0, 1]) / area
        hit = (s >= 0) & (t >= 0) & (s + t <= 1)
        at = height[0] + s[hit] * (height[1] - height[0]) + t[hit] * (height[2] - height[0])
        columns.append(_column(places[hit], axis, shape))
        heights.append(np.clip(at, -reach / 2, 1.5 * reach))
    return np.concatenate(columns), np.concatenate(heights)
