"""The cut laid flat: over its surface, how near the lesions and the vessels are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.errors import PlanError
from liverplan.resection.cuts import Cut
from liverplan.resection.cuts.base import FlatFrame, Shape
from liverplan.segmentation.boxes import bounding_box
from liverplan.volume import FloatArray, read_only
from liverplan.volumetry.shapes.margins import removal_of
from liverplan.volumetry.shapes.plan_index import PlanIndex

_HALVINGS = 32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CutMap:
    """A cut seen along its normal, from the side that stays.

    Parameters
    ----------
    step_mm : float
        Between neighbouring points along both axes of the frame.
    inside : (U, V) bool array
        Where the cut runs through the liver.
    points_mm : (U, V, 3) array
        LPS.
    lesion_mm, vessel_mm : (U, V) arrays
        Distance to the nearest lesion and vessel voxel, its half diagonal taken off, so never too
        large; NaN outside the liver, infinity where there is none.
    """

    step_mm: float
    inside: NDArray[np.bool_]
    points_mm: FloatArray
    lesion_mm: FloatArray
    vessel_mm: FloatArray

    def __post_init__(self) -> None:
        for array in (self.inside, self.points_mm, self.lesion_mm, self.vessel_mm):
            read_only(array)

    @property
    def area_cm2(self) -> float:
        """Area of the cut through the liver, from the lengths of its steps, cm2."""
        du = np.gradient(self.points_mm, axis=0)
        dv = np.gradient(self.points_mm, axis=1)
        cell = np.linalg.norm(np.cross(du, dv), axis=-1)
        return float(cell[self.inside].sum()) / 100.0


def flatten(
    index: PlanIndex,
    cut: Cut,
    *,
    vessels: NDArray[np.bool_] | None = None,
    step_mm: float = 1.0,
) -> CutMap:
    """Lay a plane or a curved surface flat.

    Parameters
    ----------
    index : PlanIndex
    cut : Cut
        A plane or a curved cut: one that can lie flat.
    vessels : (k, j, i) bool array, optional
        Vessel voxels on the segmentation's grid.
    step_mm : float
        Between points of the map.

    Raises
    ------
    PlanError
        If the cut cannot lie flat or misses the liver, or the vessels lie on another grid.
    """
    segmentation = index.segmentation
    if vessels is not None and vessels.shape != segmentation.grid.shape:
        raise PlanError("The vessels lie on another grid than the liver.")
    points = _points(cut, step_mm)
    if points is None:
        raise PlanError("This kind of cut cannot be laid flat.")
    at = np.rint(segmentation.grid.to_index(points)).astype(int)
    on_grid = np.all((at >= 0) & (at < segmentation.grid.shape), axis=-1)
    inside = np.zeros(on_grid.shape, dtype=np.bool_)
    inside[on_grid] = segmentation.labels[tuple(at[on_grid].T)] > 0
    if not inside.any():
        raise PlanError("The cut misses the liver, so there is no map of it.")
    window = tuple(_extent(np.asarray(inside.any(axis=1 - axis))) for axis in (0, 1))
    points, inside = points[window], inside[window]
    return CutMap(
        step_mm=step_mm,
        inside=inside,
        points_mm=points,
        lesion_mm=_distances(index, segmentation.labels > 1, points, inside),
        vessel_mm=_distances(index, vessels, points, inside),
    )


def margin_bands(cut_map: CutMap, *, limit_mm: float, doubt_mm: float) -> NDArray[np.uint8]:
    """(U, V) colours of the lesion distance: 0 outside, 1 clear, 2 within doubt, 3 too near.

    Parameters
    ----------
    limit_mm : float
        Below it is red (3).
    doubt_mm : float
        Up to this far above the limit is yellow (2).
    """
    distance = np.where(cut_map.inside, cut_map.lesion_mm, np.inf)
    bands = np.full(distance.shape, 1, dtype=np.uint8)
    bands[distance < limit_mm + doubt_mm] = 2
    bands[distance < limit_mm] = 3
    bands[~cut_map.inside] = 0
    return bands


def _points(cut: Cut, step_mm: float) -> FloatArray | None:
    """(U, V, 3) LPS points of a cut over the plane that it lies over."""
    frame = cut.flat_frame(step_mm)
    if frame is None or not isinstance(cut, Shape):
        return None
    return _raised(cut, frame) if frame.reach_mm > 0 else frame.points_mm


def _raised(cut: Shape, frame: FlatFrame) -> FloatArray:
    """(U, V, 3) LPS points of the frame raised onto the cut, by halving along its normal."""
    value, points = removal_of([cut]), frame.points_mm.reshape(-1, 3)
    low = np.full(len(points), -frame.reach_mm)
    high = np.full(len(points), frame.reach_mm)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        below = value(points + middle[:, None] * frame.normal) < 0
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    points = points + ((low + high) / 2)[:, None] * frame.normal
    return np.asarray(points.reshape(frame.points_mm.shape))


def _distances(
    index: PlanIndex, mask: NDArray[np.bool_] | None, points: FloatArray, inside: NDArray[np.bool_]
) -> FloatArray:
    distance = np.full(inside.shape, np.nan)
    if mask is None or not mask.any():
        distance[inside] = np.inf
        return distance
    grid = index.segmentation.grid
    box = bounding_box(index.segmentation.liver | mask)
    field = scipy.ndimage.distance_transform_edt(~mask[box], sampling=grid.spacing_mm)
    at = grid.to_index(points[inside]) - [part.start for part in box]
    to_centre = scipy.ndimage.map_coordinates(field, at.T, order=1, mode="nearest")
    distance[inside] = np.maximum(to_centre - np.linalg.norm(grid.spacing_mm) / 2, 0.0)
    return distance


def _extent(occupied: NDArray[np.bool_]) -> slice:
    where = np.flatnonzero(occupied)
    return slice(int(where[0]), int(where[-1]) + 1)
