"""Named parts of a map of the liver: Couinaud segments, or vessel territories."""

from __future__ import annotations

from dataclasses import dataclass

from liverplan.errors import PlanError


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Remove named parts of a map of the liver: Couinaud segments, or vessel territories.

    Parameters
    ----------
    scheme : str
        Which map, e.g. "couinaud", "portal", "hepatic".
    names : tuple of str
        The parts removed, e.g. ("5", "6", "7", "8").
    """

    scheme: str
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(str(name) for name in self.names))
        if not self.names:
            raise PlanError(f"No part of the {self.scheme} map is named, so nothing is removed.")
        if len(set(self.names)) < len(self.names):
            raise PlanError(f"A part is named twice: {', '.join(self.names)}.")
