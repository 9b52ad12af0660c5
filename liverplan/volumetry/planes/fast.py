"""The compiled paths: many planes at once, within 0.01 mL of the exact volume.

Each function returns None while its kernel is not ready and the request is small; the caller then
takes the exact path (see `liverplan.volumetry.planes.warm_up`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from liverplan.volume import FloatArray
from liverplan.volumetry.planes.exact import common_axis
from liverplan.volumetry.planes.runs import EndPoints
from liverplan.volumetry.planes.tree import MomentTree
from liverplan.volumetry.planes.warm_up import Kernels, kernels_for

_SHARPEST_MM = 1e-6
_ROOT_3 = 3**0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trees:
    """A mask's end points in the shapes that the kernels take, made when first asked for."""

    ends: tuple[EndPoints, ...]
    _trees: dict[int, MomentTree] = field(default_factory=dict)
    _runs: dict[int, tuple[FloatArray, FloatArray]] = field(default_factory=dict)

    def along(self, axis: int) -> MomentTree:
        """Return the moment tree of the end points along an axis."""
        if axis not in self._trees:
            self._trees[axis] = MomentTree.build(self.ends[axis])
        return self._trees[axis]

    def runs(self, axis: int) -> tuple[FloatArray, FloatArray]:
        """(R, 3) starts and (R,) lengths of the runs along an axis."""
        if axis not in self._runs:
            starts, stops = self.ends[axis].paired()
            self._runs[axis] = np.ascontiguousarray(starts), (stops - starts)[:, axis].copy()
        return self._runs[axis]


def half_spaces_ml(
    trees: Trees, slopes: FloatArray, offsets: FloatArray, voxel_ml: float
) -> FloatArray | None:
    """Volume where ``slope.p >= offset``, for (M, 3) slopes and (M,) offsets: (M,) mL.

    The end's face is taken as a parabola of the same variance would smooth the ramp.
    """
    compiled = kernels_for(len(slopes))
    if compiled is None:
        return None
    if trees.ends[0].weights.size == 0:
        return np.zeros(len(slopes))
    axes = np.abs(slopes).argmax(axis=1)
    if len(slopes) == 1:
        return _along(trees, int(axes[0]), slopes, offsets, compiled) * voxel_ml
    volumes = np.empty(len(slopes))
    for axis in range(3):
        mine = np.flatnonzero(axes == axis)
        if mine.size:
            volumes[mine] = _along(trees, axis, slopes[mine], offsets[mine], compiled) * voxel_ml
    return volumes


def _along(
    trees: Trees, axis: int, slopes: FloatArray, offsets: FloatArray, compiled: Kernels
) -> FloatArray:
    """(M,) voxels where ``slope.p >= offset``, for slopes that are steepest along an axis."""
    tree = trees.along(axis)
    # Past the outermost point nothing changes, and single precision would suffer.
    past = np.abs(slopes) @ tree.reach
    shifts = np.minimum(np.maximum(offsets - slopes @ tree.centre, -past), past)
    widths = np.maximum(_face_spread(slopes, axis) * _ROOT_3, _SHARPEST_MM)
    sums = np.empty(len(slopes))
    compiled.moment_sums(tree.nodes, tree.first, tree.blocks, slopes, shifts, widths, sums)
    return np.asarray(-sums / slopes[:, axis])


def polyhedra_ml(
    trees: Trees, slopes: FloatArray, offsets: FloatArray, voxel_ml: float
) -> FloatArray | None:
    """Volume inside P planes at once, for (M, P, 3) slopes and (M, P) offsets: (M,) mL."""
    compiled = kernels_for(len(slopes))
    if compiled is None:
        return None
    axis = common_axis(slopes)
    starts, lengths = trees.runs(axis)
    volumes = np.empty(len(slopes))
    compiled.run_lengths(starts, lengths, axis, slopes, offsets, volumes)
    return volumes * voxel_ml


def _face_spread(slopes: FloatArray, axis: int) -> FloatArray:
    """(M,) standard deviations of the distance over the face of a run's end, mm."""
    one, two = slopes[:, axis - 1], slopes[:, axis - 2]
    return np.asarray(np.sqrt((one * one + two * two) / 12))
