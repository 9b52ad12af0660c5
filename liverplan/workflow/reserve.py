"""A remnant beside the patient's body, liver and blood: published minima, and ALBI."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypedDict

from liverplan.eligibility import Patient
from liverplan.findings import FactFinding, Pair, RemnantFraction, Uncertainty, Volumes
from liverplan.findings.reserve import LimitFinding, Parenchyma, Quantity, Reserve
from liverplan.volumetry.formulas import (
    bsa_mosteller_m2,
    remnant_per_surface_ml_m2,
    remnant_per_weight_fraction,
)
from liverplan.volumetry.published_errors import FORMULA_SPREAD
from liverplan.volumetry.thresholds import EXTENSIVE_MONTHS, THRESHOLDS

ALBI_GRADES = (-2.60, -1.39)
"""Grade 1 up to the first, grade 2 up to the second (Johnson, J Clin Oncol 2015;33:550)."""


TWO_SIDED_95 = 1.96
"""So many standard deviations to either side hold 95 % of what is normal."""


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
    score, spread, estimated = _albi(held), FORMULA_SPREAD, fraction.of_estimated is not None
    return Reserve(
        per_weight_fraction=values["per_weight"],
        per_surface_ml_m2=values["per_surface"],
        standardised_fraction=values["of_estimated"],
        formula_spread_fraction=spread.fraction if estimated else None,
        formula_spread_source=spread.source if estimated else "",
        **_ranges(volumes, fraction, uncertainty, patient),
        parenchyma=kind,
        limits=_limits(values, kind),
        albi=score,
        albi_grade=None if score is None else 1 + sum(score > limit for limit in ALBI_GRADES),
    )


class _Ranges(TypedDict):
    """The ranges of a reserve; None where body, estimate or range are not known."""

    per_weight_95: Pair | None
    per_surface_95: Pair | None
    standardised_95: Pair | None
    standardised_with_formula_95: Pair | None


def _ranges(
    volumes: Volumes, fraction: RemnantFraction, uncertainty: Uncertainty, patient: Patient
) -> _Ranges:
    """Return what the remnant's own range, as carried out, makes of each quantity."""
    between = uncertainty.remnant_95_ml
    if between is None:
        ends = None
    else:
        ends = min(*between, volumes.counted_ml), max(*between, volumes.counted_ml)
    standardised = _over(ends, fraction.estimated_liver_ml)
    weight, surface = patient.weight_kg, _surface_m2(patient)
    return {
        "per_weight_95": _over(ends, None if weight is None else 1000.0 * weight),
        "per_surface_95": _over(ends, surface),
        "standardised_95": standardised,
        "standardised_with_formula_95": _with_formula(standardised, fraction.of_estimated),
    }


def _over(ends_ml: Pair | None, divisor: float | None) -> Pair | None:
    if ends_ml is None or divisor is None:
        return None
    return ends_ml[0] / divisor, ends_ml[1] / divisor


def _with_formula(ends: Pair | None, share: float | None) -> Pair | None:
    """Widen the range of a share of the estimated liver by how far livers lie from the estimate.

    Both errors are independent and multiply, so that each end moves by the root of the squares of
    their logarithms.
    """
    if ends is None or not share or not ends[0]:
        return ends
    spread = TWO_SIDED_95 * math.log1p(FORMULA_SPREAD.fraction)
    below, above = (math.hypot(math.log(end / share), spread) for end in ends)
    return share * math.exp(-below), share * math.exp(above)


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
    weight, ml, surface = patient.weight_kg, volumes.counted_ml, _surface_m2(patient)
    return {
        "of_functional": fraction.of_functional,
        "of_estimated": fraction.of_estimated,
        "per_weight": None if weight is None else remnant_per_weight_fraction(ml, weight),
        "per_surface": None if surface is None else remnant_per_surface_ml_m2(ml, surface),
    }


def _surface_m2(patient: Patient) -> float | None:
    height, weight = patient.height_cm, patient.weight_kg
    return None if height is None or weight is None else bsa_mosteller_m2(height, weight)


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
