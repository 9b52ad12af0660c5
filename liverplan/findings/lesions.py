"""Metastases: how far a plan stays from each, and what each is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from liverplan.findings.statement import Statement

Fate = Literal["removed", "ablated", "cut through", "left"]
"""What a plan makes of a metastasis; "left" may be wholly or in part."""

LesionState = Literal["found by machine", "given", "confirmed", "biopsied"]

NEAREST = 2
"""So many vessels are said of each metastasis; the document holds all that are named."""
TOUCHES_MM = 1.0
"""Nearer than this is no distance that a CT can show."""
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
class VesselDistance:
    """How far a metastasis lies from the wall of a vessel that is surely named; 0: it touches it.

    ``name`` is the vessel's key, e.g. "middle_hepatic".
    """

    name: str
    distance_mm: float

    @property
    def says(self) -> Statement:
        """As a part of a sentence."""
        vessel = Statement.of(f"vessel.{self.name}")
        if self.distance_mm < TOUCHES_MM:
            return Statement.of("vessel.touched", vessel=vessel)
        return Statement.of("vessel.away", vessel=vessel, mm=self.distance_mm)


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionFinding:
    """One metastasis: size, place (LPS mm), distance to the cut, fate.

    ``segments`` are those that hold most of it, the fullest first, and ``vessels`` the named veins
    and portal branches, the nearest first; both are empty where nothing is known. ``margin_mm`` is
    None while there is no cut, and negative where the cut, or the edge of an ablation zone, passes
    through; ``stays_ml`` is what then stays of it. While nothing is cut all of them are left.
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
    segments: tuple[str, ...] = ()
    vessels: tuple[VesselDistance, ...] = ()

    @property
    def place(self) -> tuple[Statement, ...]:
        """Say where it lies: its segments, and the two nearest vessels, as far as known."""
        number, near = self.label - 1, self.vessels[:NEAREST]
        found = []
        if self.segments:
            segments = Statement.of("note.lesion_in", number=number, segments=self.segments)
            found.append(segments)
        if near:
            away = tuple(one.says for one in near)
            found.append(Statement.of("note.lesion_near", number=number, vessels=away))
        return tuple(found)

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
            "segments": list(self.segments),
            "vessels": [{"name": one.name, "distance_mm": one.distance_mm} for one in self.vessels],
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
            segments=tuple(document.get("segments", ())),
            vessels=tuple(VesselDistance(**one) for one in document.get("vessels", ())),
        )


def _fate_of(document: Mapping[str, Any]) -> Fate:
    """Return the fate as documents tell it that were written before they named it."""
    if not document["in_remnant"]:
        return "removed"
    margin_mm = document["margin_mm"]
    return "cut through" if margin_mm is not None and margin_mm < 0 else "left"
