"""The lines that were parted from a web, joined to trees.

A tree found in a CT keeps the lines it was found by: a line that is looked for anew in its painted
voxels ends early, and loses what is short.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy

from liverplan.segmentation.vessels.middle_line import Places, Tree
from liverplan.volume import FloatArray

NEVER_NOTHING_MM = 1e-6
FEWEST = 3
"""A part of fewer points is no line."""


def tree_lines(
    points_mm: FloatArray,
    radius_mm: FloatArray,
    ways: Sequence[Places],
    links: Sequence[Places],
    price: FloatArray,
) -> list[Tree]:
    """Join lines to trees, one for each connected part, the largest first.

    Parameters
    ----------
    points_mm : (n, 3) array
        LPS.
    radius_mm : (n,) array
        The vessel's, at each point.
    ways, links : sequences of (m,) int arrays
        The lines, each a run of points; and what joins them, where it does.
    price : (n,) array
        Of the way from the root: a part begins at its cheapest point.
    """
    mine = np.unique(np.concatenate([np.zeros(0, np.int64), *ways]))
    joined = _joined(points_mm, [*ways, *links])
    part = scipy.sparse.csgraph.connected_components(joined, directed=False)[1]
    found = []
    for number in np.unique(part[mine]):
        inside = mine[part[mine] == number]
        away, before = scipy.sparse.csgraph.dijkstra(
            joined,
            directed=False,
            indices=int(inside[price[inside].argmin()]),
            return_predecessors=True,
        )  # type: ignore[call-overload]  # the stubs know no csr_array
        order = _led_to(inside, before)
        order = order[np.argsort(away[order], kind="stable")]
        row = np.zeros(len(points_mm), np.int64)
        row[order] = np.arange(len(order))
        parents = row[np.where(before[order] < 0, order, before[order])]
        if len(order) >= FEWEST:
            size = np.ones(len(order), np.int64)
            found.append(Tree.of(points_mm[order], radius_mm[order], size, parents))
    return sorted(found, key=lambda tree: len(tree.children), reverse=True)


def _joined(
    points_mm: FloatArray, lines: Sequence[Places]
) -> scipy.sparse.csr_array[np.float64, tuple[int, int]]:
    """(n, n) sparse array of the distance between points that follow each other, mm."""
    count = len(points_mm)
    pairs = [np.zeros((0, 2), np.int64), *(np.stack([a[:-1], a[1:]], axis=1) for a in lines)]
    a, b = np.unique(np.sort(np.concatenate(pairs), axis=1), axis=0).T
    steps = np.maximum(np.linalg.norm(points_mm[a] - points_mm[b], axis=1), NEVER_NOTHING_MM)
    return scipy.sparse.coo_array((steps, (a, b)), (count, count)).tocsr()


def _led_to(inside: Places, before: Places) -> Places:
    """Return some points and all that the ways to them run through."""
    led: set[int] = set()
    for end in inside.tolist():
        at = end
        while at >= 0 and at not in led:
            led.add(at)
            at = int(before[at])
    return np.array(sorted(led))
