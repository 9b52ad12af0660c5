"""How sure the remnant is, and what makes it unsure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One source of doubt: its standard deviation, the spread it alone causes, and its source."""

    name: str
    sd: float
    unit: str
    fraction_sd: float
    source: str

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name."""
        return {
            "name": self.name,
            "sd": self.sd,
            "unit": self.unit,
            "fraction_sd": self.fraction_sd,
            "source": self.source,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(
            name=document["name"],
            sd=document["sd"],
            unit=document["unit"],
            fraction_sd=document["fraction_sd"],
            source=document["source"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertainty:
    """How sure the remnant fraction is.

    Parameters
    ----------
    interval_95 : (float, float)
        Range of the deciding fraction.
    probability_above_threshold : float
        Share of the samples strictly above the threshold.
    flip_mm : float or None
        Smallest common shift of the cuts along their normals that changes the verdict: positive
        into the tissue that stays, negative away from it; None if no shift does.
    contributions : tuple of Contribution
        Largest first.
    remnant_95_ml : (float, float) or None
        Range of the remnant itself, mL.
    """

    interval_95: tuple[float, float]
    probability_above_threshold: float
    flip_mm: float | None = None
    contributions: tuple[Contribution, ...] = ()
    remnant_95_ml: tuple[float, float] | None = None

    def holding(self, fraction: float | None) -> Uncertainty:
        """Return it with an interval that holds the number itself, as it must."""
        if fraction is None:
            return self
        low, high = self.interval_95
        return replace(self, interval_95=(min(low, fraction), max(high, fraction)))

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name; they stand in the document itself."""
        return {
            "interval_95": list(self.interval_95),
            "probability_above_threshold": self.probability_above_threshold,
            "flip_mm": self.flip_mm,
            "contributions": [contribution.to_json() for contribution in self.contributions],
            "remnant_95_ml": self.remnant_95_ml and list(self.remnant_95_ml),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote, from the document that holds it."""
        low, high = document["interval_95"]
        remnant = document.get("remnant_95_ml")  # absent while only its share was told
        return cls(
            interval_95=(low, high),
            probability_above_threshold=document["probability_above_threshold"],
            flip_mm=document["flip_mm"],
            contributions=tuple(map(Contribution.from_json, document["contributions"])),
            remnant_95_ml=None if remnant is None else (remnant[0], remnant[1]),
        )
