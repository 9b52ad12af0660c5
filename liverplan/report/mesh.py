"""A surface of triangles, and how one is made of a mask: a smooth field on a lattice, marched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy
from numpy.typing import NDArray
from skimage.measure import marching_cubes

from liverplan.volume import FloatArray, Grid

BORDER_CELLS = 3
Kind = Literal["remnant", "resected", "uncut", "lesion", "portal", "hepatic", "segment", "cut"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mesh:
    """A surface of triangles.

    Parameters
    ----------
    kind : str
        What it is of; see `Kind`.
    name : str
        What a metastasis or a Couinaud segment is called; empty for the others.
    vertices_mm : (n, 3) float array
        LPS mm.
    triangles : (m, 3) int array
        Indices of vertices.
    """

    kind: Kind
    name: str
    vertices_mm: FloatArray
    triangles: NDArray[np.int32]


def lattice(box: FloatArray, cells: int) -> tuple[FloatArray, float]:
    """(z, y, x, 3) LPS mm of points over a box and a border, and their distance."""
    step_mm = max(float((box[1] - box[0]).max()) / cells, 0.5)
    low, high = box[0] - BORDER_CELLS * step_mm, box[1] + (BORDER_CELLS + 1) * step_mm
    x, y, z = (np.arange(a, b, step_mm) for a, b in zip(low, high, strict=True))
    points: FloatArray = np.stack(np.meshgrid(z, y, x, indexing="ij")[::-1], axis=-1)
    return points, step_mm


def field(grid: Grid, mask: NDArray[np.bool_], points: FloatArray, blur_mm: float) -> FloatArray:
    """Return (z, y, x) values on a lattice: positive in a (k, j, i) mask, smooth at its border."""
    corners = grid.to_index(points.reshape(-1, 3)[[0, -1]])
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 4, 0)
    high = np.ceil(corners.max(axis=0)).astype(int) + 5
    part = mask[tuple(slice(a, b) for a, b in zip(low, high, strict=True))]
    blur = [max(0.5 * blur_mm / spacing, 0.5) for spacing in grid.spacing_mm]
    soft = scipy.ndimage.gaussian_filter(part.astype(np.float32), blur)
    index = np.moveaxis(grid.to_index(points) - low, -1, 0)
    sampled = scipy.ndimage.map_coordinates(soft, index, np.float64, order=1)
    return sampled - 0.5


def marched(kind: Kind, values: FloatArray, points: FloatArray, name: str = "") -> list[Mesh]:
    """Return the surface where (z, y, x) values on a lattice change their sign; none, no mesh."""
    if not (values > 0).any():
        return []
    vertices, triangles, _, _ = marching_cubes(values, 0.0)
    step = points[1, 1, 1] - points[0, 0, 0]
    vertices_mm = points[0, 0, 0] + vertices[:, ::-1] * step
    return [Mesh(kind=kind, name=name, vertices_mm=vertices_mm, triangles=triangles)]
