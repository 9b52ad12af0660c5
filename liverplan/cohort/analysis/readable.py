"""The document as it is read: in the order of a report, long lists of rows turned into tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from liverplan.cohort.analysis.sections import Named
from liverplan.words import words_of

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
    for key, shape in SHAPES.items():
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
    return {**part, "means": means, "reading": [_said("read_scores")]}


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
    reasons = [
        _said("not_compared", population=name.replace("_", " "), why=one["why_not"])
        for name, one in part.items()
        if _refused(one)
    ]
    reading = [_said("read_populations")]
    return {"overall_survival": rows, **rest, "remarks": reasons, "reading": reading}


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


def _said(key: str, **values: str) -> str:
    return words_of("en")(f"trial.{key}", **values)


def _survival(part: Mapping[str, Any]) -> dict[str, Any]:
    """Name arms as they are, say each difference once, and against whom."""
    shaped = dict(part)
    if "at_risk" in part:
        shaped["at_risk"] = [_named(row, but=("months",)) for row in part["at_risk"]]
    match part.get("three_years_difference"):
        case {"months": months, "differences": differences}:
            shaped["three_years_difference"] = {"months": months, "differences": differences}
    if "reference" in part:
        shaped["reading"] = [_said("read_ratios", reference=part["reference"])]
    return shaped


def _consort(part: Mapping[str, Any]) -> dict[str, Any]:
    """Name reasons and centres as they are; whom a reason does not concern are none."""
    kinds = ("lost", "deviations", "centres")
    every = {kind: {key: 0 for arm in part["arms"] for key in arm[kind]} for kind in kinds}
    arms = [
        {**arm, **{kind: _named({**every[kind], **arm[kind]}) for kind in kinds}}
        for arm in part["arms"]
    ]
    return {**part, "not_randomised": _named(part["not_randomised"]), "arms": arms}


def _named(row: Mapping[str, Any], but: Sequence[str] = ()) -> dict[str, Any]:
    return {key if key in but else Named(key): value for key, value in row.items()}


def _factors(part: Mapping[str, Any]) -> dict[str, Any]:
    """Put each factor's own model into one row with what it was fitted to."""
    keys = ("patients", "events", "concordance")
    alone = [
        {**term, **{key: model[key] for key in keys if key in model}}
        for model in part.get("alone", ())
        for term in model["terms"]
    ]
    warned = [text for model in part.get("alone", ()) for text in model.get("warnings", ())]
    return {**part, "alone": alone, "warnings": warned, "reading": [_said("read_factors")]}


def _prediction(part: Mapping[str, Any]) -> dict[str, Any]:
    """Call the interactions' figures what they are."""
    if "interactions_with_treatment" not in part:
        return dict(part)
    called = {"hazard_ratio": "ratio_of_hazard_ratios"}
    crossed = [
        {called.get(key, key): one for key, one in row.items()}
        for row in part["interactions_with_treatment"]
    ]
    reading = [_said("read_interactions")]
    return {**part, "interactions_with_treatment": crossed, "reading": reading}


def _safety(part: Mapping[str, Any]) -> dict[str, Any]:
    return {**part, "reading": [_said("read_safety")]}


def _rule(part: Mapping[str, Any]) -> dict[str, Any]:
    return {**part, "reading": [_said("read_causes")]}


SHAPES = {
    "quality_of_life": _quality,
    "populations": _populations,
    "overall_survival": _survival,
    "progression_free_survival": _survival,
    "progression_by_rule": _rule,
    "consort": _consort,
    "safety": _safety,
    "predictive_factors": _factors,
    "prediction": _prediction,
}
"""How a part is put for reading."""
