"""How far predicted resections were published to miss: context, never part of an interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

Resected = Literal["hemihepatectomy", "sectionectomy", "segmentectomy"]
"""An operation by how much it takes: half the liver, a section, a segment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedError:
    """One published series: predicted against measured volumes of resected liver.

    Parameters
    ----------
    resected, operations, source : str, int, str
        The kind of operation, how many there were, and where it was published.
    median_fraction : float
        Median error, as a share of the volume that was resected.
    remnant_fraction : float
        What that error of this plan's resected volume would be, as a share of the functional liver.
    applies : bool or None
        Whether this plan is of that kind; None where its kind is not known.
    """

    resected: Resected
    median_fraction: float
    operations: int
    source: str
    remnant_fraction: float
    applies: bool | None = None

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(**document)
