"""Where the pictures are taken: slices in patient directions, whatever way the CT was scanned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.report.side import Side
from liverplan.segmentation import Segmentation
from liverplan.segmentation.boxes import bounding_box, ends_of
from liverplan.volume import FloatArray, Grid, Volume

BORDER_MM = 22.0
PIXEL_MM = 0.7
AIR_HU = -1024
REACH_MM = 6.0
"""A cut's line is drawn this far beyond the liver; further out it would mean nothing."""

VIEWS = {
    "axial": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    "coronal": ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
    "sagittal": ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
}
"""LPS directions of a picture's right and down: the patient's right on the screen's left."""

LETTERS = {
    "axial": ("R", "L", "A", "P"),
    "coronal": ("R", "L", "H", "F"),
    "sagittal": ("A", "P", "H", "F"),
}
"""Left, right, top and bottom edge."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slice:
    """One flat picture of the patient.

    Parameters
    ----------
    hu : (rows, columns) float array
        CT, HU; ``AIR_HU`` outside the scan.
    labels : (rows, columns) uint8 array
        As in the Segmentation.
    side_mm : (rows, columns) float array
        Signed distance to the nearest cut, positive on the side that stays; infinite without cuts.
    level_mm : float
        LPS coordinate that is the same all over the slice.
    """

    view: str
    hu: FloatArray
    labels: NDArray[np.uint8]
    side_mm: FloatArray
    level_mm: float

    @property
    def line_mm(self) -> FloatArray:
        """(rows, columns): ``side_mm`` where a cut's line is drawn, else not a number."""
        if not self.labels.any():
            return np.full(self.side_mm.shape, np.nan)
        near = scipy.ndimage.distance_transform_edt(self.labels == 0) * PIXEL_MM <= REACH_MM
        return np.where(near, self.side_mm, np.nan)


def liver_box_mm(segmentation: Segmentation) -> FloatArray:
    """(2, 3) LPS mm: lowest and highest corner of the box around the liver."""
    liver = segmentation.labels
    box = bounding_box(liver) if liver.any() else (slice(0, 1),) * 3
    corners = segmentation.grid.crop(*ends_of(box)).corners_mm
    return np.stack((corners.min(axis=0), corners.max(axis=0)))


def focus_mm(segmentation: Segmentation, side: Side) -> FloatArray:
    """(3,) LPS mm: the middle of the liver tissue at the cut, or of the liver without a cut."""
    grid = segmentation.grid
    step = tuple(max(1, round(2.0 / spacing)) for spacing in grid.spacing_mm)
    coarse = segmentation.labels[:: step[0], :: step[1], :: step[2]]
    points = grid.to_mm(np.argwhere(coarse > 0) * step)
    if len(points) == 0:
        points = grid.corners_mm
    near = np.abs(side(points)) <= max(3.0, *grid.spacing_mm)
    middle: FloatArray = (points[near] if near.any() else points).mean(axis=0)
    return middle


def cut_slice(
    volume: Volume,
    segmentation: Segmentation,
    side: Side,
    *,
    view: str,
    through_mm: FloatArray,
) -> Slice:
    """Take one slice through a (3,) LPS point, mm, as wide as the liver and its surroundings."""
    right, down = (np.array(direction) for direction in VIEWS[view])
    box = liver_box_mm(segmentation) + np.array([[-BORDER_MM], [BORDER_MM]])
    points = _lattice(box, through_mm, right, down)
    index = _index(volume.grid, points)
    return Slice(
        view=view,
        hu=scipy.ndimage.map_coordinates(volume.hu, index, np.float64, order=1, cval=AIR_HU),
        labels=scipy.ndimage.map_coordinates(segmentation.labels, index, np.uint8, order=0),
        side_mm=side(points),
        level_mm=float(through_mm @ np.abs(np.cross(right, down))),
    )


def _lattice(
    box: FloatArray, through_mm: FloatArray, right: FloatArray, down: FloatArray
) -> FloatArray:
    """(rows, columns, 3) LPS mm of a picture's pixels."""
    across = np.sort(box @ right)
    along = np.sort(box @ down)
    columns = np.arange(across[0], across[1], PIXEL_MM)
    rows = np.arange(along[0], along[1], PIXEL_MM)
    depth = np.cross(right, down)
    start = depth * (through_mm @ depth)
    return start + rows[:, None, None] * down + columns[None, :, None] * right


def _index(grid: Grid, points_mm: FloatArray) -> FloatArray:
    return np.moveaxis(grid.to_index(points_mm), -1, 0)
