"""The CT turned to one orientation, whatever its own axes do.

There, axis 0 runs from foot to head, axis 1 from front to back, axis 2 from right to left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from liverplan.volume import FloatArray, Grid, Volume

TOWARD = np.array(((0, 0, 1), (0, 1, 0), (1, 0, 0)), dtype=float)
"""LPS directions of axes 0, 1, 2: to the head, to the back, to the left."""

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """How a grid's axes are reordered, then flipped, to run as the module says."""

    order: tuple[int, int, int]
    flips: tuple[int, ...]

    @classmethod
    def of(cls, grid: Grid) -> Turn:
        """Find the turn that a grid needs; an oblique grid goes to the nearest axes."""
        unit = grid.affine[:3, :3] / np.linalg.norm(grid.affine[:3, :3], axis=0)
        cosines = TOWARD @ unit  # [wanted axis, present axis]
        left, order = np.abs(cosines), [0, 0, 0]
        for _ in range(3):
            wanted, present = np.unravel_index(left.argmax(), (3, 3))
            order[wanted] = int(present)
            left[wanted, :] = left[:, present] = -1
        flips = tuple(axis for axis in range(3) if cosines[axis, order[axis]] < 0)
        return cls(order=(order[0], order[1], order[2]), flips=flips)

    def apply(self, array: NDArray[Scalar]) -> NDArray[Scalar]:
        """Return a view of a (k, j, i) array in the common orientation."""
        return np.flip(array.transpose(self.order), self.flips)

    def undo(self, array: NDArray[Scalar]) -> NDArray[Scalar]:
        """Bring a (k, j, i) array back to the grid's own axes."""
        return np.ascontiguousarray(np.flip(array, self.flips).transpose(np.argsort(self.order)))

    def apply_to_grid(self, grid: Grid) -> Grid:
        """Return the grid of the turned array."""
        affine: FloatArray = grid.affine.copy()
        affine[:3, :3] = grid.affine[:3, self.order]
        shape = tuple(grid.shape[axis] for axis in self.order)
        for axis in self.flips:
            affine[:3, 3] += affine[:3, axis] * (shape[axis] - 1)
            affine[:3, axis] *= -1
        return Grid(shape=(shape[0], shape[1], shape[2]), affine=affine, frame_uid=grid.frame_uid)


def foot_head_axis(grid: Grid) -> int:
    """Return the axis (0, 1 or 2) of a grid's arrays that runs between foot and head."""
    return Turn.of(grid).order[0]


def turned(volume: Volume) -> Volume:
    """Return the CT in the common orientation (a view)."""
    turn = Turn.of(volume.grid)
    return Volume(grid=turn.apply_to_grid(volume.grid), hu=turn.apply(volume.hu))  # type: ignore[arg-type]  # mypy joins the two kinds of HU
