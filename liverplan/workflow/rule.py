"""What a plan is held against: its protocol's line and the denominator that decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Self

from liverplan.case import Record
from liverplan.eligibility import Patient, Protocol
from liverplan.eligibility.limits_said import limits_said
from liverplan.findings import Denominator, RemnantFraction, Volumes
from liverplan.words import in_english
from liverplan.words.numbers import NONE, ml, percent
from liverplan.workflow.evaluate import remnant_fraction

DENOMINATORS: Mapping[Denominator, str] = MappingProxyType(
    {
        "of_functional": "functional liver (liver \N{MINUS SIGN} tumour)",
        "of_liver": "whole liver",
        "of_estimated": "estimated liver",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A protocol, and the patient whose height and weight its denominator may need."""

    protocol: Protocol
    patient: Patient

    @classmethod
    def of(cls, record: Record) -> Self:
        """Return the rule of a patient's record.

        Raises
        ------
        CaseError
            If it names no protocol.
        """
        return cls(protocol=record.rules, patient=record.facts)

    @property
    def line(self) -> float:
        """The remnant's limit."""
        return self.protocol.threshold_fraction

    def count_refused(self, count: int) -> str:
        """Say that the protocol takes no such count of metastases by any reading; "" if it may."""
        for criterion in self.protocol.criteria:
            other = criterion.other_reading
            readings = (criterion.limits, *((other.limits,) if other else ()))
            if criterion.measure == "lesion_count" and not any(
                limits.allow(Fraction(count)) for limits in readings
            ):
                takes = in_english(limits_said(criterion.limits, "number"))
                return f"{count} metastases: the protocol takes {takes}, so its count is not met."
        return ""

    def fraction(self, remnant: Volumes) -> float | None:
        """Return the fraction that decides; None where its denominator is not known."""
        return self._fractions(remnant).deciding_fraction

    def share(self, remnant: Volumes) -> str:
        """Return the deciding fraction as words."""
        fraction = self.fraction(remnant)
        return NONE if fraction is None else f"{percent(fraction, self.line)} %"

    def formula(self, remnant: Volumes) -> str:
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
        return f"{ml(remnant.counted_ml)} / {ml(below)} mL = remnant / {name}"

    def _fractions(self, remnant: Volumes) -> RemnantFraction:
        return remnant_fraction(remnant, self.patient, self.protocol)
