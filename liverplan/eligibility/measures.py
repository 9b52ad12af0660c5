"""What each computed criterion says: age, count of metastases, remnant, response.

The remnant's state is decided by the protocol's deciding denominator alone, on the unrounded
volumes: a state must be reproducible from two numbers. Doubt (an interval that spans the limit, a
denominator that reads otherwise) never changes the state; the finding says it, and people decide.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from liverplan.eligibility import recist
from liverplan.eligibility.patient import Patient
from liverplan.eligibility.protocol import Criterion, Denominator, Measure
from liverplan.eligibility.words import exact, limits_in_words, percent, plain
from liverplan.errors import InputError
from liverplan.volumetry.formulas import ESTIMATED_LIVER

State = Literal["met", "not met", "missing", "needs judgement"]

DENOMINATOR_WORDS: Mapping[Denominator, str] = MappingProxyType(
    {
        "of_functional": "functional liver",
        "of_liver": "whole liver",
        "of_estimated": "estimated liver",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was computed from the CT; None where it was not.

    Parameters
    ----------
    remnant_ml : float or None
        Functional tissue that stays; None while no resection is planned.
    functional_ml, liver_ml, estimated_liver_ml : float or None
        The three denominators; ``formula`` (a name of `ESTIMATED_LIVER`) says
        how the last was estimated.
    interval_95 : (float, float) or None
        Range of the remnant fraction by the deciding denominator.
    lesion_count : int or None
        All metastases, whatever their size; None where nobody has looked for any.
    lesions_below_10_mm, lesions_in_remnant : int
        Those with a long axis under 10 mm, and those that the plan leaves.
    response : Response or None
        RECIST at the last visit, if images were compared; else the patient file's visits serve.
    unaccepted : tuple of str
        Masks that no person has accepted yet, e.g. "liver mask": no one is eligible on them.

    Raises
    ------
    InputError
        If a number is NaN, negative, or a denominator is zero.
    """

    remnant_ml: float | None = None
    functional_ml: float | None = None
    liver_ml: float | None = None
    estimated_liver_ml: float | None = None
    formula: str = ""
    interval_95: tuple[float, float] | None = None
    lesion_count: int | None = None
    lesions_below_10_mm: int = 0
    lesions_in_remnant: int = 0
    response: recist.Response | None = None
    unaccepted: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        low, high = self.interval_95 or (0.0, 0.0)
        numbers = {
            "remnant_ml": self.remnant_ml or 0.0,
            "functional_ml": self.functional_ml or 0.0,
            "liver_ml": self.liver_ml or 0.0,
            "estimated_liver_ml": self.estimated_liver_ml or 0.0,
            "interval_95": low,
            "interval_95's end": high,
            "lesion_count": self.lesion_count or 0,
        }
        bad = [name for name, value in numbers.items() if not (math.isfinite(value) and value >= 0)]
        named = ("functional_ml", "liver_ml", "estimated_liver_ml")
        bad += [name for name in named if getattr(self, name) == 0]
        if low > high:
            bad.append("interval_95")
        if bad:
            raise InputError(f"These measured values cannot be judged: {', '.join(bad)}.")

    def fraction(self, denominator: Denominator) -> Fraction | None:
        """Return the exact remnant fraction by one denominator."""
        below = {
            "of_functional": self.functional_ml,
            "of_liver": self.liver_ml,
            "of_estimated": self.estimated_liver_ml,
        }[denominator]
        if self.remnant_ml is None or below is None:
            return None
        return exact(self.remnant_ml) / exact(below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one part of a criterion says."""

    state: State
    words: str
    value: float | int | str | bool | None = None


def measure(criterion: Criterion, patient: Patient, measured: Measured) -> Verdict:
    """Judge the computed part of a criterion."""
    if criterion.measure is None:
        raise InputError(f"The criterion {criterion.id!r} computes nothing.")
    return _RULES[criterion.measure](criterion, patient, measured)


def response_of(patient: Patient, measured: Measured) -> recist.Response | None:
    """Return the compared images' response, else that of the patient file's visits, else None."""
    if measured.response is not None:
        return measured.response
    named = [by for by in patient.visits_by if by.strip()]
    if len(patient.visits) < 2 or len(named) < len(patient.visits):
        return None
    return recist.assess(patient.visits)


def _age(criterion: Criterion, patient: Patient, measured: Measured) -> Verdict:
    age = patient.age_years
    if age is None or patient.decision_date is None:
        lacking = [
            words
            for words, date in (
                ("birth date", patient.birth_date),
                ("decision date", patient.decision_date),
            )
            if date is None
        ]
        return Verdict(state="missing", words=f"the {' and the '.join(lacking)} must be given")
    words = f"{age} years on {patient.decision_date.isoformat()}"
    return _number(criterion, Fraction(age), value=age, words=words)


def _count(criterion: Criterion, patient: Patient, measured: Measured) -> Verdict:
    count = measured.lesion_count
    if count is None:
        return Verdict(state="missing", words="no metastasis has been marked yet")
    words = f"{count} {'metastasis' if count == 1 else 'metastases'}"
    if measured.lesions_below_10_mm:
        words += f", {measured.lesions_below_10_mm} shorter than 10 mm"
    if measured.lesions_in_remnant:
        words += f", {measured.lesions_in_remnant} left in the remnant by the plan"
    response = response_of(patient, measured)
    if count == 0 and response is not None and response.overall == "CR":
        words += ": the response is complete, and the protocol does not say how vanished ones count"
        return Verdict(state="needs judgement", words=words, value=0)
    return _number(criterion, Fraction(count), value=count, words=words)


def _number(criterion: Criterion, number: Fraction, *, value: int, words: str) -> Verdict:
    inside = criterion.limits.allow(number)
    required = limits_in_words(criterion.limits)
    other = criterion.other_reading
    if other is not None and other.limits.allow(number) != inside:
        words += (
            f": readings differ between the text ({required}) and {other.words} "
            f"({limits_in_words(other.limits)})"
        )
        return Verdict(state="needs judgement", words=words, value=value)
    if inside:
        return Verdict(state="met", words=f"{words}, as required ({required})", value=value)
    return Verdict(state="not met", words=f"{words} where {required} is required", value=value)


def _remnant(criterion: Criterion, patient: Patient, measured: Measured) -> Verdict:
    deciding = measured.fraction(criterion.denominator)
    if deciding is None:
        return Verdict(state="missing", words=_lacking(criterion, measured))
    limit = _limit(criterion)
    inside = criterion.limits.allow(deciding)
    number = f"FLR {percent(deciding, near=limit)} %{_interval(measured, limit)}"
    below = _denominator_words(criterion.denominator, measured)
    parts = [f"{number} of the {below}: {_side(criterion, deciding)}{_doubt(criterion, measured)}"]
    parts += _other_denominators(criterion, measured, inside=inside)
    return Verdict(
        state="met" if inside else "not met", words="; ".join(parts), value=float(deciding)
    )


def _lacking(criterion: Criterion, measured: Measured) -> str:
    if measured.functional_ml is None:
        return "the liver has not been measured yet"
    if measured.remnant_ml is None:
        return "no resection is planned yet, so there is no remnant"
    if criterion.denominator == "of_estimated":
        return "the estimated liver volume needs the patient's height and weight"
    return f"the {DENOMINATOR_WORDS[criterion.denominator]} has not been measured yet"


def _limit(criterion: Criterion) -> Fraction:
    limits = criterion.limits
    limit = limits.above if limits.above is not None else limits.at_least
    return limit if limit is not None else Fraction(0)


def _interval(measured: Measured, limit: Fraction) -> str:
    if measured.interval_95 is None:
        return ""
    low, high = (percent(end, near=limit) for end in measured.interval_95)
    return f" ({low}-{high})"


def _side(criterion: Criterion, fraction: Fraction) -> str:
    limit = _limit(criterion)
    shown = f"{plain(100 * limit)} %"
    if fraction == limit:
        required = limits_in_words(criterion.limits, scale=100, unit=" %")
        return f"exactly {shown} where {required} is required"
    return f"{'above' if fraction > limit else 'below'} {shown}"


def spans_limit(criterion: Criterion, measured: Measured) -> bool:
    """Whether the interval has one end inside the limit and one outside."""
    if measured.interval_95 is None:
        return False
    low, high = (exact(end) for end in measured.interval_95)
    return criterion.limits.allow(low) != criterion.limits.allow(high)


def _doubt(criterion: Criterion, measured: Measured) -> str:
    if measured.interval_95 is None:
        return ""
    if not spans_limit(criterion, measured):
        return ", whole range"
    return (
        f" but too close to {plain(100 * _limit(criterion))} % to decide by volume, "
        "so check mask and planes"
    )


def _other_denominators(criterion: Criterion, measured: Measured, *, inside: bool) -> list[str]:
    """Say what the plan is of the other denominators, and whether they read otherwise."""
    limit = _limit(criterion)
    agree: list[str] = []
    differ: list[str] = []
    for denominator in DENOMINATOR_WORDS:
        fraction = measured.fraction(denominator)
        if denominator == criterion.denominator or fraction is None:
            continue
        shown = f"{percent(fraction, near=limit)} %"
        words = f"{shown} of the {_denominator_words(denominator, measured)}"
        same = criterion.limits.allow(fraction) == inside
        (agree if same else differ).append(words)
    parts = []
    if differ:
        required = limits_in_words(criterion.limits, scale=100, unit=" %")
        is_not = "is not" if inside else "is"
        parts.append(f"readings differ, for {' and '.join(differ)} {is_not} {required}")
    if agree:
        parts.append(" and ".join(agree))
    return parts


def _denominator_words(denominator: Denominator, measured: Measured) -> str:
    words = DENOMINATOR_WORDS[denominator]
    if denominator == "of_estimated" and measured.formula:
        known = ESTIMATED_LIVER.get(measured.formula)
        return f"{words} ({known.title if known else measured.formula})"
    return words


def _response(criterion: Criterion, patient: Patient, measured: Measured) -> Verdict:
    response = response_of(patient, measured)
    if response is None:
        return Verdict(state="missing", words=_no_response(patient))
    category = response.overall
    words = response.finding.removesuffix(".")
    if category in criterion.allowed:
        return Verdict(state="met", words=words, value=category)
    if category in ("NE", "non-CR/non-PD"):
        words += ": the sums alone do not decide"
        return Verdict(state="needs judgement", words=words, value=category)
    words += f" where {', '.join(criterion.allowed)} is required"
    return Verdict(state="not met", words=words, value=category)


def _no_response(patient: Patient) -> str:
    if len(patient.visits) >= 2:
        return "the lesion lengths of the visits lack who measured them"
    return "there is no baseline and later measurement to compare"


_RULES: Mapping[Measure, Callable[[Criterion, Patient, Measured], Verdict]] = MappingProxyType(
    {
        "age_years": _age,
        "lesion_count": _count,
        "remnant_fraction": _remnant,
        "response": _response,
    }
)
