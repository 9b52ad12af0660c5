"""Which of some lines lies nearest to each voxel: to the lines themselves, not to voxels of them.

A line drawn in voxels lies up to half a voxel off. Where two territories meet, that moves the
border between them, and with it millilitres of a thin territory.
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from liverplan.compiled import compiled
from liverplan.volume import FloatArray

Array: TypeAlias = Any

BLOCK = 8
"""Voxels along each side of the blocks whose voxels share the stretches that may be nearest."""


def nearest_lines(
    inside: NDArray[np.bool_], affine: FloatArray, lines: Sequence[FloatArray]
) -> NDArray[np.uint8]:
    """Give each voxel the nearest of at most 255 lines.

    Parameters
    ----------
    inside : (k, j, i) bool array
        The voxels that ask.
    affine : (4, 4) array
        From their index to mm.
    lines : sequence of (N, 3) arrays
        The corners of each, mm.

    Returns
    -------
    (k, j, i) uint8 array
        n for ``lines[n - 1]``, the first of those that are equally near; 0 off the mask.
    """
    starts = np.concatenate([line if len(line) == 1 else line[:-1] for line in lines])
    ends = np.concatenate([line if len(line) == 1 else line[1:] for line in lines])
    counts = [max(len(line) - 1, 1) for line in lines]
    owner = np.repeat(np.arange(1, len(lines) + 1), counts).astype(np.uint8)
    labels = np.zeros(inside.shape, dtype=np.uint8)
    _fill(inside, np.asarray(affine, dtype=np.float64), starts, ends - starts, owner, labels)
    return labels


@compiled(inline="always")
def _square_mm(point: Array, start: Array, way: Array) -> float:
    """Square of the distance between a point and a stretch."""
    wx, wy, wz = way[0], way[1], way[2]
    dx, dy, dz = point[0] - start[0], point[1] - start[1], point[2] - start[2]
    square = wx * wx + wy * wy + wz * wz
    t = (dx * wx + dy * wy + dz * wz) / square if square > 0.0 else 0.0
    t = min(max(t, 0.0), 1.0)
    dx, dy, dz = dx - t * wx, dy - t * wy, dz - t * wz
    return float(dx * dx + dy * dy + dz * dz)


@compiled()
def _fill(inside: Array, m: Array, starts: Array, ways: Array, owner: Array, labels: Array) -> None:
    """Write each voxel's label, block by block."""
    near, point = np.empty(owner.size, dtype=np.int64), np.empty(3)
    for k in range(0, inside.shape[0], BLOCK):
        for j in range(0, inside.shape[1], BLOCK):
            for i in range(0, inside.shape[2], BLOCK):
                if not inside[k : k + BLOCK, j : j + BLOCK, i : i + BLOCK].any():
                    continue
                count = _candidates((k, j, i), m, starts, ways, near)
                for a in range(k, min(k + BLOCK, inside.shape[0])):
                    for b in range(j, min(j + BLOCK, inside.shape[1])):
                        for c in range(i, min(i + BLOCK, inside.shape[2])):
                            if inside[a, b, c]:
                                _place(a, b, c, m, point)
                                at = _nearest(point, starts, ways, near[:count])
                                labels[a, b, c] = owner[at]


@compiled(inline="always")
def _place(k: float, j: float, i: float, m: Array, point: Array) -> None:
    for r in range(3):
        point[r] = m[r, 0] * k + m[r, 1] * j + m[r, 2] * i + m[r, 3]


@compiled()
def _nearest(point: Array, starts: Array, ways: Array, near: Array) -> int:
    best, least = near[0], np.inf
    for n in near:
        square = _square_mm(point, starts[n], ways[n])
        if square < least:
            best, least = n, square
    return int(best)


@compiled()
def _candidates(block: Array, m: Array, starts: Array, ways: Array, near: Array) -> int:
    """Write the stretches that may be nearest to a voxel of a block; return how many.

    Within a block no distance differs from that of its middle by more than half its diagonal.
    """
    middle, half = np.empty(3), (BLOCK - 1) / 2
    _place(block[0] + half, block[1] + half, block[2] + half, m, middle)
    reach = 0.0
    for r in range(3):
        reach += (half * (abs(m[r, 0]) + abs(m[r, 1]) + abs(m[r, 2]))) ** 2
    away, least = np.empty(near.size), np.inf
    for n in range(near.size):
        away[n] = np.sqrt(_square_mm(middle, starts[n], ways[n]))
        least = min(least, away[n])
    limit, count = least + 2.0 * np.sqrt(reach), 0
    for n in range(near.size):
        if away[n] <= limit:
            near[count] = n
            count += 1
    return count
