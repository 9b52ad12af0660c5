"""Where a mask came from: what made it, who changed it by hand, who stands behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Self

from liverplan import __version__

Origin = Literal["automatic", "clicks", "drawn", "given"]
"""A program alone; a program from a person's clicks; a person; a file (or the phantom's truth)."""

Quality = Literal["automatic", "edited", "expert"]
"""How sure a boundary is; the error model draws its spread from this."""

NETWORK_KEYS = ("network", "sha256", "licence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where one mask came from.

    Parameters
    ----------
    method, version : str
        What made it, e.g. "liverplan classical liver", "0.1.0".
    origin : {"automatic", "clicks", "drawn", "given"}
        A program alone, a program from a person's clicks, a person, or a file.
    accepted_by : str
        The person who accepted it as it is now; empty while nobody has.
    edits : int
        How often it was changed by hand since.
    density_hu : float or None
        The liver's density as the method read it, HU.
    parameters : mapping of str to str
        What the method was told, for people to read: nothing is computed from it.
    """

    method: str
    version: str
    origin: Origin
    accepted_by: str = ""
    edits: int = 0
    density_hu: float | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def by_hand(cls) -> Self:
        """Return the provenance of a mask that nothing but a person made."""
        return cls(method="drawn by hand", version=__version__, origin="drawn")

    @property
    def network(self) -> Mapping[str, str]:
        """Which trained network made it: file, SHA-256 and licence; empty where none did."""
        return {key: self.parameters[key] for key in NETWORK_KEYS if key in self.parameters}

    @property
    def accepted(self) -> bool:
        """Whether a person stands behind the mask: accepted it, or gave it and left it so."""
        return bool(self.accepted_by) or (self.origin == "given" and self.edits == 0)

    @property
    def quality(self) -> Quality:
        """How sure the boundary is: a hand's work counts only once somebody has accepted it."""
        if self.edits > 0 or self.origin == "drawn":
            return "edited" if self.accepted_by else "automatic"
        return "expert" if self.origin == "given" else "automatic"

    def edited(self) -> Self:
        """Count an edit by hand; what was accepted before must be looked at again."""
        return replace(self, edits=self.edits + 1, accepted_by="")

    def accepted_as(self, name: str) -> Self:
        """Return it as accepted by a person."""
        return replace(self, accepted_by=name)
