"""What the work on screen is held against: its protocol's line and the denominator that decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from liverplan.eligibility import Patient, Protocol
from liverplan.findings import RemnantFraction
from liverplan.report.numbers import NONE, ml, percent
from liverplan.volumetry import Remnant
from liverplan.workflow.cases import patient_of, protocol_of
from liverplan.workflow.evaluate import remnant_fraction

DENOMINATORS = {
    "of_functional": "functional liver (liver \N{MINUS SIGN} tumour)",
    "of_liver": "whole liver",
    "of_estimated": "estimated liver",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A protocol, and the patient whose height and weight its denominator may need."""

    protocol: Protocol
    patient: Patient

    @classmethod
    def of(cls, documents: Mapping[str, Any]) -> Self:
        """Read the rule that a work's documents hold."""
        return cls(protocol=protocol_of(documents), patient=patient_of(documents))

    @property
    def line(self) -> float:
        """The remnant's limit."""
        return self.protocol.threshold_fraction

    @property
    def most_lesions(self) -> int | None:
        """The most metastases that the protocol takes; None if it does not say."""
        limits = (c.limits.at_most for c in self.protocol.criteria if c.measure == "lesion_count")
        most = next(limits, None)
        return None if most is None else int(most)

    def fraction(self, remnant: Remnant) -> float | None:
        """Return the fraction that decides; None where its denominator is not known."""
        return self._fractions(remnant).deciding_fraction

    def share(self, remnant: Remnant) -> str:
        """Return the deciding fraction as words."""
        fraction = self.fraction(remnant)
        return NONE if fraction is None else f"{percent(fraction, self.line)} %"

    def formula(self, remnant: Remnant) -> str:
        """Say what is divided by what."""
        fractions = self._fractions(remnant)
        name = DENOMINATORS[fractions.deciding]
        below = {
            "of_functional": remnant.functional_ml,
            "of_liver": remnant.liver_ml,
            "of_estimated": fractions.estimated_liver_ml,
        }[fractions.deciding]
        if below is None:
            return f"remnant / {name}: height and weight are missing"
        return f"{ml(remnant.remnant_ml)} / {ml(below)} mL = remnant / {name}"

    def _fractions(self, remnant: Remnant) -> RemnantFraction:
        return remnant_fraction(remnant, self.patient, self.protocol)
