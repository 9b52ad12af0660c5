"""Progression-free survival by the design's rule, with its sensitivities, as a document."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from liverplan.endpoints.comparison import compare
from liverplan.endpoints.design import Design
from liverplan.endpoints.documents import cox_json, log_rank_json, spoken, within_json
from liverplan.endpoints.outcomes import Outcome
from liverplan.endpoints.progression.estimates import incidence_of, turnbull
from liverplan.endpoints.progression.rule import Progressed, by_rule, read_assessments
from liverplan.endpoints.ranks import log_rank
from liverplan.endpoints.trial import centres_of, entries_of
from liverplan.findings import Statement

CAUSES = ("censored", "progression", "death")


def progression_json(path: Path, outcomes: Sequence[Outcome], design: Design) -> dict[str, Any]:
    """Compare arms by the rule; by arm, survival from intervals and the incidence of each cause.

    Incidences are compared by log-rank tests of each cause alone, the other counting as censored:
    they test its hazard, and not, as Gray's test would, the incidence.
    """
    looks = read_assessments(path, outcomes)
    gap = design.visits_missed * design.visit_every_months
    everybody = [by_rule(one, looks[one.id], longest_gap_months=gap) for one in outcomes]
    begin = entries_of(outcomes) or [0.0] * len(outcomes)
    seen = [at for at, one in enumerate(everybody) if not 0 < begin[at] >= one.months]
    found, kept = [everybody[at] for at in seen], [outcomes[at] for at in seen]
    notes = [Statement.of("trial.no_interval_limits")]
    if len(kept) < len(outcomes):
        notes.append(Statement.of("trial.before_entry", count=len(outcomes) - len(kept)))
    entries = entries_of(kept)
    if entries is not None:
        notes.append(Statement.of("trial.late_intervals"))
    pairs = list(zip(found, entries or [0.0] * len(kept), strict=True))
    return {
        "longest_gap_months": gap,
        "arms": [_arm(arm, [pair for pair in pairs if pair[0].arm == arm]) for arm in design.arms],
        **_compared(found, design, centres_of(kept), entries, notes),
    }


def _compared(
    found: Sequence[Progressed],
    design: Design,
    centres: Sequence[str] | None,
    entries: Sequence[float] | None,
    notes: Sequence[Statement],
) -> dict[str, Any]:
    months, arms = [one.months for one in found], [one.arm for one in found]
    events = [one.cause != "censored" for one in found]
    compared = compare(
        months, events, arms, reference=design.reference, strata=centres, entries=entries
    )
    within = compared.within
    causes = {cause: [one.cause == cause for one in found] for cause in CAUSES[1:]}
    return {
        "log_rank": log_rank_json(compared.log_rank),
        "cox": cox_json(compared.cox),
        "by_centre": None if within is None else within_json(within),
        "log_rank_by_cause": {
            cause: log_rank_json(log_rank(months, own, arms, strata=centres, entries=entries))
            for cause, own in causes.items()
        },
        **spoken((*compared.notes, *notes)),
    }


def _arm(name: str, pairs: Sequence[tuple[Progressed, float]]) -> dict[str, Any]:
    """Return an arm's estimates from each patient's progression and entry."""
    found, late = [one for one, _ in pairs], [entry for _, entry in pairs]
    counts = Counter(one.cause for one in found)
    causes = [CAUSES.index(one.cause) for one in found]
    of_cause = incidence_of([one.months for one in found], causes, entries=late)
    limits = zip(of_cause.lower[0].tolist(), of_cause.upper[0].tolist(), strict=True)
    ends, survival = turnbull([one.after for one in found], [one.until for one in found])
    seen = (ends < math.inf) & (not any(late))
    return {
        "arm": name,
        **{cause: counts[cause] for cause in ("progression", "death", "censored")},
        "times": of_cause.times.tolist(),
        "incidence_of_progression": of_cause.incidence[0].tolist(),
        "incidence_of_progression_95": [
            None if math.isnan(low) else [low, high] for low, high in limits
        ],
        "interval_times": ends[seen].tolist(),
        "interval_survival": survival[seen].tolist(),
    }
