"""What stands beside a verdict, one line a question: the CT, the remnant, the liver, the plan."""

from __future__ import annotations

from collections.abc import Iterator

from liverplan.findings.attested import FactFinding
from liverplan.findings.document import Findings
from liverplan.findings.reserve import LimitFinding
from liverplan.findings.statement import Statement, Value
from liverplan.findings.uncertainty import Pair

BLOOD = ("bilirubin", "albumin", "platelets", "icg_retention")
LIVER = ("chemotherapy_months", "steatosis", "fibrosis")


def beside(findings: Findings) -> Iterator[Statement]:
    """Say what surgeons and a committee read beside the number, in the order that they ask it.

    No line names a person; who attests what stands in the table of facts.
    """
    yield from (check.says for check in findings.checks)
    if findings.planned:
        yield _remnant(findings)
        yield from _formula(findings)
        yield from (_limit(limit) for limit in _shown(findings))
    known = {fact.id: fact for fact in findings.facts}
    yield from _group("beside.liver", [known[name] for name in LIVER if name in known])
    yield from _group("beside.blood", [known[name] for name in BLOOD if name in known])
    if findings.reserve.albi is not None:
        score, grade = findings.reserve.albi, findings.reserve.albi_grade or 0
        yield Statement.of("beside.albi", score=score, grade=grade)
    of_plan = [fact for fact in findings.facts if fact.of_plan]
    if of_plan and findings.plan_mark:
        facts = tuple(map(_said, of_plan))
        yield Statement.of("beside.plan", mark=findings.plan_mark, facts=facts)


def _remnant(findings: Findings) -> Statement:
    """Say the remnant by weight, surface and estimated liver, or what they need."""
    reserve = findings.reserve
    if reserve.per_weight_fraction is None or reserve.per_surface_ml_m2 is None:
        return Statement.of("beside.no_body")
    return Statement.of(
        "beside.remnant",
        weight=_ranged("weight", 100 * reserve.per_weight_fraction, reserve.per_weight_95, 100.0),
        surface=_ranged("surface", reserve.per_surface_ml_m2, reserve.per_surface_95),
        share=_ranged("share", reserve.standardised_fraction or 0.0, reserve.standardised_95),
    )


def _ranged(name: str, value: float, ends: Pair | None, scale: float = 1.0) -> Statement:
    """Say a quantity with its range; what an older version measured may have none."""
    if ends is None:
        return Statement.of(f"beside.{name}", value=value)
    low, high = (scale * end for end in ends)
    return Statement.of(f"beside.{name}_range", value=value, low=low, high=high)


def _formula(findings: Findings) -> Iterator[Statement]:
    """Say how far livers lie from the formula's estimate, and what that makes of the share."""
    reserve = findings.reserve
    spread, ends = reserve.formula_spread_fraction, reserve.standardised_with_formula_95
    if spread is None or ends is None:
        return
    yield Statement.of(
        "beside.formula",
        spread=spread,
        low=ends[0],
        high=ends[1],
        source=reserve.formula_spread_source,
    )


def _shown(findings: Findings) -> list[LimitFinding]:
    """Return the minima of this kind of liver; all of them where the kind is not given."""
    return [limit for limit in findings.reserve.limits if limit.applies is not False]


def _limit(limit: LimitFinding) -> Statement:
    unit = "beside.ml_m2" if limit.quantity == "per_surface" else "beside.per_cent"
    scale = 1.0 if limit.quantity == "per_surface" else 100.0
    reached = "unknown" if limit.reached is None else ("reached" if limit.reached else "missed")
    return Statement.of(
        "beside.limit",
        liver=Statement.of(f"parenchyma.{limit.parenchyma}"),
        lowest=Statement.of(unit, value=scale * limit.lowest),
        quantity=Statement.of(f"quantity.{limit.quantity}"),
        reached=Statement.of(f"limit_is.{reached}"),
        source=limit.source,
    )


def _group(key: str, facts: list[FactFinding]) -> Iterator[Statement]:
    if facts:
        yield Statement.of(key, facts=tuple(map(_said, facts)))


def _said(fact: FactFinding) -> Statement:
    if fact.state != "holds":
        state = Statement.of(f"fact_is.{fact.state.replace(' ', '_')}")
        return Statement.of("beside.fact", label=fact.label, answer=state)
    return Statement.of("beside.fact", label=fact.label, answer=_answer(fact))


def _answer(fact: FactFinding) -> Value:
    match fact.value:
        case bool():
            return Statement.of("finding.yes") if fact.value else Statement.of("finding.no")
        case int() | float():
            return Statement.of("beside.number", value=fact.value, unit=fact.unit)
        case _:
            return ""
