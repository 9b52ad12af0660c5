"""Cuts from clicked points: a plane through one point or three, a curved cut to be bent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from liverplan.errors import PlanError
from liverplan.resection.cuts.curved import CurvedCut
from liverplan.resection.cuts.plane import Plane
from liverplan.segmentation import Segmentation
from liverplan.volume import FloatArray

CENTRAL_MM = 15.0
"""So near to the liver's middle a click does not tell by itself which side is to stay."""

UPRIGHT = 0.3
"""A normal's share along the body: most transections run rather from front to back."""

LEAST_AREA_MM2 = 50.0
"""Twice the area of a triangle of three clicks: with less they lie on one line."""

SURFACE_RIM_MM = 12.0
"""A curved cut reaches this far beyond the liver on all sides."""

SURFACE_CONTROLS = 5
_EVERY = (1, 4, 4)


def plane_through(
    point_mm: FloatArray, *, centre_mm: FloatArray, lesions_mm: Sequence[FloatArray] = ()
) -> Plane:
    """Return a rather upright plane through a point, of which the liver's middle stays.

    Parameters
    ----------
    point_mm : (3,) array
        LPS.
    centre_mm : (3,) array
        The liver's middle, LPS.
    lesions_mm : sequence of (3,) arrays
        Their middles, LPS: through the liver's middle, the side away from them stays.
    """
    toward = centre_mm - point_mm
    if np.linalg.norm(toward) < CENTRAL_MM:
        toward = _away(point_mm, lesions_mm)
    return Plane(point_mm=point_mm, normal=toward * np.array([1.0, 1.0, UPRIGHT]))


def _away(point_mm: FloatArray, lesions_mm: Sequence[FloatArray]) -> FloatArray:
    left = np.array([1.0, 0.0, 0.0])
    away = point_mm - np.mean(lesions_mm, axis=0) if len(lesions_mm) else left
    return away if np.linalg.norm(away) > 1 else left


def plane_of_three(points_mm: Sequence[FloatArray]) -> Plane:
    """Return the plane through three points, each (3,) LPS mm.

    Raises
    ------
    PlanError
        If they lie on one line.
    """
    first, second, third = (np.asarray(point) for point in points_mm)
    normal = np.cross(second - first, third - first)
    length = float(np.linalg.norm(normal))
    if length < LEAST_AREA_MM2:
        raise PlanError("The three points lie on one line; click three that span a plane.")
    return Plane(point_mm=(first + second + third) / 3, normal=normal / length)


def level_surface(plane: Plane, segmentation: Segmentation, centre_mm: FloatArray) -> CurvedCut:
    """Return a level surface in a plane, just large enough to cut through the liver.

    Parameters
    ----------
    plane : Plane
    segmentation : Segmentation
    centre_mm : (3,) array
        The liver's middle, LPS.
    """
    foot = plane.nearest_mm(centre_mm)
    k, j, i = _EVERY
    voxels = np.argwhere(segmentation.labels[::k, ::j, ::i] > 0) * _EVERY
    surface = CurvedCut.flat(foot, plane.normal, controls=SURFACE_CONTROLS)
    if not len(voxels):
        return surface
    off = segmentation.grid.to_mm(voxels) - foot
    reach = float(np.abs(off @ surface.axes[:2].T).max())
    size = 2 * (reach + SURFACE_RIM_MM)
    return CurvedCut.flat(foot, plane.normal, size_mm=size, controls=SURFACE_CONTROLS)
