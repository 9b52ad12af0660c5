"""The document as it is read: in the order of a report, long lists of rows turned into tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

ORDER = (
    "design",
    "consort",
    "populations",
    "overall_survival",
    "progression_free_survival",
    "progression_by_rule",
    "safety",
    "quality_of_life",
    "predictive_factors",
    "prediction",
    "secondary",
)
"""The parts that a reader looks for, in turn; others follow as they come."""

SAID_ALREADY = "says"
"""What the notes say, for other languages: the report has the notes themselves."""


def readable(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document of endpoints as its report shows it."""
    known = [key for key in ORDER if key in document]
    parts = {key: document[key] for key in (*known, *(k for k in document if k not in known))}
    for key, shape in (("quality_of_life", _quality), ("populations", _populations)):
        if key in parts:
            parts[key] = shape(parts[key])
    return {key: _without(value) for key, value in parts.items()}


def _without(value: Any) -> Any:  # noqa: ANN401 - any part of a document
    match value:
        case Mapping():
            return {k: _without(item) for k, item in value.items() if k != SAID_ALREADY}
        case list() | tuple():
            return [_without(item) for item in value]
        case _:
            return value


def _quality(part: Mapping[str, Any]) -> dict[str, Any]:
    """Put a scale's means of one arm into one row, a visit a column."""
    rows: dict[tuple[str, str], dict[str, str]] = {}
    months = sorted({row["months"] for row in part.get("means", [])})
    for row in part.get("means", []):
        cells = {f"{month:g} months": "" for month in months}
        own = rows.setdefault((row["scale"], row["arm"]), cells)
        low, high = row["mean_95"] or (None, None)
        limits = "" if low is None else f" ({low:.0f}-{high:.0f})"
        own[f"{row['months']:g} months"] = f"{row['mean']:.0f}{limits}, {row['patients']}"
    means = [{"scale": scale, "arm": arm, **cells} for (scale, arm), cells in rows.items()]
    return {**part, "means": means}


def _populations(part: Mapping[str, Any]) -> dict[str, Any]:
    """Put each population's survival into rows, an arm each."""
    rows: list[dict[str, Any]] = []
    rest = {}
    for name, one in part.items():
        match one:
            case {"patients": Mapping() as sizes}:
                rows += _population(name, sizes, one.get("overall_survival") or {})
            case _:
                rest[name] = one
    reasons = [one["why_not"] for one in part.values() if _refused(one)]
    return {"overall_survival": rows, **rest, "remarks": reasons}


def _refused(one: Any) -> bool:  # noqa: ANN401 - any part of a document
    return isinstance(one, Mapping) and "why_not" in one


def _population(
    name: str, sizes: Mapping[str, int], survival: Mapping[str, Any]
) -> Sequence[dict[str, Any]]:
    arms = {arm["arm"]: arm for arm in survival.get("arms", [])}
    terms = (survival.get("cox") or {}).get("terms", [])
    ratios = {term["name"]: term for term in terms}
    keys = ("events", "median", "median_95", "three_years", "three_years_95")
    return [
        {
            "population": name.replace("_", " "),
            "arm": arm,
            "patients": count,
            **{key: arms[arm][key] if arm in arms else "" for key in keys},
            **{
                key: ratios[arm][key] if arm in ratios else ""
                for key in ("hazard_ratio", "hazard_ratio_95", "p")
            },
        }
        for arm, count in sizes.items()
    ]
