"""The Segmentation: which voxel is liver, which is which metastasis, and where that came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from liverplan.errors import SegmentationError
from liverplan.segmentation.provenance import Provenance
from liverplan.volume import Grid, read_only

LIVER = 1
FIRST_LESION = 2
LAST_LABEL = 255
"""The highest that a label map of bytes holds."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Segmentation:
    """Labels on a grid.

    Parameters
    ----------
    grid : Grid
        The CT's grid.
    labels : (k, j, i) uint8 array
        0 none, 1 liver tissue, 2, 3, 4, ... metastases. The whole liver is every voxel that is
        not 0; functional liver is label 1. The array is made read-only, not copied.
    provenance : mapping of int to Provenance
        By label value; may be empty.

    Raises
    ------
    SegmentationError
        If the array does not fit the grid or is not uint8.
    """

    grid: Grid
    labels: NDArray[np.uint8]
    provenance: Mapping[int, Provenance] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.labels.dtype != np.uint8:
            raise SegmentationError(f"Labels must be uint8, not {self.labels.dtype}.")
        if self.labels.shape != self.grid.shape:
            raise SegmentationError(
                f"The labels have {self.labels.shape} voxels where the grid has {self.grid.shape}."
            )
        read_only(self.labels)
        object.__setattr__(self, "provenance", MappingProxyType(dict(self.provenance)))

    @classmethod
    def empty(cls, grid: Grid) -> Self:
        """Return labels on which nothing is marked."""
        return cls(grid=grid, labels=np.zeros(grid.shape, np.uint8))

    @classmethod
    def from_masks(
        cls,
        grid: Grid,
        liver: NDArray[np.bool_],
        lesions: Sequence[NDArray[np.bool_]] = (),
        provenance: Mapping[int, Provenance] | None = None,
    ) -> Self:
        """Put separate (k, j, i) masks on one label map.

        Lesion voxels outside the liver mask are counted into the liver; where two lesions
        overlap, the earlier one keeps the voxel. Ask `outside_ml` first if the user must
        be told.
        """
        if len(lesions) > 254:
            raise SegmentationError(f"{len(lesions)} lesions do not fit into one label map (254).")
        labels = liver.astype(np.uint8)
        for label, mask in reversed(list(enumerate(lesions, FIRST_LESION))):
            labels[mask] = label
        return cls(grid=grid, labels=labels, provenance=provenance or {})

    @property
    def lesion_labels(self) -> tuple[int, ...]:
        """Label values of the lesions that have at least one voxel, ascending."""
        return tuple(int(v) for v in np.unique(self.labels[self.labels >= FIRST_LESION]))

    @property
    def liver(self) -> NDArray[np.bool_]:
        """(k, j, i) mask of the whole liver, its lesions included."""
        return np.greater_equal(self.labels, LIVER)

    def lesion(self, label: int) -> NDArray[np.bool_]:
        """(k, j, i) mask of one lesion."""
        return np.equal(self.labels, label)

    def volume_ml(self, label: int) -> float:
        """Volume of the voxels with one label value, mL (label 1 is liver without lesions)."""
        return float(np.count_nonzero(self.labels == label)) * self.grid.voxel_ml


def outside_ml(grid: Grid, liver: NDArray[np.bool_], lesion: NDArray[np.bool_]) -> float:
    """How much of a lesion lies outside the liver, mL; both are (k, j, i) masks."""
    return float(np.count_nonzero(lesion & ~liver)) * grid.voxel_ml
