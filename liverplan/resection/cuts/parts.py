"""Named parts of a map of the liver: Couinaud segments, or vessel territories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from liverplan.errors import PlanError
from liverplan.findings import CutFinding
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.named import SCHEME, name_of
from liverplan.resection.cuts.base import Mask, Voxels
from liverplan.segmentation.labels import Segmentation
from liverplan.volume import FloatArray

TERRITORIES: Final = frozenset({"portal", "hepatic", "unsupplied"})
"""Maps of what vessels feed and drain: their parts are lost, but nobody takes them out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts(Voxels):
    """Remove named parts of a map of the liver: Couinaud segments, or vessel territories.

    Parameters
    ----------
    scheme : str
        Which map, e.g. "couinaud", "portal", "hepatic".
    names : tuple of str
        The parts removed, e.g. ("5", "6", "7", "8").
    """

    kind: ClassVar[str] = "parts"

    scheme: str
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(str(name) for name in self.names))
        if not self.names:
            raise PlanError(f"No part of the {self.scheme} map is named, so nothing is removed.")
        if len(set(self.names)) < len(self.names):
            raise PlanError(f"A part is named twice: {', '.join(self.names)}.")

    @property
    def stays_in_place(self) -> bool:
        """Whether they are territories of vessels, which nobody takes out."""
        return self.scheme in TERRITORIES

    @property
    def needs_map(self) -> str:
        """Its scheme."""
        return self.scheme

    def mask(self, segmentation: Segmentation, maps: Mapping[str, PartMap]) -> Mask:
        """(k, j, i) mask of the parts.

        Raises
        ------
        PlanError
            If there is no such map or part.
        """
        del segmentation
        if self.scheme not in maps:
            known = ", ".join(sorted(maps)) or "none"
            raise PlanError(
                f"The plan names parts of a {self.scheme!r} map, and the maps at hand are: {known}."
            )
        return maps[self.scheme].mask(self.names)

    def finding(self, removes_ml: float) -> CutFinding:
        """Return it as results name it, with the operation's name if it is one."""
        return CutFinding(
            kind=self.kind,
            removes_ml=removes_ml,
            scheme=self.scheme,
            parts=self.names,
            name=name_of(self.names) if self.scheme == SCHEME else "",
        )

    def moved(self, by_mm: FloatArray) -> Self:
        """Return itself, for any (3,) shift, mm: parts of the liver stay where they are."""
        del by_mm
        return self

    def turned(self, pivot_mm: FloatArray, rotation: FloatArray) -> Self:
        """Return itself, for any (3, 3) turn: parts of the liver stay where they are."""
        del pivot_mm, rotation
        return self
