"""Where a mask came from: what made it, who changed it by hand, who stands behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Self

from liverplan import __version__
from liverplan.errors import SegmentationError
from liverplan.plain import unfit_name

Origin = Literal["automatic", "clicks", "drawn", "given"]
"""A program alone; a program from a person's clicks; a person; a file (or the phantom's truth)."""

Quality = Literal["automatic", "edited", "expert"]
"""How sure a boundary is; the error model draws its spread from this."""

NETWORK_KEYS = ("network", "sha256", "licence")

NOBODY = frozenset({"", "unknown"})
"""No person's name; the second is what an account without a name is called."""


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
        The person who accepted it as it is now; empty while nobody has. Only a person's own act
        sets it: no file, back end or program speaks for them.
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
        """Whether a named person accepted the mask as it is now."""
        return self.accepted_by.strip().casefold() not in NOBODY

    @property
    def quality(self) -> Quality:
        """How sure the boundary is: a hand's work, or a file, counts once somebody accepted it."""
        if not self.accepted:
            return "automatic"
        if self.edits > 0 or self.origin == "drawn":
            return "edited"
        return "expert" if self.origin == "given" else "automatic"

    def edited(self) -> Self:
        """Count an edit by hand; what was accepted before must be looked at again."""
        return replace(self, edits=self.edits + 1, accepted_by="")

    def accepted_as(self, name: str) -> Self:
        """Return it as accepted by a person.

        Raises
        ------
        SegmentationError
            If nobody is named, or the name cannot be kept.
        """
        if not name.strip():
            raise SegmentationError("A mask is accepted by a person, and nobody is named.")
        if refusal := unfit_name(name.strip()):
            raise SegmentationError(refusal)
        return replace(self, accepted_by=name.strip())

    def from_program(self) -> Self:
        """Return it as a program's own: whatever it claims, no person made or accepted it."""
        origin: Origin = "clicks" if self.origin == "clicks" else "automatic"
        return replace(self, origin=origin, accepted_by="", edits=0)


def given(path: Path) -> Provenance:
    """Return the provenance of a file's mask that does not say where it came from."""
    return Provenance(
        method="given mask", version="1", origin="given", parameters={"file": path.name}
    )


def read_back(told: Provenance, path: Path) -> Provenance:
    """Return what a file tells of its mask, with the file's name, and accepted by nobody."""
    return replace(told, accepted_by="", parameters={**told.parameters, "file": path.name})
