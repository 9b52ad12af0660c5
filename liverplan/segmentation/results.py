"""What a segmentation step hands back: masks, how sure they are, and what to tell the user."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from liverplan.findings import Statement, stated
from liverplan.segmentation.provenance import Provenance
from liverplan.volume import Grid, read_only

Mask = NDArray[np.bool_]

Parts = tuple[NDArray[np.uint8], tuple[str, ...]]
"""(k, j, i) labels, 0 where no part is, and the names of 1, 2, 3, ..."""

Progress = Callable[[float, str], None]
"""Called with the fraction done (0-1) and a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsurePlace:
    """A part of the boundary that the method itself is not sure of.

    Parameters
    ----------
    point_mm : (x, y, z)
        A voxel in the middle of it, LPS mm: where to look.
    volume_ml : float
        How much tissue could as well lie on the other side.
    inside : bool
        Whether that tissue is in the mask now.
    """

    point_mm: tuple[float, float, float]
    volume_ml: float
    inside: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Confidence:
    """How sure a mask is, from the energy of the minimum cut that drew it.

    Parameters
    ----------
    grid : Grid
        The coarse grid that this lives on.
    inside_fraction : (k, j, i) float32 array
        0-1, how much of the minimum cut a voxel keeps inside; 0.5 is the boundary.
    places : tuple of UnsurePlace
        Where to look first, largest first.
    """

    grid: Grid
    inside_fraction: NDArray[np.float32]
    places: tuple[UnsurePlace, ...] = ()

    def __post_init__(self) -> None:
        read_only(self.inside_fraction)

    @property
    def unsure_ml(self) -> float:
        """Tissue in all doubtful places, mL."""
        return sum(place.volume_ml for place in self.places)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LiverResult:
    """A liver mask on the CT's grid.

    Parameters
    ----------
    mask : (k, j, i) bool array
        The whole liver.
    provenance : Provenance
        What made it.
    confidence : Confidence or None
        How sure it is; None where the method cannot tell.
    warnings : tuple of Statement or str
        What the user must know; a back end of another author may say it in English sentences.
    lesions : tuple of (k, j, i) bool arrays
        Lesions that the method found as well; the classical one finds none.
    maps : mapping of str to Parts
        By scheme: parts of the liver that the method found as well, e.g. "couinaud" or "vessels".
    """

    mask: Mask
    provenance: Provenance
    confidence: Confidence | None = None
    warnings: tuple[Statement | str, ...] = ()
    lesions: tuple[Mask, ...] = ()
    maps: Mapping[str, Parts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        read_only(self.mask)
        object.__setattr__(self, "maps", MappingProxyType(dict(self.maps)))

    @property
    def notes(self) -> tuple[Statement, ...]:
        """The warnings, each a statement."""
        return tuple(stated(warning) for warning in self.warnings)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outlined:
    """The mask of what a person pointed at, on the CT's grid, what made it, and what to tell."""

    mask: Mask
    provenance: Provenance
    warnings: tuple[Statement, ...] = ()

    def __post_init__(self) -> None:
        read_only(self.mask)


class LesionResult(Outlined):
    """A lesion's (k, j, i) mask."""

    __slots__ = ()


class VesselResult(Outlined):
    """The (k, j, i) mask of a vessel, with what hangs on it."""

    __slots__ = ()
