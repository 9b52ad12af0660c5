"""The distance between a lesion and a cut's patch inside the liver, between two bounds.

Blocks of the liver that the cut may cross are looked at nearest first. A point of the patch bounds
the distance from above; a block's middle, less its half diagonal, from below; blocks whose lower
bound is beyond the upper one are dropped, the others halved, until the bounds are close. The lower
one is given: it is never more than the distance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liverplan.resection.cuts.base import Shape
from liverplan.resection.plan import Plan
from liverplan.resection.primitives import Rows, rows
from liverplan.volume import FloatArray
from liverplan.volumetry.shapes.blocks import BlockTree
from liverplan.volumetry.shapes.lesion_boxes import LesionBoxes
from liverplan.volumetry.shapes.plan_index import PlanIndex, Taken
from liverplan.volumetry.shapes.primitive_kernels import Array, union
from liverplan.volumetry.shapes.voxel_kernels import sides

CLOSE_MM = 0.28
"""So close do the bounds come."""

_FIRST = 4
"""Voxels along each side of the blocks that are sorted by distance."""

_BATCH = 48
_FINEST = 1 / 32
_MOST = 60_000
"""Cells at which the search gives up and keeps the bound that it has."""

_ROUNDS = 4
_STEP_MM = 1e-3
_ON_SURFACE_MM = 1e-3
_PER_FACE = 13
"""Points along each side of a voxel's face that a cut runs through."""

Value = Callable[[FloatArray], FloatArray]
Cells = FloatArray
"""(N, 3) index coordinates of the middles of cells."""


def removal(plan: Plan) -> Value:
    """Return the plan's shapes as one function of (N, 3) LPS points: mm, negative where removed."""
    return removal_of(plan.shapes)


def removal_of(shapes: Sequence[Shape]) -> Value:
    """Return shapes as one function of (N, 3) LPS points: (N,) mm, negative where removed."""
    cut = rows([shape.primitives() for shape in shapes])

    def value(points_mm: FloatArray) -> FloatArray:
        if cut.kinds.size == 0:
            return np.full(len(points_mm), np.inf)
        points = np.array(points_mm, dtype=np.float64, order="C")  # compiled for what is writable
        return np.asarray(union(_arrays(cut), points))

    return value


def onto_surface(value: Value, points_mm: FloatArray) -> FloatArray:
    """Move (M, 3) points, mm, near a surface onto it (two Newton steps along the gradient)."""
    for _ in range(2):
        steps = _STEP_MM * np.eye(3)
        gradient = np.stack(
            [(value(points_mm + s) - value(points_mm - s)) / (2 * _STEP_MM) for s in steps], axis=-1
        )
        square = np.maximum((gradient**2).sum(axis=-1), 1e-6)
        points_mm = points_mm - (value(points_mm) / square)[:, None] * gradient
    return points_mm


@dataclass(frozen=True, kw_only=True, eq=False)
class Patch:
    """A plan's cut where it runs through the liver.

    Parameters
    ----------
    index : PlanIndex
    value : function of (N, 3) LPS points
        The plan's `removal`.
    cut : tuple of arrays
        The plan's rows.
    taken : Taken or None
        What named parts and sheets take.
    tree : BlockTree
        The liver that these leave.
    blocks : (N, 3) array
        Index coordinates of the middles of blocks of 4 voxels that the shapes may cross.
    """

    index: PlanIndex
    value: Value
    cut: Array
    taken: Taken | None
    tree: BlockTree
    blocks: Cells

    @classmethod
    def of(cls, index: PlanIndex, plan: Plan) -> Patch:
        """Find the blocks that a plan's shapes cross."""
        taken = index.taken(plan.voxels) if plan.voxels else None
        tree, cut = taken.left if taken else index.liver, plan.rows()
        places = np.asarray(tree.crossed(cut, _FIRST), dtype=np.float64)
        middle = np.array(tree.start) + _FIRST * places + (_FIRST - 1) / 2
        return cls(
            index=index,
            value=removal(plan),
            cut=_arrays(cut),
            taken=taken,
            tree=tree,
            blocks=middle,
        )

    def to_shapes_mm(self, lesion: LesionBoxes, rim_mm: FloatArray) -> float:
        """Distance between a lesion and the shapes' patch; infinity where there is none.

        Parameters
        ----------
        lesion : LesionBoxes
        rim_mm : (N,) array
            The plan's value at the lesion's corners.
        """
        grid, half, affine = self.index.segmentation.grid, self.tree.half_mm, self.tree.affine
        if len(self.blocks) == 0:
            return np.inf
        low = max(-float(rim_mm.max()), float(rim_mm.min()))
        highest, toward = self._nearby(lesion, rim_mm)
        if low >= highest - CLOSE_MM:
            return low
        rough = lesion.rough_mm(grid.to_mm(self.blocks)) - _FIRST * half
        if not np.isfinite(highest):
            highest = self._nearest_first(lesion, rough)
        if not np.isfinite(highest):
            return np.inf
        size, cells = float(_FIRST), self.blocks[rough <= highest]
        while low < highest - CLOSE_MM and size > _FINEST and len(cells) < _MOST:
            cells, size = _halved(cells, size), size / 2
            if size == 1:
                cells = cells[self._in_liver(cells)]
            points, reach = grid.to_mm(cells), half * size
            near = lesion.at_least_mm(points, toward) <= highest + reach
            near[near] = sides(points[near], size, half, affine, self.cut) == 0
            cells, points = cells[near], points[near]
            below = lesion.distance_mm(points, at_most_mm=highest + reach) - reach
            if size <= 1:
                closest = cells[np.argsort(below)[:_BATCH]]
                highest = min(
                    highest, float(self._distances_mm(lesion, closest)[1].min(initial=np.inf))
                )
            cells, below = cells[below <= highest], below[below <= highest]
            low = max(low, min(float(below.min(initial=np.inf)), highest))
        return low

    def to_faces_mm(self, lesion: LesionBoxes) -> float:
        """Distance between a lesion and the faces of voxels where named parts end."""
        if self.taken is None or len(self.taken.faces) == 0:
            return np.inf
        faces, axes = self.taken.faces, self.taken.axes
        grid, half = self.index.segmentation.grid, self.tree.half_mm
        rough = lesion.rough_mm(grid.to_mm(faces)) - half
        order, nearest = np.argsort(rough), np.inf
        for start in range(0, len(order), 8 * _BATCH):
            some = order[start : start + 8 * _BATCH]
            if rough[some[0]] > nearest:
                break
            value = self.value(grid.to_mm(faces[some]))
            whole, partly = some[value >= half], some[np.abs(value) < half]
            # on one lattice, corners are nearest to corners
            found = lesion.at_most_mm(grid.to_mm(_on_faces(faces[whole], axes[whole], 2)))
            nearest = min(nearest, float(found.min(initial=np.inf)))
            points = grid.to_mm(_on_faces(faces[partly], axes[partly], _PER_FACE))
            spread = half / (_PER_FACE - 1)
            points = points[self.value(points) > -spread]
            found = lesion.distance_mm(points, at_most_mm=nearest + spread) - spread
            nearest = min(nearest, float(found.min(initial=np.inf)))
        return max(nearest, 0.0)

    def _nearby(self, lesion: LesionBoxes, rim_mm: FloatArray) -> tuple[float, FloatArray]:
        """Distance at which a point of the patch lies, and the way there: back and forth.

        From the corners where the plan's value is least to the surface, to the lesion's corners
        next to that, and so on. Where that leads out of the liver, infinity.
        """
        count = min(_BATCH // 2, len(rim_mm))
        ends = lesion.corners_mm[np.argpartition(np.abs(rim_mm), count - 1)[:count]]
        best, toward = np.inf, np.array([0.0, 0.0, 1.0])
        for _ in range(_ROUNDS):
            starts = onto_surface(self.value, onto_surface(self.value, ends))
            points, distances = self._distances_mm(
                lesion, self.index.segmentation.grid.to_index(starts)
            )
            if len(points) == 0 or distances.min() > best - _ON_SURFACE_MM:
                break
            best, nearest = float(distances.min()), points[int(np.argmin(distances))]
            ends = lesion.corners_mm[lesion.corners.query(points)[1]]
            way = nearest - lesion.corners_mm[lesion.corners.query(nearest)[1]]
            toward = way / max(float(np.linalg.norm(way)), _ON_SURFACE_MM)
        return best, toward

    def _nearest_first(self, lesion: LesionBoxes, rough: FloatArray) -> float:
        """Distance at which a point of the patch lies, in the nearest blocks that hold one."""
        grid, half = self.index.segmentation.grid, self.tree.half_mm
        order = np.argsort(rough)
        for start in range(0, len(order), _BATCH):
            blocks = self.blocks[order[start : start + _BATCH]]
            voxels = _halved(_halved(blocks, _FIRST), _FIRST / 2)
            voxels = voxels[self._in_liver(voxels)]
            voxels = voxels[np.abs(self.value(grid.to_mm(voxels))) < half]
            distances = self._distances_mm(lesion, voxels)[1]
            if len(distances):
                return float(distances.min())
        return np.inf

    def _distances_mm(self, lesion: LesionBoxes, cells: Cells) -> tuple[FloatArray, FloatArray]:
        """Points of the patch next to cells, as far as there are any, and how far they lie."""
        grid = self.index.segmentation.grid
        points = onto_surface(self.value, grid.to_mm(cells))
        points = points[np.abs(self.value(points)) < _ON_SURFACE_MM]
        points = points[self._in_liver(grid.to_index(points))]
        return points, lesion.at_most_mm(points) + _ON_SURFACE_MM

    def _in_liver(self, cells: Cells) -> NDArray[np.bool_]:
        """Whether cells lie in voxels of the liver that no named part takes."""
        return self.tree.holds(np.rint(cells).astype(np.int64))


def _arrays(cut: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64], FloatArray, FloatArray]:
    return cut.kinds, cut.groups, cut.numbers, cut.cells


_EIGHTHS = (np.indices((2, 2, 2)).reshape(3, -1).T - 0.5) / 2


def _halved(cells: Cells, size: float) -> Cells:
    """Middles of the eight halves of cells of so many voxels a side."""
    return (cells[:, None] + size * _EIGHTHS).reshape(-1, 3)


def _on_faces(faces: Cells, axes: NDArray[np.int8], count: int) -> Cells:
    """(N, 3) index coordinates of points all over faces, corners included."""
    ticks = np.linspace(-0.5, 0.5, count)
    flat = np.stack(np.meshgrid(ticks, ticks, indexing="ij"), axis=-1).reshape(-1, 2)
    found = [np.empty((0, 3))]
    for axis in range(3):
        offsets = np.insert(flat, axis, 0.0, axis=1)
        found.append((faces[axes == axis][:, None] + offsets).reshape(-1, 3))
    return np.concatenate(found)
