"""The minimum cut: the binary mask with the least energy, and how sure each voxel of it is.

Minimises ``sum cost * u + sum edge * |grad u|`` over u in [0, 1] by the primal-dual method of
Chambolle and Pock (J Math Imaging Vis 2011;40:120). The problem is convex, and thresholding its
solution at any level gives a global minimiser of the binary problem (Chan, Esedoglu, Nikolova,
SIAM J Appl Math 2006;66:1632), so no seed decides the result and no graph must be built. Lengths
are millimetres: voxels need not be cubes.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from liverplan.compiled import compiled

Float32 = NDArray[np.float32]

THREADS = 2
FEWEST_STEPS = 30
"""Before this, the flow has not built up, and nothing moving means nothing."""


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
    flow = (np.zeros_like(costs), np.zeros_like(costs), np.zeros_like(costs))
    dz, dy, dx = spacing_mm
    inverse = (np.float32(1 / dz), np.float32(1 / dy), np.float32(1 / dx))
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


@compiled(fastmath=True, error_model="python")
def _dual(  # noqa: PLR0913, PLR0917 - numba reads plain arguments fastest
    guess: Float32,
    pz: Float32,
    py: Float32,
    px: Float32,
    edges: Float32,
    sigma: np.float32,
    iz: np.float32,
    iy: np.float32,
    ix: np.float32,
    first: int,
    last: int,
) -> None:
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


@compiled(fastmath=True, error_model="python")
def _primal(  # noqa: PLR0913, PLR0917 - numba reads plain arguments fastest
    u: Float32,
    guess: Float32,
    pz: Float32,
    py: Float32,
    px: Float32,
    costs: Float32,
    tau: np.float32,
    iz: np.float32,
    iy: np.float32,
    ix: np.float32,
    first: int,
    last: int,
) -> float:
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
