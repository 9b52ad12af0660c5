"""Progression-free survival by the design's rule, with its sensitivities, as a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from liverplan.endpoints.design import Design
from liverplan.endpoints.models import compare
from liverplan.endpoints.outcomes import Outcome
from liverplan.endpoints.progression.estimates import cumulative_incidence, turnbull
from liverplan.endpoints.progression.rule import Progressed, by_rule, read_assessments

CAUSES = ("censored", "progression", "death")


def progression_json(path: Path, outcomes: Sequence[Outcome], design: Design) -> dict[str, Any]:
    """Compare arms by the rule; by arm, survival from intervals and the incidence of each cause."""
    looks = read_assessments(path, outcomes)
    gap = design.visits_missed * design.visit_every_months
    found = [by_rule(one, looks[one.id], longest_gap_months=gap) for one in outcomes]
    events = [one.cause != "censored" for one in found]
    arms = [one.arm for one in found]
    compared = compare([one.months for one in found], events, arms, reference=design.reference)
    return {
        "longest_gap_months": gap,
        "arms": [_arm(arm, [one for one in found if one.arm == arm]) for arm in design.arms],
        "log_rank": None if compared.log_rank is None else asdict(compared.log_rank),
        "cox": None if compared.cox is None else asdict(compared.cox),
        "notes": list(compared.notes),
    }


def _arm(name: str, found: Sequence[Progressed]) -> dict[str, Any]:
    counts = Counter(one.cause for one in found)
    causes = [CAUSES.index(one.cause) for one in found]
    times, incidence = cumulative_incidence([one.months for one in found], causes)
    ends, survival = turnbull([one.after for one in found], [one.until for one in found])
    seen = ends < float("inf")
    return {
        "arm": name,
        **{cause: counts[cause] for cause in ("progression", "death", "censored")},
        "times": times.tolist(),
        "incidence_of_progression": incidence[0].tolist(),
        "interval_times": ends[seen].tolist(),
        "interval_survival": survival[seen].tolist(),
    }
