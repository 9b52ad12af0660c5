"""Volumes, and what the remnant is of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, assert_never, get_args

from liverplan.findings.exact import exact

Denominator = Literal["of_functional", "of_liver", "of_estimated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Volumes:
    """Volumes, mL: ``liver`` holds its tumours, ``functional`` does not.

    ``remnant_ml + resected_ml == functional_ml`` to 1e-6 mL; ``ablated_ml``, what only ablation
    takes, is part of ``resected_ml``: it works no more. ``perfused_ml`` is what of the remnant
    keeps its inflow and its outflow, as far as vessels are known; None where none are.
    """

    liver_ml: float
    tumour_ml: float
    functional_ml: float
    remnant_ml: float
    resected_ml: float
    ablated_ml: float = 0.0
    perfused_ml: float | None = None

    @property
    def counted_ml(self) -> float:
        """What of the remnant counts, and so decides: that which keeps inflow and outflow."""
        return self.remnant_ml if self.perfused_ml is None else self.perfused_ml

    def to_json(self) -> dict[str, Any]:
        """Return the volumes by name, without their unit: the key of the whole has it."""
        return {
            "liver": self.liver_ml,
            "tumour": self.tumour_ml,
            "functional": self.functional_ml,
            "remnant": self.remnant_ml,
            "resected": self.resected_ml,
            "ablated": self.ablated_ml,
            "perfused_remnant": self.perfused_ml,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(
            liver_ml=document["liver"],
            tumour_ml=document["tumour"],
            functional_ml=document["functional"],
            remnant_ml=document["remnant"],
            resected_ml=document["resected"],
            ablated_ml=document.get("ablated", 0.0),  # absent while there was no ablation
            perfused_ml=document.get("perfused_remnant"),  # absent while branches were marked only
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RemnantFraction:
    """The remnant that counts over each denominator (0-1), and which of them decides.

    Tissue that loses its inflow or its outflow counts not, where vessels are known
    (`Volumes.counted_ml`); ``by_volume`` is the deciding fraction with it, None where none are.
    ``of_estimated`` is None unless the patient's height and weight are known; ``formula`` and
    ``estimated_liver_ml`` then say how the standard liver volume was estimated.
    """

    of_functional: float
    of_liver: float
    of_estimated: float | None = None
    deciding: Denominator = "of_functional"
    formula: str = ""
    estimated_liver_ml: float | None = None
    by_volume: float | None = None

    def of(self, denominator: Denominator) -> float | None:
        """Return the fraction (0-1) by one denominator."""
        match denominator:
            case "of_functional":
                return self.of_functional
            case "of_liver":
                return self.of_liver
            case "of_estimated":
                return self.of_estimated
            case _:
                assert_never(denominator)

    def contradicting(self, threshold_fraction: float) -> tuple[Denominator, ...]:
        """Return the denominators by which the fraction is on the other side of a limit."""
        decided = self.deciding_fraction
        if decided is None:
            return ()
        line = exact(threshold_fraction)
        above = exact(decided) > line
        known = {name: self.of(name) for name in get_args(Denominator)}
        return tuple(n for n, f in known.items() if f is not None and (exact(f) > line) != above)

    @property
    def deciding_fraction(self) -> float | None:
        """The fraction that is held against the threshold."""
        return self.of(self.deciding)

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name."""
        return {
            "of_functional": self.of_functional,
            "of_liver": self.of_liver,
            "of_estimated": self.of_estimated,
            "deciding": self.deciding,
            "formula": self.formula,
            "estimated_liver_ml": self.estimated_liver_ml,
            "by_volume": self.by_volume,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(
            of_functional=document["of_functional"],
            of_liver=document["of_liver"],
            of_estimated=document.get("of_estimated"),
            deciding=document.get("deciding", "of_functional"),
            formula=document.get("formula", ""),
            estimated_liver_ml=document.get("estimated_liver_ml"),
            by_volume=document.get("by_volume"),
        )
