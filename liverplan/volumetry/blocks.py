"""A mask as nested blocks of counts: any cut is measured by opening only what it crosses.

A function that is never steeper than 1 decides a whole block if it is larger, at the block's
centre, than the block's half diagonal. So only blocks that the cut's surface crosses are opened,
down to single voxels; a voxel that one primitive crosses is clipped by its tangent plane there
(exact for planes), one that several cross is sampled. The voxels of a whole block are counted once,
when the tree is built: what is removed and what stays add up by construction.
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numba
import numpy as np
from numpy.typing import NDArray

from liverplan.resection.primitives import Rows
from liverplan.volume import FloatArray, Grid, read_only
from liverplan.volumetry.primitive_kernels import Array, clip, union
from liverplan.volumetry.runs import bounding_box

SIZE = 16
"""Voxels along each side of the largest block; halved four times."""

SAMPLES = 4
"""Points along each side of a voxel that several primitives cross."""

CHUNK = 1024
"""Voxels that are looked at together, so that they stay in the cache."""

_LEVELS = (16, 8, 4, 2, 1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BlockTree:
    """Counts of a mask's voxels in blocks of 16, 8, 4, 2 and 1 voxels a side.

    Parameters
    ----------
    affine : (4, 4) array
        Index in the tree's box to LPS mm.
    voxel_ml : float
    counts : five arrays
        Voxels of the mask in each block, largest blocks first.
    start : (int, int, int)
        Where the tree's box starts in the grid.
    total : int
        All voxels of the mask.
    """

    affine: FloatArray
    voxel_ml: float
    counts: tuple[NDArray[np.int16], ...]
    start: tuple[int, int, int]
    total: int

    def __post_init__(self) -> None:
        for level in self.counts:
            read_only(level)

    @classmethod
    def build(cls, grid: Grid, mask: NDArray[np.bool_]) -> Self:
        """Count a (k, j, i) mask on a grid."""
        box = bounding_box(mask.view(np.uint8))
        crop = mask[box]
        shape = tuple(-(-max(n, 1) // SIZE) * SIZE for n in crop.shape)
        voxels = np.zeros(shape, dtype=np.int16)
        voxels[tuple(slice(0, n) for n in crop.shape)] = crop
        counts = [voxels]
        for _ in _LEVELS[1:]:
            k, j, i = counts[-1].shape
            pairs = counts[-1].reshape(k // 2, 2, j // 2, 2, i // 2, 2)
            counts.append(pairs.sum(axis=(1, 3, 5), dtype=np.int16))
        start = (box[0].start, box[1].start, box[2].start)
        affine = grid.affine.copy()
        affine[:3, 3] = grid.to_mm(start)
        return cls(
            affine=affine,
            voxel_ml=grid.voxel_ml,
            counts=tuple(counts[::-1]),
            start=start,
            total=int(np.count_nonzero(crop)),
        )

    @property
    def total_ml(self) -> float:
        """Volume of the whole mask, mL."""
        return self.total * self.voxel_ml

    def removed_ml(self, cut: Rows) -> float:
        """Volume of the mask that a union of cuts removes, mL."""
        if cut.kinds.size == 0 or self.total == 0:
            return 0.0
        return self._walk(cut)[0] * self.voxel_ml

    def crossed(self, cut: Rows) -> NDArray[np.int32]:
        """(N, 3) indices (in the grid) of the mask's voxels that the union's surface crosses."""
        if cut.kinds.size == 0 or self.total == 0:
            return np.empty((0, 3), dtype=np.int32)
        return self._walk(cut)[1] + np.array(self.start, dtype=np.int32)

    def _walk(self, cut: Rows) -> tuple[float, NDArray[np.int32]]:
        shaped = (cut.kinds, cut.groups, cut.numbers, cut.cells)
        cells = np.argwhere(self.counts[0] > 0).astype(np.int32)
        half = np.sqrt(_longest_diagonal2(self.affine)) / 2
        removed = 0
        for size, counts, finer in zip(_LEVELS, self.counts, self.counts[1:], strict=False):
            whole, cells = _open((counts, finer), cells, size, half, self.affine, shaped)
            removed += whole
        parts = _fractions(cells, half, self.affine, shaped)
        return removed + float(parts.sum()), cells[(parts > 0) & (parts < 1)]


def _longest_diagonal2(affine: FloatArray) -> float:
    """Square of a voxel's longest diagonal, mm2 (shear makes the four differ)."""
    signs = np.array([(1, 1, 1), (1, 1, -1), (1, -1, 1), (1, -1, -1)])
    return float(((signs @ affine[:3, :3].T) ** 2).sum(axis=1).max())


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _centres(cells: Array, size: int, m: Array) -> Array:
    """(N, 3) LPS centres of blocks."""
    points = np.empty((cells.shape[0], 3))
    shift = (size - 1) / 2
    for p in range(cells.shape[0]):
        a, b, c = cells[p, 0] * size + shift, cells[p, 1] * size + shift, cells[p, 2] * size + shift
        for r in range(3):
            points[p, r] = m[r, 0] * a + m[r, 1] * b + m[r, 2] * c + m[r, 3]
    return points


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _open(levels: Array, cells: Array, size: int, half: float, m: Array, cut: Array) -> Array:
    """Count what lies in wholly removed blocks; list the children of those that are crossed."""
    counts, finer = levels
    f = union(cut, _centres(cells, size, m))
    reach = half * size
    whole, found = 0, 0
    children = np.empty((8 * np.sum(np.abs(f) < reach), 3), dtype=np.int32)
    for p in range(f.size):
        k, j, i = cells[p, 0], cells[p, 1], cells[p, 2]
        if f[p] <= -reach:
            whole += counts[k, j, i]
        elif f[p] < reach:
            for child in range(8):
                a, b, c = 2 * k + (child >> 2), 2 * j + ((child >> 1) & 1), 2 * i + (child & 1)
                if finer[a, b, c] > 0:
                    children[found, 0], children[found, 1], children[found, 2] = a, b, c
                    found += 1
    return whole, children[:found]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _fractions(cells: Array, half: float, m: Array, cut: Array) -> Array:
    """(N,) fraction of each voxel that the cuts remove."""
    parts = np.empty(cells.shape[0])
    near = np.empty(CHUNK, dtype=np.int64)
    for start in range(0, parts.size, CHUNK):
        points = _centres(cells[start : start + CHUNK], 1, m)
        value = union(cut, points)
        count = 0
        for p in range(value.size):
            parts[start + p] = 1.0 if value[p] < 0.0 else 0.0
            if np.abs(value[p]) < half:
                near[count] = start + p
                for axis in range(3):
                    points[count, axis] = points[p, axis]
                count += 1
        _clip_near(cut, points[:count], m, near, parts)
    return parts


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _clip_near(cut: Array, points: Array, m: Array, near: Array, parts: Array) -> None:
    """Write the fractions of voxels near the surface into their places."""
    kinds, groups, numbers, surfaces = cut
    fractions = np.empty((kinds.size, points.shape[0]))
    for n in range(kinds.size):
        clip(kinds[n], numbers, n, surfaces, points, m, fractions[n])
        single = (kinds[n : n + 1], groups[n : n + 1], numbers[n : n + 1], surfaces)
        for p in range(points.shape[0]):
            if fractions[n, p] < 0.0:
                fractions[n, p] = _sampled(m, single, points[p])
    for p in range(points.shape[0]):
        largest, part, partial = 0.0, 1.0, 0
        for n in range(kinds.size):
            partial += 0.0 < fractions[n, p] < 1.0
            part = min(part, fractions[n, p])
            if n == kinds.size - 1 or groups[n + 1] != groups[n]:
                largest, part = max(largest, part), 1.0
        # with one function in between at most, the extremes are exact
        parts[near[p]] = largest if partial < 2 else _combined(fractions, p, m, cut, points[p])


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _combined(fractions: Array, p: int, m: Array, cut: Array, point: Array) -> Array:
    """Fraction of a voxel that the cuts remove, from the fraction of each primitive.

    The fraction of a union lies between the largest and the sum of its groups', each group's
    between 0 and the smallest of its primitives': so parts never add up to less than their union.
    """
    kinds, groups, numbers, surfaces = cut
    largest, total, busy, n = 0.0, 0.0, 0, 0
    while n < kinds.size:
        start, part, partial = n, 1.0, 0
        while n < kinds.size and groups[n] == groups[start]:
            part = min(part, fractions[n, p])
            partial += fractions[n, p] < 1.0
            n += 1
        if part > 0.0 and partial > 1:
            group = (kinds[start:n], groups[start:n], numbers[start:n], surfaces)
            part = min(part, _sampled(m, group, point))
        largest, total = max(largest, part), total + part
        busy += part > 0.0
    if busy > 1 and largest < 1.0:
        return min(max(_sampled(m, cut, point), largest), total, 1.0)
    return largest


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _sampled(m: Array, cut: Array, point: Array) -> Array:
    """Share of a lattice of points in a voxel that the cuts remove."""
    points = np.empty((SAMPLES**3, 3))
    for p in range(SAMPLES**3):
        a = (p // SAMPLES**2 + 0.5) / SAMPLES - 0.5
        b = (p // SAMPLES % SAMPLES + 0.5) / SAMPLES - 0.5
        c = (p % SAMPLES + 0.5) / SAMPLES - 0.5
        for r in range(3):
            points[p, r] = point[r] + m[r, 0] * a + m[r, 1] * b + m[r, 2] * c
    inside = 0
    for value in union(cut, points):
        inside += value < 0.0
    return inside / SAMPLES**3
