"""What the endpoints' document says, a line for each survival: for the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from liverplan.findings import Statement
from liverplan.words import in_english

ENDPOINTS = {
    "overall_survival": "trial.overall_survival",
    "progression_free_survival": "trial.progression_free_survival",
}
DOUBTS = ("trial.hazards_doubtful", "trial.curves_cross")
"""Without these no hazard ratio is told."""


def in_short(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a line for each survival, and what makes its hazard ratio doubtful."""
    return tuple(line for key, name in ENDPOINTS.items() for line in _survival(name, document[key]))


def _survival(name: str, found: Mapping[str, Any]) -> Iterator[str]:
    parts = (*_tests(found), *_ratios(found), *_beside(found))
    yield in_english(Statement.of("trial.short", endpoint=Statement.of(name), parts=parts))
    for says in found["says"]:
        note = Statement.from_json(says)
        if note.key in DOUBTS:
            yield in_english(note)


def _tests(found: Mapping[str, Any]) -> Iterator[Statement]:
    match found:
        case {"log_rank": {"p": float(p)}}:
            yield Statement.of("trial.short_test", p=p)
    match found:
        case {"by_centre": {"centres": int(centres), "log_rank": {"p": float(p)}}}:
            yield Statement.of("trial.short_within", centres=centres, p=p)


def _ratios(found: Mapping[str, Any]) -> Iterator[Statement]:
    for term in (found["cox"] or {"terms": []})["terms"]:
        match term:
            case {"hazard_ratio": float(ratio), "hazard_ratio_95": [float(low), float(high)]}:
                yield Statement.of(
                    "trial.short_ratio", arm=term["name"], ratio=ratio, low=low, high=high
                )
    match found:
        case {"proportional_hazards": {"p": float(p)}}:
            yield Statement.of("trial.short_hazards", p=p)


def _beside(found: Mapping[str, Any]) -> Iterator[Statement]:
    for key, said in (("rmst", "trial.short_mean"), ("three_years_difference", "trial.short_at")):
        part = found[key] or {"months": 0, "differences": []}
        for one in part["differences"]:
            match one:
                case {"arm": str(arm), "difference_95": [float(low), float(high)]}:
                    yield Statement.of(
                        said,
                        arm=arm,
                        months=part["months"],
                        difference=one["difference"],
                        low=low,
                        high=high,
                    )
    match found:
        case {"follow_up": {"follow_up_median": float(months)}}:
            yield Statement.of("trial.short_follow_up", months=months)
