"""What a structured report says in words, for no standard code says it; sentences in English."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from liverplan.anatomy import LIVER, REMNANT, RESECTED, lesion_name
from liverplan.findings import Denominator, Findings, LesionFinding, Statement
from liverplan.findings.divided import divided
from liverplan.findings.how_sure import how_sure, sources
from liverplan.words import fates, in_english, other_readings, verdict, words_of

PLAN_NAME = "Plan"
ELIGIBILITY = {
    "eligible": "eligible",
    "not eligible": "not_eligible",
    "undecided": "undecided",
}
DENOMINATORS: tuple[Denominator, ...] = ("of_functional", "of_liver", "of_estimated")

SUPPLY = frozenset(
    {
        "note.supply_lost",
        "note.supply_lost_portal",
        "note.supply_lost_hepatic",
        "note.supply_by_volume",
        "note.supply_kept",
        "note.kept_portal",
        "note.kept_hepatic",
        "note.kept_counts",
        "note.kept_not_crossed",
        "note.kept_not_found",
        "note.kept_unknown",
    }
)
"""Notes that say what of the remnant counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Who stands behind a plan's numbers, and by what they can be checked.

    Parameters
    ----------
    accepted_by : tuple of str
        The persons who accepted its masks; none in what leaves without identity.
    trail : str
        Where the case's audit trail ended.
    state_sha256, protocol_sha256 : str
        Of the case's state, and of the protocol's text, which is its version.
    """

    accepted_by: tuple[str, ...] = ()
    trail: str = ""
    state_sha256: str = ""
    protocol_sha256: str = ""


def conclusions(findings: Findings) -> Iterator[str]:
    """Yield the verdict, the eligibility, and where other denominators read otherwise."""
    yield str(verdict(findings))
    yield words_of("en")[ELIGIBILITY[findings.eligibility]]
    yield from map(in_english, other_readings(findings))


def comments(findings: Findings, standing: Standing) -> dict[str, tuple[str, ...]]:
    """Return what else is said of each structure, and of the plan, by its name."""
    return {
        **{lesion_name(lesion.label): tuple(_lesion(lesion)) for lesion in findings.lesions},
        LIVER.name: tuple(_liver(findings)),
        REMNANT.name: tuple(_remnant(findings)),
        RESECTED.name: tuple(_resected(findings)),
        PLAN_NAME: tuple(_plan(findings, standing)),
    }


def _lesion(lesion: LesionFinding) -> Iterator[str]:
    words = words_of("en")
    in_part = lesion.fate == "left" and not lesion.left_wholly
    fate = "left_in_part" if in_part else lesion.fate.replace(" ", "_")
    yield f"{words['fate_title']}: {words[f'fate_{fate}']}."
    if lesion.fate in {"cut through", "left"}:
        yield _said("sr.stays", ml=lesion.stays_ml)
    yield f"{words['state']}: {words['lesion_' + lesion.state.split()[0]]}."
    yield from map(in_english, lesion.place)


def _liver(findings: Findings) -> Iterator[str]:
    yield _said("sr.liver", ml=findings.volumes.functional_ml)


def _remnant(findings: Findings) -> Iterator[str]:
    """Yield what the ratio is of, the others, and how sure it is."""
    fractions, limit = findings.remnant_fraction, findings.threshold_fraction
    low, high = findings.uncertainty.interval_95
    divisor = _divisor(findings, fractions.deciding)
    yield _said("sr.ratio", denominator=divisor, low=low, high=high, limit=limit)
    for name in DENOMINATORS:
        share = fractions.of(name)
        if name != fractions.deciding and share is not None:
            yield _said("sr.other", denominator=_divisor(findings, name), share=share, limit=limit)
    yield from (in_english(note) for note in findings.notes if note.key in SUPPLY)
    yield from map(in_english, (*how_sure(findings), *sources(findings)))


def _divisor(findings: Findings, name: Denominator) -> Statement:
    formula = findings.remnant_fraction.formula
    if name == "of_estimated" and formula:
        return Statement.of("divisor.of_estimated_by", formula=formula)
    return Statement.of(f"divisor.{name}")


def _resected(findings: Findings) -> Iterator[str]:
    if findings.volumes.ablated_ml:
        yield _said("sr.ablated", ml=findings.volumes.ablated_ml)


def _plan(findings: Findings, standing: Standing) -> Iterator[str]:
    if findings.margin_mm is not None:
        yield _said("sr.margin")
    yield from map(in_english, fates(findings))
    yield from map(in_english, divided(findings.vessels))
    known = {
        "protocol": findings.protocol,
        "protocol_version": standing.protocol_sha256,
        "software": findings.software,
        "mark": findings.plan_mark,
        "state": standing.state_sha256,
        "trail": standing.trail,
    }
    yield from (_said(f"sr.{key}", value=value) for key, value in known.items() if value)


def _said(key: str, **values: float | str | Statement) -> str:
    return in_english(Statement.of(key, **values))
