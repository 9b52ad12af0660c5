"""The cut: the binary mask with the least energy, and how sure each voxel of it is.

Minimises ``sum cost * u + sum edge * |grad u|`` over u in [0, 1] by the primal-dual method of
Chambolle and Pock (J Math Imaging Vis 2011;40:120). The problem is convex, and thresholding its
solution at any level gives a global minimiser of the binary problem (Chan, Esedoglu, Nikolova,
SIAM J Appl Math 2006;66:1632), so no seed decides the result and no graph must be built. Lengths
are millimetres: voxels need not be cubes.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

Float32 = NDArray[np.float32]

THREADS = 2
FEWEST_STEPS = 30
"""Before this, the flow has not built up, and nothing moving means nothing."""


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile for the machine; keep the result on disk where there is a place to write it."""
    try:
        return numba.njit(nogil=True, cache=True, fastmath=True)(function)  # type: ignore[no-any-return]
    except RuntimeError:  # numba finds no folder for its cache
        return numba.njit(nogil=True, fastmath=True)(function)  # type: ignore[no-any-return]


def min_cut(
    cost: ArrayLike,
    edge: ArrayLike,
    spacing_mm: tuple[float, float, float],
    *,
    start: Float32 | None = None,
    iterations: int = 300,
    tolerance: float = 2e-4,
) -> Float32:
    """Solve for the least energy.

    Parameters
    ----------
    cost : (k, j, i) array
        Per mm; negative where a voxel is better inside. At |cost| = c, smooth bumps of a radius
        under about 2 / c mm are ironed out.
    edge : (k, j, i) array or number
        Price of boundary per mm2, relative to `cost`; small where the image has an edge.
    spacing_mm : (k, j, i)
        Voxel spacing.
    start : (k, j, i) float32 array
        A first guess, 0 to 1.
    iterations, tolerance
        The most steps, and the mean change per inside voxel at which to stop.

    Returns
    -------
    (k, j, i) float32 array
        0 to 1; at least 0.5 is inside.
    """
    costs = np.ascontiguousarray(cost, dtype=np.float32)
    edges = np.ascontiguousarray(np.broadcast_to(edge, costs.shape), dtype=np.float32)
    u = (costs < 0).astype(np.float32) if start is None else start.astype(np.float32)
    guess = u.copy()
    flow = tuple(np.zeros_like(costs) for _ in range(3))
    inverse = tuple(np.float32(1 / s) for s in spacing_mm)
    norm = 2 * float(np.sqrt(sum(i * i for i in inverse)))
    sigma, tau = np.float32(0.5 / norm), np.float32(2 / norm)
    slabs = _slabs(costs.shape[0])

    def dual(slab: tuple[int, int]) -> None:
        _dual(guess, *flow, edges, sigma, *inverse, *slab)

    def primal(slab: tuple[int, int]) -> float:
        return float(_primal(u, guess, *flow, costs, tau, *inverse, *slab))

    with ThreadPoolExecutor(THREADS) as pool:
        for done in range(iterations):
            list(pool.map(dual, slabs))
            change = sum(pool.map(primal, slabs))
            if done >= FEWEST_STEPS and change < tolerance * max(float(u.sum()), 1.0):
                break
    return u


def _slabs(n: int) -> list[tuple[int, int]]:
    bounds = np.linspace(0, n, min(THREADS, n) + 1).astype(int)
    return [(int(a), int(b)) for a, b in pairwise(bounds)]


@compiled
def _dual(guess, pz, py, px, edges, sigma, iz, iy, ix, first, last):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0913, PLR0917
    """Ascend in the flow and keep it within the edge price."""
    nz, ny, nx = guess.shape
    for z in range(first, last):
        up = min(z + 1, nz - 1)
        for y in range(ny):
            back = min(y + 1, ny - 1)
            for x in range(nx):
                here = guess[z, y, x]
                a = pz[z, y, x] + sigma * iz * (guess[up, y, x] - here)
                b = py[z, y, x] + sigma * iy * (guess[z, back, x] - here)
                c = px[z, y, x] + sigma * ix * (guess[z, y, min(x + 1, nx - 1)] - here)
                size = np.sqrt(a * a + b * b + c * c)
                price = edges[z, y, x]
                scale = np.float32(1.0)
                if size > price:
                    scale = price / size
                pz[z, y, x] = a * scale
                py[z, y, x] = b * scale
                px[z, y, x] = c * scale


@compiled
def _primal(u, guess, pz, py, px, costs, tau, iz, iy, ix, first, last):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0913, PLR0917
    """Descend in u, clip it to 0..1, extrapolate; return the sum of the changes."""
    nz, ny, nx = u.shape
    change = 0.0
    for z in range(first, last):
        for y in range(ny):
            for x in range(nx):
                divergence = np.float32(0.0)
                if z < nz - 1:
                    divergence += pz[z, y, x] * iz
                if z > 0:
                    divergence -= pz[z - 1, y, x] * iz
                if y < ny - 1:
                    divergence += py[z, y, x] * iy
                if y > 0:
                    divergence -= py[z, y - 1, x] * iy
                if x < nx - 1:
                    divergence += px[z, y, x] * ix
                if x > 0:
                    divergence -= px[z, y, x - 1] * ix
                before = u[z, y, x]
                after = before + tau * (divergence - costs[z, y, x])
                after = min(np.float32(1.0), max(np.float32(0.0), after))
                u[z, y, x] = after
                guess[z, y, x] = 2 * after - before
                change += abs(after - before)
    return change
