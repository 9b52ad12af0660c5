"""The two inner loops, in plain Python that numba compiles (see `warm_up`).

Every trip of the innermost loops is `WIDTH` long, so that a compiler turns each into a few vector
instructions. Planes come in index space: ``t(p) = slope.p - offset`` is a point's distance in mm.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Integers = NDArray[np.int64]

WIDTH = 16


def moment_sums(
    nodes: Singles,
    first: Integers,
    blocks: Singles,
    slopes: Floats,
    offsets: Floats,
    widths: Floats,
    out: Floats,
) -> None:
    """Sum ``w ramp(t(p))`` over all end points, for each plane, by the moment tree.

    Parameters
    ----------
    nodes : (B, 10, 16) array
        Centre, half size, sum w and sum w (p - centre) of 16 boxes.
    first : (L + 1,) array
        Where each of L levels starts in nodes; node q of a level has children 16 q ... 16 q + 15.
    blocks : (C, 4, 16) array
        Points and weights.
    slopes, offsets : (M, 3), (M,) arrays
    widths : (M,) array
        The ramp ``max(t, 0)`` is rounded by a parabola for ``|t| < width``.
    out : (M,) array
        Receives the sums.
    """
    work = np.empty((2, blocks.shape[0] + WIDTH), np.int32)
    nothing = np.float32(0)
    for m in range(slopes.shape[0]):
        a0, a1, a2 = np.float32(slopes[m, 0]), np.float32(slopes[m, 1]), np.float32(slopes[m, 2])
        e, width = np.float32(offsets[m]), np.float32(widths[m])
        bend = np.float32(0.25) / width
        total: Any = 0.0
        now = 0
        count = first[1] - first[0]
        for q in range(count):
            work[0, q] = q
        for level in range(first.size - 1):
            found = 0
            for q in range(count):
                parent = work[now, q]
                node = nodes[first[level] + parent]
                part: Any = nothing
                crossed: Any = np.uint32(0)
                for s in range(WIDTH):
                    t = a0 * node[0, s] + a1 * node[1, s] + a2 * node[2, s] - e
                    r = abs(a0) * node[3, s] + abs(a1) * node[4, s] + abs(a2) * node[5, s] + width
                    all_in = node[6, s] * t + a0 * node[7, s] + a1 * node[8, s] + a2 * node[9, s]
                    part += all_in if t >= r else nothing
                    crossed |= np.uint32(abs(t) < r) << np.uint32(s)
                total += part
                for s in range(WIDTH):
                    work[1 - now, found] = parent * WIDTH + s
                    found += (crossed >> np.uint32(s)) & np.uint32(1)
            now = 1 - now
            count = found
        for q in range(count):
            block = blocks[work[now, q]]
            part = nothing
            for s in range(WIDTH):
                t = a0 * block[0, s] + a1 * block[1, s] + a2 * block[2, s] - e
                near = max(width - abs(t), nothing)
                part += block[3, s] * (max(t, nothing) + near * near * bend)
            total += part
        out[m] = total


def run_lengths(
    starts: Floats, lengths: Floats, axis: int, slopes: Floats, offsets: Floats, out: Floats
) -> None:
    """Sum the length (voxels) of all runs inside P planes at once, for each of M plans.

    Parameters
    ----------
    starts : (R, 3) array
        First ends of the runs along axis.
    lengths : (R,) array
    axis : int
    slopes, offsets : (M, P, 3), (M, P) arrays
    out : (M,) array
        Receives the sums.
    """
    for m in range(slopes.shape[0]):
        total = 0.0
        for r in range(starts.shape[0]):
            low, high = 0.0, lengths[r]
            for p in range(slopes.shape[1]):
                a = slopes[m, p]
                t = a[0] * starts[r, 0] + a[1] * starts[r, 1] + a[2] * starts[r, 2] - offsets[m, p]
                if a[axis] > 0:
                    low = max(low, -t / a[axis])
                elif a[axis] < 0:
                    high = min(high, -t / a[axis])
                elif t < 0:
                    high = low
            total += max(high - low, 0.0)
        out[m] = total
