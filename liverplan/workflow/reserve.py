"""A remnant beside the patient's body, liver and blood: published minima, and ALBI."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from liverplan.eligibility import Patient
from liverplan.findings import FactFinding, RemnantFraction, Uncertainty, Volumes
from liverplan.findings.reserve import LimitFinding, Parenchyma, Quantity, Reserve
from liverplan.volumetry.formulas import (
    bsa_mosteller_m2,
    remnant_per_surface_ml_m2,
    remnant_per_weight_fraction,
)
from liverplan.volumetry.thresholds import EXTENSIVE_MONTHS, THRESHOLDS

ALBI_GRADES = (-2.60, -1.39)
"""Grade 1 up to the first, grade 2 up to the second (Johnson, J Clin Oncol 2015;33:550)."""


def reserve_of(
    volumes: Volumes,
    fraction: RemnantFraction,
    uncertainty: Uncertainty,
    patient: Patient,
    facts: Sequence[FactFinding],
) -> Reserve:
    """Measure a planned remnant as surgeons do; only facts that hold are counted."""
    held = {fact.id: fact.value for fact in facts if fact.state == "holds"}
    kind = parenchyma(held)
    values = _values(volumes, fraction, patient)
    score = _albi(held)
    return Reserve(
        per_weight_fraction=values["per_weight"],
        per_surface_ml_m2=values["per_surface"],
        standardised_fraction=values["of_estimated"],
        standardised_95=_standardised(volumes, fraction, uncertainty),
        parenchyma=kind,
        limits=_limits(values, kind),
        albi=score,
        albi_grade=None if score is None else 1 + sum(score > limit for limit in ALBI_GRADES),
    )


def _standardised(
    volumes: Volumes, fraction: RemnantFraction, uncertainty: Uncertainty
) -> tuple[float, float] | None:
    """Return the range of the share of the estimated liver; it holds the share itself."""
    estimated, between = fraction.estimated_liver_ml, uncertainty.remnant_95_ml
    if estimated is None or between is None:
        return None
    ends = (*between, volumes.remnant_ml)
    return min(ends) / estimated, max(ends) / estimated


def parenchyma(held: Mapping[str, object]) -> Parenchyma | None:
    """Tell the kind of liver by what is attested; None where that leaves it open."""
    fibrosis, steatosis = held.get("fibrosis"), held.get("steatosis")
    months = _number(held.get("chemotherapy_months"))
    if fibrosis is True:
        return "fibrosis"
    if fibrosis is None:
        return None
    if steatosis is True or (months is not None and months > EXTENSIVE_MONTHS):
        return "injured"
    return "normal" if steatosis is False and months is not None else None


def _values(
    volumes: Volumes, fraction: RemnantFraction, patient: Patient
) -> dict[Quantity, float | None]:
    height, weight, ml = patient.height_cm, patient.weight_kg, volumes.remnant_ml
    surface = None if height is None or weight is None else bsa_mosteller_m2(height, weight)
    return {
        "of_functional": fraction.of_functional,
        "of_estimated": fraction.of_estimated,
        "per_weight": None if weight is None else remnant_per_weight_fraction(ml, weight),
        "per_surface": None if surface is None else remnant_per_surface_ml_m2(ml, surface),
    }


def _limits(
    values: Mapping[Quantity, float | None], kind: Parenchyma | None
) -> tuple[LimitFinding, ...]:
    return tuple(
        LimitFinding(
            parenchyma=row.parenchyma,
            quantity=name,
            lowest=row.lowest,
            source=row.source,
            value=value,
            applies=None if kind is None else row.parenchyma == kind,
        )
        for row in THRESHOLDS
        if row.parenchyma is not None
        for name, value in values.items()
        if name == row.quantity
    )


def _albi(held: Mapping[str, object]) -> float | None:
    """Return 0.66 log10(bilirubin, umol/L) - 0.085 (albumin, g/L)."""
    bilirubin, albumin = _number(held.get("bilirubin")), _number(held.get("albumin"))
    if bilirubin is None or albumin is None:
        return None
    return 0.66 * math.log10(bilirubin) - 0.085 * albumin


def _number(value: object) -> float | None:
    whole_or_not = isinstance(value, int | float) and not isinstance(value, bool)
    return float(str(value)) if whole_or_not else None
