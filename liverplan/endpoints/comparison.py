"""Arms held against each other: curves, log-rank, hazards, and what stands beside one ratio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from liverplan.endpoints.curves import Curve, kaplan_meier
from liverplan.endpoints.hazards import ProportionalHazards
from liverplan.endpoints.inputs import checked, require_arms
from liverplan.endpoints.models import Cox, cox, proportional_hazards
from liverplan.endpoints.ranks import LogRank, log_rank
from liverplan.endpoints.restricted import AtTime, means_until, survivals_at
from liverplan.errors import InputError
from liverplan.findings import Statement, told

DOUBTFUL = 0.05
"""Below this p of the test that hazards are in proportion, they are said not to be."""

VISIBLE = 0.05
"""Curves cross where each is higher than the other, somewhere, by more than this."""

FOLLOWED = 0.1
"""They are looked at while more than this share of each arm is still followed."""

THREE_YEARS = 36.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratios:
    """The log-rank test, the Cox model and the test of its hazards; None what has no estimate."""

    log_rank: LogRank | None
    cox: Cox | None
    proportional: ProportionalHazards | None
    notes: tuple[Statement, ...] = ()
    strata: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Arms held against each other.

    Parameters
    ----------
    curves : tuple of Curve
        Of each arm, the reference first.
    log_rank, cox, proportional
        Of all patients together; ``cox`` has a term for every other arm.
    within : Ratios or None
        The same within strata, where there are any.
    means, three_years : AtTime or None
        Restricted mean survival, and survival at three years, with their differences.
    follow_up : tuple of Curve
        Of each arm and, last, of all: time to the end of observation, by which the median
        follow-up is known though patients die (reverse Kaplan-Meier).
    """

    curves: tuple[Curve, ...]
    log_rank: LogRank | None
    cox: Cox | None
    reference: str
    notes: tuple[Statement, ...] = ()
    proportional: ProportionalHazards | None = None
    within: Ratios | None = None
    means: AtTime | None = None
    three_years: AtTime | None = None
    follow_up: tuple[Curve, ...] = ()


def compare(
    times: ArrayLike,
    events: ArrayLike,
    arms: Sequence[str],
    *,
    reference: str,
    strata: Sequence[str] | None = None,
    entries: ArrayLike | None = None,
    until: float = THREE_YEARS,
    at: float = THREE_YEARS,
) -> Comparison:
    """Compare arms: their curves, the log-rank test, each one's hazard against the reference.

    Times, events, arms, strata and entries are (N,), one of each for every patient. Each part
    stands alone: what cannot be estimated is None, and a note says why. ``until`` is that of the
    restricted means, ``at`` the time of the survival that is compared, both in the times' unit.
    """
    durations, happened = checked(times, events)
    require_arms(arms, len(durations))
    if reference not in arms:
        there = ", ".join(map(repr, sorted(set(arms))))
        raise InputError(f"No patient is in the reference arm {reference!r}; there are {there}.")
    names = [reference, *sorted(set(arms) - {reference})]
    groups = {name: np.asarray(arms) == name for name in names}
    curves = _curves(durations, happened, groups, entries)
    ratios = _ratios(durations, happened, arms, names, None, entries)
    within = _ratios(durations, happened, arms, names, strata, entries) if strata else None
    means, shortened = means_until(curves, until)
    three, unknown = survivals_at(curves, at)
    silent = [name for name in names if not happened[groups[name]].any()]
    everybody = {**groups, "": np.ones(len(durations), bool)}
    return Comparison(
        curves=curves,
        log_rank=ratios.log_rank,
        cox=ratios.cox,
        proportional=ratios.proportional,
        within=within,
        reference=reference,
        means=means,
        three_years=three,
        follow_up=_curves(durations, ~happened, everybody, entries),
        notes=(
            *(Statement.of("trial.no_event", arm=name) for name in silent),
            *ratios.notes,
            *crossings(curves),
            *shortened,
            *unknown,
        ),
    )


def crossings(curves: Sequence[Curve]) -> tuple[Statement, ...]:
    """Say which arms' curves cross the reference's, and when the lead changes for good."""
    reference, *others = curves
    found = []
    for curve in others:
        until = min(_last_well_followed(reference), _last_well_followed(curve))
        steps = np.unique(np.r_[reference.times, curve.times])
        steps = steps[steps <= until]
        lead = np.array([curve.at(time)[0] - reference.at(time)[0] for time in steps])
        if lead.size and lead.min() < -VISIBLE and lead.max() > VISIBLE:
            ahead = np.flatnonzero(np.abs(lead) > VISIBLE)
            last = ahead[np.flatnonzero(np.diff(np.sign(lead[ahead])))[-1] + 1]
            found.append(
                Statement.of(
                    "trial.curves_cross",
                    arm=curve.label,
                    reference=reference.label,
                    months=float(steps[last]),
                )
            )
    return tuple(found)


def _last_well_followed(curve: Curve) -> float:
    followed = np.flatnonzero(curve.at_risk > FOLLOWED * curve.at_risk.max())
    return float(curve.times[followed[-1]])


def _curves(
    times: NDArray[np.float64],
    events: NDArray[np.bool_],
    groups: Mapping[str, NDArray[np.bool_]],
    entries: ArrayLike | None,
) -> tuple[Curve, ...]:
    begin = None if entries is None else np.asarray(entries, dtype=np.float64)
    return tuple(
        kaplan_meier(
            times[mine], events[mine], entries=None if begin is None else begin[mine], label=name
        )
        for name, mine in groups.items()
    )


def _ratios(
    times: NDArray[np.float64],
    events: NDArray[np.bool_],
    arms: Sequence[str],
    names: Sequence[str],
    strata: Sequence[str] | None,
    entries: ArrayLike | None,
) -> Ratios:
    test = log_rank(times, events, arms, strata=strata, entries=entries)
    notes = [] if test is not None else [Statement.of("trial.no_log_rank")]
    shown = {name: np.asarray(arms) == name for name in names[1:]}
    model: Cox | None
    try:
        model = cox(times, events, shown, strata=strata, entries=entries)
        tested = proportional_hazards(times, events, shown, strata=strata, entries=entries)
        notes += _doubts(tested, names[0])
    except InputError as fault:
        notes.append(Statement.of("trial.no_hazard_ratio", why=told(str(fault))))
        model = tested = None
    return Ratios(
        log_rank=test,
        cox=model,
        proportional=tested,
        notes=tuple(notes),
        strata=tuple(sorted(set(strata or ()))),
    )


def _doubts(tested: ProportionalHazards | None, reference: str) -> list[Statement]:
    if tested is None:
        return [Statement.of("trial.hazards_untested")]
    return [
        Statement.of("trial.hazards_doubtful", arm=one.name, reference=reference, p=one.p)
        for one in tested.tests
        if one.p < DOUBTFUL
    ]
