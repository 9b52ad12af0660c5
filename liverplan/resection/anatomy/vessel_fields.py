"""Borders between vessels' tissue as smooth functions in space, led through a vein that lies there.

A border is where a function is zero: the way to the one set of branches less the way to the
other. Such functions are smooth, so that they are worked out every few millimetres, and drawn out
to voxels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.resection.anatomy.vessel_graph import Numbers, line_mm
from liverplan.segmentation.boxes import bounding_box, ends_of
from liverplan.segmentation.labels import Segmentation
from liverplan.segmentation.vessels.branches import Branch
from liverplan.volume import FloatArray

LATTICE_MM = 3.0
ALONG_MM, BESIDE_MM = 10.0, 30.0
"""What a vein shifts a border by is smoothed along it so far, and fades so far beside it."""
MOST_MM = 25.0
"""A vein shifts a border by this much at most (difference of two ways)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lattice:
    """Points every few millimetres in and next to the liver.

    Parameters
    ----------
    start, step : (3,) int arrays
        Voxel (k, j, i) of the first point, and voxels between points.
    near : (k, j, i) bool array
        Where the lattice has points.
    points_mm : (m, 3) array
        LPS.
    voxels : tuple of (n,) int arrays
        The liver's voxels.
    """

    start: NDArray[np.int64]
    step: NDArray[np.int64]
    near: NDArray[np.bool_]
    points_mm: FloatArray
    voxels: tuple[NDArray[np.int64], ...]

    @classmethod
    def of(cls, segmentation: Segmentation) -> Lattice:
        """Lay a lattice over a liver, lesions included, which must not be empty."""
        liver, grid = segmentation.labels > 0, segmentation.grid
        start, stop = (np.array(end) for end in ends_of(bounding_box(liver)))
        step = np.maximum(1, np.floor(LATTICE_MM / np.array(grid.spacing_mm))).astype(np.int64)
        voxels = np.nonzero(liver)
        cells = tuple((v - a) // s for v, a, s in zip(voxels, start, step, strict=True))
        held = np.zeros(-(-(stop - start) // step) + 1, dtype=np.bool_)
        held[cells] = True
        near = (
            scipy.ndimage.binary_dilation(held, np.ones((2, 2, 2), dtype=np.bool_), origin=-1)
            | held
        )
        points = grid.to_mm(start + step * np.argwhere(near))
        return cls(start=start, step=step, near=near, points_mm=points, voxels=voxels)

    def at_voxels(self, values: FloatArray, voxels: Numbers) -> FloatArray:
        """(v,) values at some of the liver's voxels, by number, from (m,) at the points."""
        whole = np.zeros(self.near.shape)
        whole[self.near] = values
        parts = zip(self.voxels, self.start, self.step, strict=True)
        places = np.stack([(v[voxels] - a) / s for v, a, s in parts])
        return np.asarray(scipy.ndimage.map_coordinates(whole, places, order=1, mode="nearest"))


def between(
    lattice: Lattice,
    voxels: Numbers,
    here: Sequence[Branch],
    beyond: Sequence[Branch],
    course_mm: FloatArray,
) -> FloatArray:
    """(v,) above zero where some branches are nearer than others, below where they are farther.

    Parameters
    ----------
    lattice : Lattice
    voxels : (v,) int array
        Which of the liver's voxels.
    here, beyond : sequence of Branch
        Negative near the first, positive near the second; neither may be empty.
    course_mm : (c, 3) array
        Points of a vein that the border is led through, LPS mm; none where there is none.
    """
    trees = [
        scipy.spatial.cKDTree(np.concatenate([line_mm(one) for one in some]))
        for some in (here, beyond)
    ]

    def difference(points: FloatArray) -> FloatArray:
        near, far = (np.asarray(tree.query(points)[0]) for tree in trees)
        return np.asarray(near - far)

    values = difference(lattice.points_mm)
    if len(course_mm):
        off = np.clip(difference(course_mm), -MOST_MM, MOST_MM)
        values = values - _spread(lattice.points_mm, course_mm, off)
    return lattice.at_voxels(values, voxels)


def _spread(points_mm: FloatArray, course_mm: FloatArray, off: FloatArray) -> FloatArray:
    """(m,) of what is off along a course: smooth along it, fading beside it."""
    away = np.asarray(scipy.spatial.cKDTree(course_mm).query(points_mm)[0])
    found = np.zeros(len(points_mm))
    close = np.flatnonzero(away < 3 * BESIDE_MM)
    gaps = scipy.spatial.distance.cdist(points_mm[close], course_mm) - away[close, None]
    weight = np.exp(-0.5 * (gaps / ALONG_MM) ** 2)
    mean = weight @ off / weight.sum(axis=1)
    found[close] = mean * np.exp(-0.5 * (away[close] / BESIDE_MM) ** 2)
    return found
