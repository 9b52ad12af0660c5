"""Cuts as rows of numbers: the one form in which every kind of cut is measured.

A *primitive* is a function f(x) in mm that is negative where tissue is removed, exact at its zero
and never steeper than 1, so that f at a box's centre decides the whole box if ``|f|`` exceeds the
box's half diagonal. Primitives with one *group* number belong to one cut: it removes where all of
them are negative. A plan removes where any group does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from liverplan.volume import FloatArray

PLANE: Final = 0
"""Numbers: normal (3), offset. f = n.x - offset."""

BALL: Final = 1
"""Numbers: centre (3), radius. f = |x - c| - r."""

CONE: Final = 2
"""Numbers: tip ball's centre (3), direction (3), its radius, sine and cosine of the half angle.

The union of the balls centred at c + t w (t >= 0) with radius r + t sin."""

ELLIPSOID: Final = 3
"""Numbers: centre (3), mm to the unit ball (9), smallest semi-axis."""

HEIGHT: Final = 4
"""Numbers: origin (3), axes u, v, w as rows (9), steps along u and v, cells along u and v, place of
the first cell, scale, bound on the second derivative of f. f = scale * (w - h(u, v)), h a bicubic
in each cell (`cells_of`)."""

WIDTH: Final = 20
"""Numbers a primitive has room for."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Primitive:
    """One function: its kind, its numbers, and the cells of a `HEIGHT`."""

    kind: int
    numbers: Sequence[float]
    cells: FloatArray = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Cuts ready to be measured.

    Parameters
    ----------
    kinds, groups : (N,) int64 arrays
        Each primitive's kind and cut; groups ascend from 0 without gaps.
    numbers : (N, WIDTH) array
    cells : (H,) array
        Of all height fields, one after the other.
    """

    kinds: NDArray[np.int64]
    groups: NDArray[np.int64]
    numbers: FloatArray
    cells: FloatArray


def rows(groups: Sequence[Sequence[Primitive]]) -> Rows:
    """Lay primitives out in rows, one group after the other."""
    flat = [(g, p) for g, group in enumerate(groups) for p in group]
    numbers = np.zeros((len(flat), WIDTH))
    cells: list[FloatArray] = [np.zeros(1)]
    used = 1
    for row, (_, primitive) in zip(numbers, flat, strict=True):
        row[: len(primitive.numbers)] = primitive.numbers
        if primitive.kind == HEIGHT:
            row[16] = used
            cells.append(primitive.cells.ravel())
            used += cells[-1].size
    return Rows(
        kinds=np.array([p.kind for _, p in flat], dtype=np.int64),
        groups=np.array([g for g, _ in flat], dtype=np.int64),
        numbers=numbers,
        cells=np.concatenate(cells),
    )
