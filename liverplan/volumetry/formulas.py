"""Formulas over volumes: body surface, estimated liver, remnant ratios, growth, thresholds.

Nouns: *TLV* is the whole liver with its tumours, *TV* the tumours, *FLR* the functional liver
that stays, *eTLV* a liver volume estimated from the body. Every number here is data with its
source; ``mark`` says whether that source was read ("confirmed") or is general knowledge
("unconfirmed"), so that it can be corrected. Weights given in grams are taken at 1 g/mL.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from liverplan.errors import InputError
from liverplan.findings import Statement

Sex = Literal["female", "male"]
Mark = Literal["confirmed", "unconfirmed"]

DEFAULT_FORMULA = "vauthey_mosteller"
"""The estimated liver volume used unless another is named (Western adults)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The person that an estimate is for: cm, kg, years; what a formula does not need may lack."""

    height_cm: float | None = None
    weight_kg: float | None = None
    age: float | None = None
    sex: Sex | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiverFormula:
    """One published estimate of the liver volume: its name, what it needs, and its source."""

    name: str
    title: str
    needs: tuple[str, ...]
    ml: Callable[[Body], float]
    source: str
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How a remnant grew between two dates.

    ``relative_growth_fraction`` is (F2 - F1) / F1. ``degree_of_hypertrophy_fraction`` is the
    difference of the two remnant fractions, so 0.10 is ten percentage points. Papers use "degree
    of hypertrophy" for both; these two are never the same number. The kinetic growth rate is the
    second divided by the weeks since the embolisation.
    """

    relative_growth_fraction: float
    degree_of_hypertrophy_fraction: float
    kinetic_growth_fraction_per_week: float
    growth_ml_per_day: float
    denominator: str


def bsa_mosteller_m2(height_cm: float, weight_kg: float) -> float:
    """Body surface, m2: sqrt(cm x kg / 3600) (Mosteller, N Engl J Med 1987;317:1098)."""
    _require_positive(height_cm=height_cm, weight_kg=weight_kg)
    return math.sqrt(height_cm * weight_kg / 3600.0)


def bsa_du_bois_m2(height_cm: float, weight_kg: float) -> float:
    """Body surface, m2: 0.007184 cm^0.725 kg^0.425 (Du Bois, Arch Intern Med 1916;17:863)."""
    _require_positive(height_cm=height_cm, weight_kg=weight_kg)
    return float(0.007184 * height_cm**0.725 * weight_kg**0.425)


def estimated_liver_ml(
    *,
    name: str = DEFAULT_FORMULA,
    height_cm: float | None = None,
    weight_kg: float | None = None,
    age: float | None = None,
    sex: Sex | None = None,
) -> float:
    """Liver volume expected from the body, mL, by one of `ESTIMATED_LIVER`.

    Raises
    ------
    InputError
        If the formula is unknown, lacks something it needs, or gives no positive volume.
    """
    formula = ESTIMATED_LIVER.get(name)
    if formula is None:
        raise InputError(
            f"There is no liver formula {name!r}; known: {', '.join(ESTIMATED_LIVER)}."
        )
    body = Body(height_cm=height_cm, weight_kg=weight_kg, age=age, sex=sex)
    lacking = [need for need in formula.needs if getattr(body, need) is None]
    if lacking:
        raise InputError(f"The liver formula {formula.title} needs {' and '.join(lacking)}.")
    numbers = {need: getattr(body, need) for need in formula.needs if need != "sex"}
    _require_positive(**numbers)
    volume_ml = formula.ml(body)
    if volume_ml <= 0:
        raise InputError(f"The liver formula {formula.title} gives no volume for this body.")
    return volume_ml


def functional_ml(liver_ml: float, tumour_ml: float) -> float:
    """TLV - TV, mL, with TV the union of the tumours inside the liver (Ribero; Shindoh)."""
    if not 0 <= tumour_ml <= liver_ml:
        raise InputError(f"A tumour of {tumour_ml} mL does not fit into a liver of {liver_ml} mL.")
    return liver_ml - tumour_ml


def remnant_fraction(remnant_ml: float, denominator_ml: float) -> float:
    """FLR over TLV - TV (measured), TLV (plain) or eTLV (standardised): a fraction.

    The caller names the denominator: one plan can be 0.291, 0.314 and 0.325.
    """
    _require_positive(denominator_ml=denominator_ml)
    _require_not_negative(remnant_ml=remnant_ml)
    return remnant_ml / denominator_ml


def remnant_per_weight_fraction(remnant_ml: float, weight_kg: float) -> float:
    """FLR over body weight at 1 g/mL, a fraction (0.005 is the 0.5 % of the literature)."""
    return remnant_fraction(remnant_ml, 1000.0 * weight_kg)


def remnant_per_surface_ml_m2(remnant_ml: float, bsa_m2: float) -> float:
    """FLR over body surface, mL/m2."""
    return remnant_fraction(remnant_ml, bsa_m2)


def growth(
    *,
    first_ml: float,
    second_ml: float,
    first_denominator_ml: float,
    second_denominator_ml: float,
    denominator: str,
    days: float,
) -> Growth:
    """How the remnant grew in ``days`` since the embolisation.

    Parameters
    ----------
    first_ml, second_ml : float
        The remnant at the two dates, mL.
    first_denominator_ml, second_denominator_ml : float
        What each is divided by, mL; for the estimated liver the same number twice.
    denominator : str
        Its name, e.g. "of_functional" or the formula of the estimated liver.
    days : float
        Between embolisation and the second volumetry (Shindoh, J Am Coll Surg 2013;216:201).
    """
    _require_positive(first_ml=first_ml, days=days)
    before = remnant_fraction(first_ml, first_denominator_ml)
    points = remnant_fraction(second_ml, second_denominator_ml) - before
    return Growth(
        relative_growth_fraction=relative_growth_fraction(first_ml, second_ml),
        degree_of_hypertrophy_fraction=points,
        kinetic_growth_fraction_per_week=kinetic_growth_fraction_per_week(points, days),
        growth_ml_per_day=(second_ml - first_ml) / days,
        denominator=denominator,
    )


def relative_growth_fraction(first_ml: float, second_ml: float) -> float:
    """(F2 - F1) / F1: 300 to 450 mL is 0.5."""
    _require_positive(first_ml=first_ml)
    _require_not_negative(second_ml=second_ml)
    return (second_ml - first_ml) / first_ml


def kinetic_growth_fraction_per_week(hypertrophy_fraction: float, days: float) -> float:
    """Degree of hypertrophy divided by weeks: 0.10 in 28 days is 0.025 a week."""
    _require_positive(days=days)
    return hypertrophy_fraction / (days / 7.0)


def volume_warnings(
    *,
    liver_ml: float,
    tumour_ml: float,
    estimated_ml: float | None = None,
    remnant_ml: float | None = None,
    resected_ml: float | None = None,
    remnant_pieces: int = 1,
) -> tuple[Statement, ...]:
    """Statements about volumes that a living adult hardly has; empty where all is usual."""
    found = []
    if not 300 <= liver_ml <= 6000:
        found.append(Statement.of("note.liver_impossible", ml=liver_ml))
    elif not 700 <= liver_ml <= 4000:
        found.append(Statement.of("note.liver_unusual", ml=liver_ml))
    if estimated_ml is not None and not 0.6 <= liver_ml / estimated_ml <= 1.6:
        times = liver_ml / estimated_ml
        found.append(Statement.of("note.liver_unlike_body", times=times, ml=estimated_ml))
    if tumour_ml > 0.4 * liver_ml:
        found.append(Statement.of("note.much_tumour", share=tumour_ml / liver_ml))
    if remnant_pieces > 1:
        found.append(Statement.of("note.remnant_pieces", count=remnant_pieces))
    if remnant_ml is not None and resected_ml is not None:
        rest = liver_ml - tumour_ml - remnant_ml - resected_ml
        if abs(rest) > 1e-6:
            found.append(Statement.of("note.parts_miss_liver", ml=rest))
    return tuple(found)


def _require_positive(**values: float) -> None:
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            raise InputError(f"{name} must be a positive number, not {value}.")


def _require_not_negative(**values: float) -> None:
    for name, value in values.items():
        if not (math.isfinite(value) and value >= 0):
            raise InputError(f"{name} must be a number and not negative, not {value}.")


def _given(value: float | None) -> float:
    """Return a body's number; `estimated_liver_ml` has checked that it is there."""
    if value is None:
        raise InputError("A number that the liver formula needs is missing.")
    return value


def _mosteller(body: Body) -> float:
    return bsa_mosteller_m2(_given(body.height_cm), _given(body.weight_kg))


def _du_bois(body: Body) -> float:
    return bsa_du_bois_m2(_given(body.height_cm), _given(body.weight_kg))


def _yu(body: Body) -> float:
    return float(21.585 * _given(body.weight_kg) ** 0.732 * _given(body.height_cm) ** 0.225)


def _chouker(body: Body) -> float:
    age, weight_kg = _given(body.age), _given(body.weight_kg)
    if age > 70:
        raise InputError(f"The liver formula Chouker 2004 ends at 70 years; the age is {age:g}.")
    if age > 50:
        return 1390.0 + 15.94 * weight_kg - 12.86 * age
    return 452.0 + 16.34 * weight_kg + 11.85 * age - (166.0 if body.sex == "female" else 0.0)


_SIZE = ("height_cm", "weight_kg")

# name, title, needs, mL, source, mark
_ROWS: tuple[tuple[str, str, tuple[str, ...], Callable[[Body], float], str, Mark], ...] = (
    ("vauthey_mosteller", "Vauthey 2002 (Mosteller)", _SIZE,
     lambda b: -794.41 + 1267.28 * _mosteller(b),
     "Vauthey, Liver Transpl 2002;8:233", "confirmed"),
    ("vauthey_weight", "Vauthey 2002, weight", ("weight_kg",),
     lambda b: 191.80 + 18.51 * _given(b.weight_kg),
     "Vauthey, Liver Transpl 2002;8:233", "unconfirmed"),
    ("urata_du_bois", "Urata 1995 (Du Bois)", _SIZE,
     lambda b: 706.2 * _du_bois(b) + 2.4,
     "Urata, Hepatology 1995;21:1317", "confirmed"),
    ("urata_mosteller", "Urata 1995 (Mosteller)", _SIZE,
     lambda b: 706.2 * _mosteller(b) + 2.4,
     "Urata, Hepatology 1995;21:1317", "confirmed"),
    ("heinemann_mosteller", "Heinemann 1999 (Mosteller)", _SIZE,
     lambda b: 1072.8 * _mosteller(b) - 345.7,
     "Heinemann, Liver Transpl Surg 1999;5:366 (formula as found in public code)", "confirmed"),
    ("johnson_mosteller", "Johnson 2005 (Mosteller)", _SIZE,
     lambda b: float(1000.0 * 0.722 * _mosteller(b) ** 1.176),
     "Johnson, Liver Transpl 2005;11:1481 (formula as found in public code)", "confirmed"),
    ("yoshizumi_mosteller", "Yoshizumi 2003 (Mosteller)", _SIZE,
     lambda b: 772.0 * _mosteller(b),
     "Yoshizumi, Transplant Proc 2003;35:1415", "unconfirmed"),
    ("lin", "Lin 1998", _SIZE,
     lambda b: 13.0 * _given(b.height_cm) + 12.0 * _given(b.weight_kg) - 1530.0,
     "Lin, Hepatogastroenterology 1998;45:1069", "unconfirmed"),
    ("yu", "Yu 2004", _SIZE, _yu,
     "Yu 2004, as printed in synapse.koreamed.org/articles/1040587", "confirmed"),
    ("feng_mosteller", "Feng 2017 (Mosteller)", _SIZE,
     lambda b: 758.259 * _mosteller(b) - 124.272,
     "Feng, World J Gastroenterol 2017;23(27):4968", "confirmed"),
    ("korean_donors_du_bois", "Korean donors (Du Bois)", _SIZE,
     lambda b: 908.204 * _du_bois(b) - 464.728,
     "synapse.koreamed.org/articles/1040650", "confirmed"),
    ("korean_donors_mosteller", "Korean donors (Mosteller)", _SIZE,
     lambda b: 893.485 * _mosteller(b) - 439.169,
     "synapse.koreamed.org/articles/1040650", "confirmed"),
    ("chan", "Chan 2006", ("weight_kg", "sex"),
     lambda b: 218.0 + 12.3 * _given(b.weight_kg) + (51.0 if b.sex == "male" else 0.0),
     "Chan 2006, as printed in paperexplained.cn 009c9c69", "confirmed"),
    ("chouker", "Chouker 2004", ("weight_kg", "age", "sex"), _chouker,
     "Chouker, Liver Transpl 2004;10:678", "confirmed"),
)  # fmt: skip

ESTIMATED_LIVER: Mapping[str, LiverFormula] = MappingProxyType(
    {
        name: LiverFormula(name=name, title=title, needs=needs, ml=ml, source=source, mark=mark)
        for name, title, needs, ml, source, mark in _ROWS
    }
)
"""Every estimate by name. For one person they spread over more than 800 mL: store the name."""
