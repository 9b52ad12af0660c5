"""Metastases: how far a plan stays from each, and what each is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

Fate = Literal["removed", "ablated", "cut through", "left"]
"""What a plan makes of a metastasis; "left" may be wholly or in part."""

LesionState = Literal["found by machine", "given", "confirmed", "biopsied"]

WHOLE = 1e-6
"""As much of a volume may be lost to rounding."""


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
    """One metastasis: size, place (LPS mm), distance to the cut, fate.

    ``margin_mm`` is None while there is no cut, and negative where the cut, or the edge of an
    ablation zone, passes through; ``stays_ml`` is what then stays of it. While nothing is cut all
    of them are left.
    """

    label: int
    volume_ml: float
    long_axis_mm: float
    short_axis_mm: float
    centroid_mm: tuple[float, float, float]
    margin_mm: float | None
    in_remnant: bool
    fate: Fate
    stays_ml: float
    state: LesionState = "found by machine"

    @property
    def left_wholly(self) -> bool:
        """Whether all of it stays, not only a part."""
        return self.fate == "left" and self.stays_ml >= self.volume_ml * (1 - WHOLE)

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
            "fate": self.fate,
            "stays_ml": self.stays_ml,
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
            fate=document.get("fate") or _fate_of(document),
            stays_ml=document.get("stays_ml", document["in_remnant"] * document["volume_ml"]),
            state=document.get("state", "found by machine"),
        )


def _fate_of(document: Mapping[str, Any]) -> Fate:
    """Return the fate as documents tell it that were written before they named it."""
    if not document["in_remnant"]:
        return "removed"
    margin_mm = document["margin_mm"]
    return "cut through" if margin_mm is not None and margin_mm < 0 else "left"
