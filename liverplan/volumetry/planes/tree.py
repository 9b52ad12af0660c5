"""The moment tree over end points: any plane's sum in O(length of the cut's outline).

End points are sorted along a Morton curve and grouped by 16, groups by 16 again, and so on. A
group wholly on the staying side of a plane contributes ``sum w t(p)``, which its sums of w and
w p give at once; one wholly on the other side contributes nothing; only the groups that the plane
crosses are opened. Sixteen is one vector register: the tree needs no pointers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from liverplan.volume import FloatArray, read_only
from liverplan.volumetry.planes.kernels import WIDTH
from liverplan.volumetry.planes.runs import EndPoints

_CODE_BITS = 10
_NEVER_CROSSED = -1e9  # the half size of a box that only fills up a block


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MomentTree:
    """End points in boxes, for `liverplan.volumetry.planes.kernels.moment_sums`.

    Parameters
    ----------
    centre : (3,) array
        The index that nodes and blocks are relative to, so that single precision is enough.
    reach : (3,) array
        How far (voxels) any point lies from the centre along each axis, and one more.
    nodes, first, blocks
        See `moment_sums`.
    """

    centre: FloatArray
    reach: FloatArray
    nodes: NDArray[np.float32]
    first: NDArray[np.int64]
    blocks: NDArray[np.float32]

    def __post_init__(self) -> None:
        for array in (self.centre, self.reach, self.nodes, self.first, self.blocks):
            read_only(array)

    @classmethod
    def build(cls, ends: EndPoints) -> Self:
        """Build the tree of at least one end point."""
        low, high = (f(ends.points, axis=1, keepdims=True) for f in (np.min, np.max))
        centre = np.round((low + high) / 2)
        order = np.argsort(_morton(ends.points - low))
        points = np.take(ends.points - centre, order, axis=1)
        points = _filled(points, points[:, -1:])
        weights = _filled(ends.weights[order][None], np.float32(0))
        blocks = np.concatenate([points, weights]).reshape(4, -1, WIDTH).transpose(1, 0, 2)
        levels = _levels(points, weights)
        return cls(
            centre=centre[:, 0].astype(np.float64),
            reach=np.maximum(high - centre, centre - low)[:, 0].astype(np.float64) + 1,
            nodes=np.concatenate(levels),
            first=np.cumsum([0, *map(len, levels)]),
            blocks=np.ascontiguousarray(blocks),
        )


def _levels(points: NDArray[np.float32], weights: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """(B, 10, 16) nodes of each level, the coarsest first."""
    low = high = points
    sums = np.concatenate([weights, weights * points])  # halves: exact in single precision
    levels: list[NDArray[np.float32]] = []
    while not levels or low.shape[1] > 4 * WIDTH:
        low, high, sums = (
            _grouped(np.minimum, low),
            _grouped(np.maximum, high),
            _grouped(np.add, sums),
        )
        count = low.shape[1]
        low, high = _filled(low, low[:, -1:]), _filled(high, high[:, -1:])
        sums = _filled(sums.astype(np.float64), np.float64(0))
        centre, half = (low + high) / 2, (high - low) / 2
        half[:, count:] = _NEVER_CROSSED
        moments = sums[1:] - sums[0] * centre
        node = np.concatenate([centre, half, sums[:1], moments]).astype(np.float32)
        levels.insert(0, np.ascontiguousarray(node.reshape(10, -1, WIDTH).transpose(1, 0, 2)))
    return levels


def _grouped(operation: np.ufunc, values: NDArray[np.floating]) -> NDArray[np.floating]:
    """(C, 16 N) values to (C, N), each 16 combined in one; halving is quicker than reducing."""
    values = values.reshape(len(values), -1, WIDTH)
    while values.shape[2] > 1:
        half = values.shape[2] // 2
        values = operation(values[:, :, :half], values[:, :, half:])
    return values[:, :, 0]


def _filled(values: NDArray[np.floating], filling: object) -> NDArray[np.floating]:
    """Append columns up to a multiple of 16."""
    count = values.shape[1]
    full = np.empty((len(values), -(-count // WIDTH) * WIDTH), values.dtype)
    full[:, :count] = values
    full[:, count:] = filling
    return full


def _morton(points: FloatArray) -> NDArray[np.uint32]:
    """(3, N) non-negative indices to their place on a Morton curve."""
    shift = max(int(points.max()).bit_length() - _CODE_BITS, 0)
    k, j, i = (_SPREAD[c] for c in points.astype(np.int32) >> shift)
    return np.asarray((k << 2) | (j << 1) | i)


def _spread_bits() -> NDArray[np.uint32]:
    """Return a table of 10-bit numbers with two zeros between any two bits."""
    numbers = np.arange(1 << _CODE_BITS, dtype=np.uint32)
    bits = [((numbers >> b) & 1) << (3 * b) for b in range(_CODE_BITS)]
    return np.asarray(np.bitwise_or.reduce(np.array(bits, dtype=np.uint32), axis=0))


_SPREAD = _spread_bits()
