"""Two vessel trees grown in a liver as vessels grow: from hilum and cava, interleaved.

Terminals fill the liver, the farthest first; each hangs on the nearest vessel, at an angle that
opens away from the root, hardly ever beyond a right one (the least work for the heart: Murray 1926,
doi:10.1085/jgp.9.6.835), where it neither leaves the liver nor meets the other tree. Radii follow
his law: the cube of a vessel's radius is the sum of the cubes of what hangs on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy.ndimage as ndi
from scipy.spatial import cKDTree

TERMINAL_MM, TRIES = 1.1, 14
GAP_MM, ROOT_MM = 1.0, 20.0
"""The walls of two trees keep so far apart; so near its root a tree may leave the liver."""
FORWARD = 0.6
"""How far before the nearest point a branch leaves, in shares of its own length."""
STEP_MM, BEND_MM, BENDS_OVER_MM = 1.5, 2.5, 18.0
SAMPLES = 12


@dataclass
class Grown:
    """A tree of straight stretches; points in mm from the array's first voxel, (k, j, i) order."""

    points: list[np.ndarray]
    parents: list[int] = field(default_factory=lambda: [-1])
    terminals: list[int] = field(default_factory=list)

    def stretches(self) -> tuple[np.ndarray, np.ndarray]:
        """(n, 3) starts and ends, one for each point but the root."""
        points = np.array(self.points)
        return points[self.parents[1:]], points[1:]

    def radii(self) -> np.ndarray:
        """(n,) radius of the stretch that ends in each point, by Murray's law."""
        cubes = np.zeros(len(self.points))
        for terminal in self.terminals:
            at = terminal
            while at >= 0:
                cubes[at] += TERMINAL_MM**3
                at = self.parents[at]
        return np.cbrt(cubes)

    def hang(self, terminal: np.ndarray, stretch: int, at: np.ndarray) -> None:
        """Hang a terminal on a stretch, numbered by its end, at a point of it."""
        start = self.parents[stretch]
        if np.linalg.norm(at - self.points[start]) > 1:
            self.points.append(at)
            self.parents.append(start)
            self.parents[stretch] = start = len(self.points) - 1
        self.points.append(terminal)
        self.parents.append(start)
        self.terminals.append(len(self.points) - 1)


def farthest_first(points: np.ndarray, start: np.ndarray, count: int) -> np.ndarray:
    """Order points so that each is the farthest from all before it, and from the start."""
    away = np.linalg.norm(points - start, axis=1)
    order = []
    for _ in range(count):
        order.append(int(away.argmax()))
        away = np.minimum(away, np.linalg.norm(points - points[order[-1]], axis=1))
    return points[order]


def grow(
    liver: np.ndarray,
    spacing: np.ndarray,
    roots: tuple[np.ndarray, np.ndarray],
    count: int,
    rng: np.random.Generator,
) -> tuple[Grown, Grown]:
    """Grow two trees turn by turn from their roots, mm, through a (k, j, i) liver."""
    deep = ndi.binary_erosion(liver, iterations=max(1, round(4 / spacing.mean())))
    inside = np.argwhere(deep) * spacing
    trees = Grown([roots[0]]), Grown([roots[1]])
    chosen = []
    for root in roots:
        some = inside[rng.choice(len(inside), 12 * count, replace=False)]
        chosen.append(farthest_first(some, root, count))
    for number in range(count):
        thicker = float(np.cbrt(count / (number + 1)))
        for mine, other in ((0, 1), (1, 0)):
            walls = _Walls(trees[other], thicker)
            _add(trees[mine], walls, chosen[mine][number], liver, spacing)
    return trees


class _Walls:
    """The other tree, as thick as it will be, and how far a new vessel keeps from it."""

    def __init__(self, tree: Grown, thicker: float) -> None:
        self.thicker, self.points = thicker, None
        if len(tree.points) > 1:
            starts, ends = tree.stretches()
            shares = np.linspace(0, 1, SAMPLES)[:, None, None]
            self.points = cKDTree((starts + shares * (ends - starts)).reshape(-1, 3))
            self.radii = np.tile(tree.radii()[1:], SAMPLES)

    def clear_of(self, line: np.ndarray) -> bool:
        if self.points is None:
            return True
        away, nearest = self.points.query(line)
        return bool((away > GAP_MM + self.thicker * (TERMINAL_MM + self.radii[nearest])).all())


def _add(tree: Grown, walls: _Walls, terminal: np.ndarray, liver, spacing) -> None:
    if len(tree.points) < 2:
        if _runs(np.linspace(tree.points[0], terminal, 100), tree, walls, liver, spacing):
            tree.points.append(terminal)
            tree.parents.append(0)
            tree.terminals.append(1)
        return
    starts, ends = tree.stretches()
    way = ends - starts
    length = np.linalg.norm(way, axis=1)
    share = np.einsum("ni,ni->n", terminal - starts, way) / np.maximum(length**2, 1e-9)
    nearest = starts + np.clip(share, 0, 1)[:, None] * way
    price = np.linalg.norm(terminal - nearest, axis=1)
    back = FORWARD * price / np.maximum(length, 1e-9)
    at = starts + np.clip(np.clip(share, 0, 1) - back, 0, 0.95)[:, None] * way
    onward = np.einsum("ni,ni->n", terminal - at, way) >= 0
    for n in np.flatnonzero(onward)[np.argsort(price[onward])][:TRIES]:
        line = np.linspace(at[n], terminal, 2 + int(price[n] / STEP_MM))
        if _runs(line, tree, walls, liver, spacing):
            tree.hang(terminal, int(n) + 1, at[n])
            return


def _runs(line: np.ndarray, tree: Grown, walls: _Walls, liver, spacing) -> bool:
    """Tell whether a vessel may run along a line, (n, 3) mm."""
    index = np.clip(np.rint(line / spacing).astype(int), 0, np.array(liver.shape) - 1)
    off = np.linalg.norm(line - tree.points[0], axis=1) > ROOT_MM
    return bool(liver[tuple(index.T)][off].all()) and walls.clear_of(line)


def painted(
    tree: Grown, bends: np.ndarray, shape: tuple, spacing: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Paint a tree with soft edges.

    Returns
    -------
    (k, j, i) share of each voxel, (n, 3) middle line in mm, (n,) its radius.
    """
    share = np.zeros(shape, np.float32)
    lines, radii = [], []
    every = tree.radii()
    for start, end, radius in zip(*tree.stretches(), every[1:], strict=True):
        steps = 2 + int(np.linalg.norm(end - start) / STEP_MM)
        line = bent(np.linspace(start, end, steps), bends, spacing)
        _paint(share, line, radius, spacing)
        lines.append(line)
        radii.append(np.full(steps, radius))
    return share, np.concatenate(lines), np.concatenate(radii)


def bent(points: np.ndarray, bends: np.ndarray, spacing: np.ndarray) -> np.ndarray:
    """Move points by a smooth (3, k, j, i) field, mm."""
    at = (points / spacing).T
    return points + np.stack([ndi.map_coordinates(b, at, order=1, mode="nearest") for b in bends]).T


def bends_of(shape: tuple, spacing: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(3, k, j, i) smooth field of unit scale BEND_MM."""
    made = []
    for _ in range(3):
        coarse = rng.normal(size=np.maximum(2, np.ceil(np.array(shape) * spacing / 9)).astype(int))
        field_ = ndi.gaussian_filter(coarse, BENDS_OVER_MM / 9)
        field_ *= BEND_MM / field_.std()
        made.append(ndi.zoom(field_, np.array(shape) / np.array(field_.shape), order=1))
    return np.stack(made).astype(np.float32)


def _paint(share: np.ndarray, line: np.ndarray, radius: float, spacing: np.ndarray) -> None:
    reach = radius + 2 * spacing.max()
    low = np.maximum(np.floor((line.min(axis=0) - reach) / spacing).astype(int), 0)
    high = np.minimum(np.ceil((line.max(axis=0) + reach) / spacing).astype(int) + 1, share.shape)
    if (high <= low).any():
        return
    box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    grid = np.stack(np.meshgrid(*(np.arange(a, b) for a, b in zip(low, high, strict=True)),
                                indexing="ij"), axis=-1) * spacing  # fmt: skip
    fine = np.linspace(line[:-1], line[1:], 3, endpoint=False).reshape(-1, 3)
    away = cKDTree(np.concatenate([fine, line[-1:]])).query(grid, distance_upper_bound=reach)[0]
    soft = np.clip(0.5 + (radius - away) / spacing.mean(), 0, 1)
    np.maximum(share[box], soft, out=share[box])
