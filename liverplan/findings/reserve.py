"""What surgeons read a remnant beside: body weight and surface, the kind of liver, its function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from liverplan.findings.uncertainty import Pair, pair_of

Parenchyma = Literal["normal", "injured", "fibrosis"]
"""Healthy; steatosis or chemotherapy over 3 months; fibrosis or cirrhosis."""

Quantity = Literal["of_estimated", "of_functional", "per_weight", "per_surface"]

RANGES = ("per_weight_95", "per_surface_95", "standardised_95", "standardised_with_formula_95")


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitFinding:
    """One published minimum, and what this plan leaves of the same quantity.

    Parameters
    ----------
    parenchyma, quantity, source : str
        Of which liver, of what, and where it was published.
    lowest : float
        A fraction (0-1), or mL/m2.
    value : float or None
        This plan's; None where it is not known.
    applies : bool or None
        Whether this liver is of that kind; None where that is not given.
    """

    parenchyma: Parenchyma
    quantity: Quantity
    lowest: float
    source: str
    value: float | None = None
    applies: bool | None = None

    @property
    def reached(self) -> bool | None:
        """Whether the minimum is reached; None where the value is not known."""
        return None if self.value is None else self.value >= self.lowest


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserve:
    """A remnant in the measures that surgeons use beside its share of the functional liver.

    Parameters
    ----------
    per_weight_fraction : float or None
        Of the body weight, at 1 g/mL.
    per_surface_ml_m2 : float or None
        mL for each m2 of body surface (Mosteller).
    standardised_fraction : float or None
        Of the estimated liver.
    per_weight_95, per_surface_95, standardised_95 : (float, float) or None
        The ranges that the remnant's own uncertainty gives, as carried out; the estimate's spread
        between persons is not in them.
    standardised_with_formula_95 : (float, float) or None
        With that spread too; ``formula_spread_fraction`` is its standard deviation, as a share of
        the estimate, and ``formula_spread_source`` says where it was published.
    parenchyma : str or None
        The kind of liver, by attested facts; None where they do not tell.
    limits : tuple of LimitFinding
        Published minima; they decide nothing.
    albi : float or None
        Albumin-bilirubin score; ``albi_grade`` is 1 (best) to 3.
    """

    per_weight_fraction: float | None = None
    per_surface_ml_m2: float | None = None
    standardised_fraction: float | None = None
    per_weight_95: Pair | None = None
    per_surface_95: Pair | None = None
    standardised_95: Pair | None = None
    standardised_with_formula_95: Pair | None = None
    formula_spread_fraction: float | None = None
    formula_spread_source: str = ""
    parenchyma: Parenchyma | None = None
    limits: tuple[LimitFinding, ...] = ()
    albi: float | None = None
    albi_grade: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name; each limit says whether it is reached."""
        limits = [{**asdict(limit), "reached": limit.reached} for limit in self.limits]
        return {
            "per_weight_fraction": self.per_weight_fraction,
            "per_surface_ml_m2": self.per_surface_ml_m2,
            "standardised_fraction": self.standardised_fraction,
            "per_weight_95": self.per_weight_95 and list(self.per_weight_95),
            "per_surface_95": self.per_surface_95 and list(self.per_surface_95),
            "standardised_95": self.standardised_95 and list(self.standardised_95),
            "standardised_with_formula_95": self.standardised_with_formula_95
            and list(self.standardised_with_formula_95),
            "formula_spread_fraction": self.formula_spread_fraction,
            "formula_spread_source": self.formula_spread_source,
            "parenchyma": self.parenchyma,
            "limits": limits,
            "albi": self.albi,
            "albi_grade": self.albi_grade,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote; an empty document is an empty reserve."""
        values = dict(document)
        limits = tuple(_limit(limit) for limit in values.pop("limits", ()))
        ranges = {name: pair_of(values.pop(name, None)) for name in RANGES}
        return cls(limits=limits, **{**values, **ranges})


def _limit(document: Mapping[str, Any]) -> LimitFinding:
    return LimitFinding(**{key: value for key, value in document.items() if key != "reached"})
