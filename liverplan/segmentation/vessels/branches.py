"""A vessel mask as branches that hang on each other.

A branch runs from one fork to the next and is named by its way from the root, where blood enters or
leaves: "1" is the trunk, "1.2" the smaller of the first two that hang on it, "1.2.1" what hangs on
that; "2" the trunk of another tree. So a name and a dot begin the names of all that is lost with a
branch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from liverplan.segmentation.results import Mask
from liverplan.segmentation.vessels.lumen import SPUR_MM, Lumen
from liverplan.segmentation.vessels.middle_line import Tree
from liverplan.volume import Grid

MOST = 255
"""Branches that a map of their territories can hold; beyond, shorter ones are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A stretch of vessel between forks or ends.

    Parameters
    ----------
    name : str
        Its way from the root, e.g. "1.2".
    points_mm : tuple of (x, y, z)
        Its middle line, LPS mm, away from the root.
    radius_mm : float
        Mean radius.
    tree : int
        The click that it hangs on, from 1.
    radii_mm : tuple of float
        The vessel's radius at each point; empty where only the mean is known.
    confidence : float or None
        That it is a vessel of its tree, 0 to 1; None where nobody told.
    called, called_by : str
        What a person called it by anatomy, e.g. "right_portal", and who; "" where nobody did.
    """

    name: str
    points_mm: tuple[tuple[float, float, float], ...]
    radius_mm: float
    tree: int = 1
    radii_mm: tuple[float, ...] = ()
    confidence: float | None = None
    called: str = ""
    called_by: str = ""

    @property
    def length_mm(self) -> float:
        """Length along the middle line."""
        steps = np.diff(np.array(self.points_mm), axis=0)
        return float(np.linalg.norm(steps, axis=1).sum())


def branches_of(vessel: Mask, grid: Grid, roots_mm: ArrayLike = ()) -> tuple[Branch, ...]:
    """Divide a vessel into branches.

    Parameters
    ----------
    vessel : (k, j, i) bool array
        On the grid.
    grid : Grid
    roots_mm : (n, 3) array
        LPS points in the trunks. Of a tree that holds several the first counts; one that holds
        none is rooted at its thickest end.

    Returns
    -------
    tuple of Branch
        At most 255, a trunk before what hangs on it, larger trees first; none if the mask is empty
        or only specks.
    """
    lumen = Lumen.of(vessel, grid)
    if lumen is None:
        return ()
    return named(lumen.trees(np.asarray(roots_mm, dtype=float).reshape(-1, 3)), SPUR_MM)


def named(trees: Sequence[Tree], spur_mm: float) -> tuple[Branch, ...]:
    """Divide trees, the largest first, into branches; what is shorter than a spur is a bump."""
    spur = spur_mm
    while True:
        kept = [tree for tree in trees if tree.reach_mm[0] >= spur]
        found = [
            b for number, tree in enumerate(kept, 1) for b in _of_tree(tree, str(number), spur)
        ]
        if len(found) <= MOST:
            return tuple(found)
        spur *= 1.5


def _of_tree(tree: Tree, trunk: str, spur_mm: float) -> Iterator[Branch]:
    """Give each branch from fork to fork; its first point is the fork's."""
    for name, way, _ in tree.ways(trunk, spur_mm):
        points = tuple((float(x), float(y), float(z)) for x, y, z in tree.points_mm[way])
        radius = float(tree.radius_mm[way[1:] or way].mean())
        radii = tuple(map(float, tree.radius_mm[way]))
        yield Branch(name=name, points_mm=points, radius_mm=radius, radii_mm=radii)
