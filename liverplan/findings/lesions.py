"""Metastases: how far a plan stays from each, and what each is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

LesionState = Literal["found by machine", "confirmed", "biopsied"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """How far a plan's cut stays from one lesion.

    Parameters
    ----------
    label : int
        The lesion's value in the label map.
    margin_mm : float or None
        Distance between the lesion and the cut, at least; negative where the lesion reaches that
        far past the cut into the tissue that stays; None where nothing is cut.
    in_remnant : bool
        Whether any part of the lesion stays.
    stays_ml : float
        How much of it stays, mL.
    """

    label: int
    margin_mm: float | None
    in_remnant: bool
    stays_ml: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionFinding:
    """One metastasis: size, place (LPS mm), distance to the cut, side.

    ``margin_mm`` is None while there is no cut, and negative where the cut passes through.
    """

    label: int
    volume_ml: float
    long_axis_mm: float
    short_axis_mm: float
    centroid_mm: tuple[float, float, float]
    margin_mm: float | None
    in_remnant: bool
    state: LesionState = "found by machine"

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name."""
        return {
            "label": self.label,
            "volume_ml": self.volume_ml,
            "long_axis_mm": self.long_axis_mm,
            "short_axis_mm": self.short_axis_mm,
            "centroid_mm": list(self.centroid_mm),
            "margin_mm": self.margin_mm,
            "in_remnant": self.in_remnant,
            "state": self.state,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        x, y, z = document["centroid_mm"]
        return cls(
            label=document["label"],
            volume_ml=document["volume_ml"],
            long_axis_mm=document["long_axis_mm"],
            short_axis_mm=document["short_axis_mm"],
            centroid_mm=(x, y, z),
            margin_mm=document["margin_mm"],
            in_remnant=document["in_remnant"],
            state=document.get("state", "found by machine"),
        )
