"""Maps of the liver: which part each voxel belongs to, Couinaud segments or vessel territories."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liverplan.errors import PlanError
from liverplan.segmentation.labels import LIVER, Segmentation
from liverplan.segmentation.vessels.branches import Branch
from liverplan.volume import Grid, read_only


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartMap:
    """Parts of the liver on a grid.

    Parameters
    ----------
    scheme : str
        What the parts are, e.g. "couinaud".
    grid : Grid
        The segmentation's.
    labels : (k, j, i) uint8 array
        0 where no part is, n for ``names[n - 1]``.
    names : tuple of str
    lines : tuple of Branch
        Of a map of vessels' territories: the middle line of each part's branch, in the order of
        ``names``; empty where they are not known.
    """

    scheme: str
    grid: Grid
    labels: NDArray[np.uint8]
    names: tuple[str, ...]
    lines: tuple[Branch, ...] = ()

    def __post_init__(self) -> None:
        if self.labels.shape != self.grid.shape or self.labels.dtype != np.uint8:
            raise PlanError(f"The {self.scheme} map does not fit its grid.")
        if self.lines and tuple(line.name for line in self.lines) != self.names:
            raise PlanError(f"The {self.scheme} map's middle lines are not those of its parts.")
        read_only(self.labels)

    def mask(self, names: Iterable[str]) -> NDArray[np.bool_]:
        """(k, j, i) mask of some parts together, each with what hangs on it.

        Part "1.2" takes "1.2.1" along: a vessel's branches are named by their way from its trunk.

        Raises
        ------
        PlanError
            If a part is not on the map, naming those that are.
        """
        chosen = list(names)
        unknown = [name for name in chosen if name not in self.names]
        if unknown:
            raise PlanError(
                f"The {self.scheme} map has no part {', '.join(unknown)}; "
                f"it has {', '.join(self.names)}."
            )
        table = np.zeros(256, dtype=np.bool_)
        for number, name in enumerate(self.names, 1):
            table[number] = any(hangs_on(name, one) for one in chosen)
        return np.asarray(table[self.labels])

    def volumes_ml(self, segmentation: Segmentation) -> dict[str, float]:
        """Functional tissue (liver without lesions) of each part, mL."""
        functional = self.labels[segmentation.labels == LIVER]
        counts = np.bincount(functional, minlength=len(self.names) + 1)
        voxel_ml = self.grid.voxel_ml
        return {name: float(counts[n]) * voxel_ml for n, name in enumerate(self.names, 1)}

    def shares_fraction(self, segmentation: Segmentation) -> dict[str, float]:
        """Each part's share of the functional tissue that lies in any part (0-1)."""
        volumes = self.volumes_ml(segmentation)
        total = sum(volumes.values())
        return {name: ml / total if total else 0.0 for name, ml in volumes.items()}


def hangs_on(name: str, branch: str) -> bool:
    """Whether a branch is another, or is lost with it: names begin with what they hang on."""
    return name == branch or name.startswith(f"{branch}.")
