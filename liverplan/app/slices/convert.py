"""Between patient millimetres (LPS) and napari's axes: the one place that changes axes.

napari shows the CT on its own lattice: its world is ``index * spacing`` along (k, j, i), always
positive, never rotated, so that no resampling stands between the scan and the eye. Where the
patient lies in that lattice (flipped, permuted, oblique) is decided here, once, from the affine.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from liverplan.volume import FloatArray, Grid

ViewName = Literal["Axial", "Coronal", "Sagittal"]
VIEW_NAMES: tuple[ViewName, ...] = ("Axial", "Coronal", "Sagittal")

_ALONG = {"Axial": 2, "Coronal": 1, "Sagittal": 0}
"""The patient axis (x, y, z) that each view steps through."""

_DOWN = {"Axial": (1, 1), "Coronal": (2, -1), "Sagittal": (2, -1)}
"""Patient axis and sign that point down the screen: back, foot, foot."""

_RIGHT = {"Axial": (0, 1), "Coronal": (0, 1), "Sagittal": (1, 1)}
"""Patient axis and sign that point right on the screen: the patient's left, left, back."""

LETTERS = (("L", "R"), ("P", "A"), ("H", "F"))
"""Ends of x, y, z in LPS: left and right, posterior and anterior, head and foot."""

OBLIQUE = 0.35
"""A second letter is shown where a direction leans more than about 20 degrees."""


def lps_to_napari(grid: Grid, points_mm: ArrayLike) -> FloatArray:
    """(..., 3) LPS mm to (..., 3) napari world (k, j, i), mm along the lattice."""
    world: FloatArray = grid.to_index(points_mm) * np.array(grid.spacing_mm)
    return world


def napari_to_lps(grid: Grid, world: ArrayLike) -> FloatArray:
    """(..., 3) napari world (k, j, i) to (..., 3) LPS mm: the inverse of `lps_to_napari`."""
    return grid.to_mm(np.asarray(world, dtype=np.float64) / np.array(grid.spacing_mm))


def unit_directions(grid: Grid) -> FloatArray:
    """(3, 3) array whose row n is the LPS direction in which index axis n grows."""
    directions: FloatArray = (grid.affine[:3, :3] / np.linalg.norm(grid.affine[:3, :3], axis=0)).T
    return directions


def lattice_axes(grid: Grid) -> tuple[int, int, int]:
    """Index axes that lie nearest to patient x, y, z."""
    closeness = np.abs(unit_directions(grid))
    best = max(permutations(range(3)), key=lambda p: sum(closeness[p[a], a] for a in range(3)))
    return best[0], best[1], best[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewAxes:
    """How one slice view lies on the lattice.

    Parameters
    ----------
    name : str
        Axial, Coronal or Sagittal.
    along, down, right : int
        Index axes through the slices, along the screen's height and along its width.
    down_sign, right_sign : int
        +1 where the index grows downward and rightward on the screen, else -1.
    letters : tuple of str
        Patient directions at the left, right, top and bottom edges.
    """

    name: ViewName
    along: int
    down: int
    right: int
    down_sign: int
    right_sign: int
    letters: tuple[str, str, str, str]


def view_axes(grid: Grid, name: ViewName) -> ViewAxes:
    """Radiological orientation: patient's right on the screen's left, head or front up."""
    axes = lattice_axes(grid)
    directions = unit_directions(grid)
    (down_axis, down_sense), (right_axis, right_sense) = _DOWN[name], _RIGHT[name]
    down, right = axes[down_axis], axes[right_axis]
    down_sign = down_sense if directions[down, down_axis] > 0 else -down_sense
    right_sign = right_sense if directions[right, right_axis] > 0 else -right_sense
    toward_right = directions[right] * right_sign
    toward_down = directions[down] * down_sign
    return ViewAxes(
        name=name,
        along=axes[_ALONG[name]],
        down=down,
        right=right,
        down_sign=down_sign,
        right_sign=right_sign,
        letters=(
            letters_of(-toward_right),
            letters_of(toward_right),
            letters_of(-toward_down),
            letters_of(toward_down),
        ),
    )


def letters_of(direction: FloatArray) -> str:
    """Letters of a (3,) LPS direction, the strongest first: ``L``, or ``LA`` where oblique."""
    order = np.argsort(-np.abs(direction))
    return "".join(
        LETTERS[axis][0 if direction[axis] > 0 else 1]
        for place, axis in enumerate(order)
        if place == 0 or abs(direction[axis]) > OBLIQUE
    )


def plane_on_lattice(grid: Grid, normal: FloatArray, offset_mm: float) -> tuple[FloatArray, float]:
    """Return (a, e) with ``n.x - d = a.index - e`` for every voxel: a plane in index axes.

    Parameters
    ----------
    grid : Grid
        The lattice.
    normal : (3,) array
        Unit vector, LPS.
    offset_mm : float
        n.x of the plane's points.
    """
    a = grid.affine[:3, :3].T @ normal
    return a, float(offset_mm - normal @ grid.affine[:3, 3])
