"""How sure the remnant is, and what makes it unsure.

Two intervals, named for what they cover: *as drawn*, the masks alone; and *as carried out*, the
masks and where the cut comes to lie. The verdict rests on the second, which holds the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Self

Pair = tuple[float, float]

Remedy = Literal["liver_near_cut", "liver_that_stays", "liver_that_goes", "lesions"]
"""Which outline to correct by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One source of doubt.

    Parameters
    ----------
    name, unit, source : str
        What varies, in which unit, and where its size comes from.
    sd : float
        Its standard deviation.
    fraction_sd : float
        The spread of the fraction that it causes alone.
    share, share_as_drawn : float or None
        Its part of the variance of each interval, 0-1; all sources together make 1. 0 as drawn
        is what concerns the cut alone. None where an older version did not tell.
    """

    name: str
    sd: float
    unit: str
    fraction_sd: float
    source: str
    share: float | None = None
    share_as_drawn: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(
            name=document["name"],
            sd=document["sd"],
            unit=document["unit"],
            fraction_sd=document["fraction_sd"],
            source=document["source"],
            share=document.get("share"),
            share_as_drawn=document.get("share_as_drawn"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Where the deciding fraction lies.

    Parameters
    ----------
    lower_95, upper_95 : float
        Between these with 95 %; fractions.
    standard_error : float or None
        Standard deviation of the fraction.
    probability_above_threshold : float
        That it lies strictly above the threshold.
    remnant_95_ml : (float, float) or None
        Range of the remnant itself, mL.
    """

    lower_95: float
    upper_95: float
    probability_above_threshold: float
    standard_error: float | None = None
    remnant_95_ml: Pair | None = None

    @property
    def interval_95(self) -> Pair:
        """Both ends."""
        return self.lower_95, self.upper_95

    @property
    def half_width(self) -> float:
        """Half of what lies between the ends, a fraction."""
        return (self.upper_95 - self.lower_95) / 2

    def holding(self, fraction: float) -> Self:
        """Return it with ends that hold the number itself, as they must."""
        low, high = min(self.lower_95, fraction), max(self.upper_95, fraction)
        return replace(self, lower_95=low, upper_95=high)

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name."""
        return {**asdict(self), "remnant_95_ml": self.remnant_95_ml and list(self.remnant_95_ml)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(**{**document, "remnant_95_ml": pair_of(document["remnant_95_ml"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What correcting one outline by hand would do to the interval as drawn: half widths, 0-1."""

    remedy: Remedy
    half_width_now: float
    half_width_then: float

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(**document)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertainty:
    """How sure the remnant fraction is.

    Parameters
    ----------
    interval_95 : (float, float)
        Range of the deciding fraction, as carried out.
    probability_above_threshold : float
        That the fraction as carried out is strictly above the threshold.
    flip_mm : float or None
        Smallest common shift of the cuts along their normals that changes the verdict: positive
        into the tissue that stays, negative away from it; None if no shift does.
    contributions : tuple of Contribution
        Largest first.
    remnant_95_ml : (float, float) or None
        Range of the remnant itself as carried out, mL.
    standard_error : float or None
        Standard deviation of the fraction as carried out.
    as_drawn : Interval or None
        Of the masks alone, the cut where it was planned; None where an older version told one.
    narrowing : tuple of Narrowing
        What would narrow the interval as drawn, best first; empty where nothing is known to.
    """

    interval_95: Pair
    probability_above_threshold: float
    flip_mm: float | None = None
    contributions: tuple[Contribution, ...] = ()
    remnant_95_ml: Pair | None = None
    standard_error: float | None = None
    as_drawn: Interval | None = None
    narrowing: tuple[Narrowing, ...] = ()

    @property
    def as_carried_out(self) -> Interval:
        """The interval of the masks and the cut's placement: the one that the verdict rests on."""
        return Interval(
            lower_95=self.interval_95[0],
            upper_95=self.interval_95[1],
            probability_above_threshold=self.probability_above_threshold,
            standard_error=self.standard_error,
            remnant_95_ml=self.remnant_95_ml,
        )

    def holding(self, fraction: float | None) -> Uncertainty:
        """Return it with intervals that hold the number itself, as they must."""
        if fraction is None:
            return self
        return replace(
            self,
            interval_95=self.as_carried_out.holding(fraction).interval_95,
            as_drawn=self.as_drawn and self.as_drawn.holding(fraction),
        )

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name; they stand in the document itself."""
        drawn = self.as_drawn
        return {
            "interval_95": list(self.interval_95),
            "interval_95_as_drawn": drawn and list(drawn.interval_95),
            "probability_above_threshold": self.probability_above_threshold,
            "flip_mm": self.flip_mm,
            "contributions": [contribution.to_json() for contribution in self.contributions],
            "remnant_95_ml": self.remnant_95_ml and list(self.remnant_95_ml),
            "as_carried_out": self.as_carried_out.to_json(),
            "as_drawn": drawn and drawn.to_json(),
            "narrowing": [one.to_json() for one in self.narrowing],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote, from the document that holds it."""
        low, high = document["interval_95"]
        drawn = document.get("as_drawn")  # absent while one interval was told
        return cls(
            interval_95=(low, high),
            probability_above_threshold=document["probability_above_threshold"],
            flip_mm=document["flip_mm"],
            contributions=tuple(map(Contribution.from_json, document["contributions"])),
            remnant_95_ml=pair_of(document.get("remnant_95_ml")),
            standard_error=document.get("as_carried_out", {}).get("standard_error"),
            as_drawn=None if drawn is None else Interval.from_json(drawn),
            narrowing=tuple(map(Narrowing.from_json, document.get("narrowing", ()))),
        )


def pair_of(ends: Sequence[float] | None) -> Pair | None:
    """Return two ends as JSON holds them; None where an older version told none."""
    return None if ends is None else (ends[0], ends[1])
