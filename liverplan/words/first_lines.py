"""What a surgeon asks first of a plan: what stays behind, and what the remnant is by other rules.

Each answer is a statement; the order is that of the questions, the worst first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from liverplan.findings import Fate, Findings, LesionFinding, Statement
from liverplan.words.sentences import said

WORST_FIRST: tuple[Fate, ...] = ("cut through", "left", "ablated", "removed")
SHOWN_ML = 0.05
"""Less would be spoken as 0.0 mL."""

STAYING: tuple[Fate, ...] = ("cut through", "left")


def fates(findings: Findings, only: Sequence[Fate] = WORST_FIRST) -> tuple[Statement, ...]:
    """Say what the plan makes of each metastasis; nothing while nothing is cut."""
    if not findings.planned:
        return ()
    if not findings.lesions:
        return (Statement.of("fate.unmarked"),)
    groups = {fate: [one for one in findings.lesions if one.fate == fate] for fate in only}
    said_of = [_group(fate, group) for fate, group in groups.items() if group]
    if len(only) == len(WORST_FIRST) and not any(groups[fate] for fate in STAYING):
        return (Statement.of("fate.nothing_stays"), *said_of)
    return tuple(said_of)


def other_readings(findings: Findings) -> tuple[Statement, ...]:
    """Say each denominator by which the remnant lies on the other side of the limit."""
    return tuple(_other_readings(findings)) if findings.planned else ()


def spoken(statements: Sequence[Statement], language: str) -> str:
    """Return sentences one after the other."""
    return " ".join(said(one, language).text for one in statements)


def _other_readings(findings: Findings) -> Iterator[Statement]:
    fractions, limit = findings.remnant_fraction, findings.threshold_fraction
    for name in fractions.contradicting(limit):
        share = fractions.of(name)
        if share is None:
            continue
        key = "contradicting.above" if share > limit else "contradicting.not_above"
        divisor = Statement.of(f"divisor.{name}")
        yield Statement.of(key, denominator=divisor, share=share, limit=limit)


def _group(fate: Fate, lesions: Sequence[LesionFinding]) -> Statement:
    each = tuple(map(_one, lesions))
    return Statement.of(f"fate.{fate.replace(' ', '_')}", lesions=each)


def _one(lesion: LesionFinding) -> Statement:
    name = f"M{lesion.label - 1}"
    match lesion.fate:
        case "cut through" if lesion.stays_ml < SHOWN_ML:
            return Statement.of("fate.one_touched", name=name)
        case "cut through":
            return Statement.of("fate.one_cut", name=name, ml=lesion.stays_ml)
        case "left" if not lesion.left_wholly:
            return Statement.of("fate.one_in_part", name=name, ml=lesion.stays_ml)
        case "left" | "removed" | "ablated" if lesion.margin_mm is None:
            return Statement.of("fate.one", name=name)
        case "left":
            return Statement.of("fate.one_left", name=name, mm=lesion.margin_mm)
        case "removed" | "ablated":
            return Statement.of("fate.one_out", name=name, mm=lesion.margin_mm)
        case _:
            assert_never(lesion.fate)
