"""The CT on any plane, and along a vessel pulled straight: densities between voxels, LPS mm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from liverplan.app.slices.convert import letters_of
from liverplan.app.slices.slicing import Point
from liverplan.segmentation import Branch
from liverplan.volume import FloatArray, Grid, Volume

STEP_MM = 0.5
"""Between two rows of a vessel that is pulled straight."""
SMOOTH_MM = 3.0
"""A middle line goes from voxel to voxel; its direction is that of so long a stretch."""
UPRIGHT = 0.7
"""With a normal as near as this to the body's axis the front is up, as in axial slices."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """A plane and how it lies on the screen.

    Parameters
    ----------
    middle_mm : (3,) array
        The point in the middle of the screen, LPS.
    right, down : (3,) arrays
        Orthonormal LPS directions of the screen's right and down.
    """

    middle_mm: FloatArray
    right: FloatArray
    down: FloatArray

    @classmethod
    def of(cls, point_mm: ArrayLike, normal: ArrayLike) -> Self:
        """Lay a plane as slices are laid: head or front up, the patient's right on the left.

        Parameters
        ----------
        point_mm, normal : (3,) arrays
            LPS; the normal of any length but 0.
        """
        n = np.asarray(normal, dtype=np.float64)
        n = n / np.linalg.norm(n)
        wanted = np.array([0, 1.0, 0]) if abs(n[2]) > UPRIGHT else np.array([0, 0, -1.0])
        down = wanted - (wanted @ n) * n
        down /= np.linalg.norm(down)
        right = np.cross(down, n)
        strongest = int(np.argmax(np.abs(right)))
        right = right if right[strongest] > 0 else -right
        return cls(middle_mm=np.asarray(point_mm, dtype=np.float64), right=right, down=down)

    @property
    def normal(self) -> FloatArray:
        """(3,) unit LPS vector, away from who looks or toward them."""
        return np.asarray(np.cross(self.right, self.down))

    @property
    def letters(self) -> tuple[str, str, str, str]:
        """Patient directions at the left, right, top and bottom edges."""
        right, down = self.right, self.down
        return letters_of(-right), letters_of(right), letters_of(-down), letters_of(down)

    def to_lps(self, right_mm: ArrayLike, down_mm: ArrayLike) -> FloatArray:
        """(...) mm from the middle of the screen to (..., 3) LPS mm."""
        x, y = np.asarray(right_mm)[..., None], np.asarray(down_mm)[..., None]
        return np.asarray(self.middle_mm + x * self.right + y * self.down)

    def from_lps(self, point_mm: ArrayLike) -> Point:
        """(3,) LPS mm to mm right and down of the middle; what is off the plane falls onto it."""
        away = np.asarray(point_mm) - self.middle_mm
        return float(away @ self.right), float(away @ self.down)

    def holds(self, point_mm: ArrayLike, tolerance_mm: float = 0.5) -> bool:
        """Whether a (3,) LPS point, mm, lies in the plane."""
        return abs(float((np.asarray(point_mm) - self.middle_mm) @ self.normal)) <= tolerance_mm


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """A vessel's middle line at equal steps, and what lies across it.

    Parameters
    ----------
    points_mm : (n, 3) array
        LPS, about `STEP_MM` apart.
    across, beyond : (n, 3) arrays
        Unit LPS vectors, at right angles to the line and to each other, that turn with the line
        and about it as little as can be.
    """

    points_mm: FloatArray
    across: FloatArray
    beyond: FloatArray

    @classmethod
    def of(cls, line_mm: ArrayLike) -> Self | None:
        """Follow a line of (n, 3) LPS points, mm; None where it is shorter than a few steps."""
        points = _evenly(np.asarray(line_mm, dtype=np.float64))
        if points is None:
            return None
        smooth = scipy.ndimage.gaussian_filter1d(
            points, SMOOTH_MM / STEP_MM, axis=0, mode="nearest"
        )
        smooth[0], smooth[-1] = points[0], points[-1]
        along = np.gradient(smooth, axis=0)
        along /= np.linalg.norm(along, axis=1)[:, None]
        across = np.empty_like(along)
        across[0] = _beside(along[0])
        for n in range(1, len(along)):
            turned = across[n - 1] - (across[n - 1] @ along[n]) * along[n]
            across[n] = turned / np.linalg.norm(turned)
        return cls(points_mm=smooth, across=across, beyond=np.cross(along, across))

    @property
    def length_mm(self) -> float:
        """Along the line."""
        return float(self.way_mm[-1])

    @property
    def way_mm(self) -> FloatArray:
        """(n,) array: how far along the line each point lies."""
        steps = np.linalg.norm(np.diff(self.points_mm, axis=0), axis=1)
        return np.concatenate([[0.0], np.cumsum(steps)])


def _evenly(points: FloatArray) -> FloatArray | None:
    """Return (n, 3) points `STEP_MM` apart along a line; None where that is none."""
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    kept = np.concatenate([[True], steps > 0])
    way = np.concatenate([[0.0], np.cumsum(steps)])[kept]
    if way.size < 2 or way[-1] < 4 * STEP_MM:
        return None
    at = np.linspace(0, way[-1], round(way[-1] / STEP_MM) + 1)
    return np.stack([np.interp(at, way, points[kept][:, axis]) for axis in range(3)], axis=1)


def _beside(along: FloatArray) -> FloatArray:
    """Return a unit vector at right angles to a (3,) one, near the patient's left."""
    wanted = np.eye(3)[0 if abs(along[0]) < UPRIGHT else 1]
    beside = wanted - (wanted @ along) * along
    return np.asarray(beside / np.linalg.norm(beside))


def densities(volume: Volume, points_mm: FloatArray) -> NDArray[np.float32]:
    """Return densities, HU, at (..., 3) LPS points, mm, between voxels; NaN beyond the scan."""
    return _taken(volume.hu, volume.grid, points_mm, order=1, beyond=np.nan)


def labels_at(labels: NDArray[np.uint8], grid: Grid, points_mm: FloatArray) -> NDArray[np.uint8]:
    """Return the label of the voxel that holds each of (..., 3) LPS points, mm; else 0."""
    return _taken(labels, grid, points_mm, order=0, beyond=0).astype(np.uint8)


def _taken(
    array: NDArray[Any], grid: Grid, points_mm: FloatArray, *, order: Literal[0, 1], beyond: float
) -> NDArray[np.float32]:
    index = np.moveaxis(grid.to_index(points_mm), -1, 0)
    found: NDArray[np.float32] = scipy.ndimage.map_coordinates(
        array, index, output=np.float32, order=order, mode="constant", cval=beyond, prefilter=False
    )
    return found


def plane_points(frame: Frame, size: tuple[int, int], mm_per_pixel: float) -> FloatArray:
    """Return the (height, width, 3) LPS points, mm, of a plane's pixels about its middle."""
    wide, high = size
    right = (np.arange(wide) + 0.5 - wide / 2) * mm_per_pixel
    down = (np.arange(high) + 0.5 - high / 2) * mm_per_pixel
    return frame.to_lps(right[None, :], down[:, None])


def straight_points(course: Course, half_mm: float, mm: float, turned_deg: float) -> FloatArray:
    """Return the (n, m, 3) LPS points of a vessel pulled straight: its rows go along it.

    Parameters
    ----------
    course : Course
    half_mm : float
        How far it reaches on either side.
    mm : float
        Between two rows, and between two columns.
    turned_deg : float
        How far the plane is turned about the vessel.
    """
    turn, way = np.radians(turned_deg), course.way_mm
    aside = np.cos(turn) * course.across + np.sin(turn) * course.beyond
    rows, columns = np.arange(0, way[-1], mm), np.arange(-half_mm, half_mm + mm / 2, mm)
    middle, across = (
        np.stack([np.interp(rows, way, one[:, axis]) for axis in range(3)], axis=1)
        for one in (course.points_mm, aside)
    )
    across /= np.linalg.norm(across, axis=1)[:, None]
    points: FloatArray = middle[:, None, :] + columns[None, :, None] * across[:, None, :]
    return points


def ways_of(branches: Sequence[Branch]) -> dict[str, FloatArray]:
    """Return each way from a trunk to an end as (n, 3) LPS points, mm, by the end's name."""
    by_name = {branch.name: branch for branch in branches}
    ends = [name for name in by_name if not any(other.startswith(f"{name}.") for other in by_name)]
    return {end: np.array(_way_to(end, by_name)) for end in ends}


def _way_to(end: str, by_name: dict[str, Branch]) -> list[tuple[float, float, float]]:
    parts = end.split(".")
    names = [".".join(parts[: n + 1]) for n in range(len(parts))]
    return [point for name in names if name in by_name for point in by_name[name].points_mm]
