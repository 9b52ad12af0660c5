"""What the analysis draws: every figure whose numbers are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from liverplan.cohort.analysis.forest import forests
from liverplan.cohort.analysis.hazards import hazards_figure, log_log_figure
from liverplan.cohort.analysis.marks import bounds_figure, calibration_figure, shares_figure
from liverplan.cohort.analysis.picture import Picture, picture
from liverplan.cohort.analysis.steps import incidence_figure, scores_figure
from liverplan.words import Words, words_of

if TYPE_CHECKING:
    from liverplan.endpoints import Comparison, TrialEndpoints


def pictures_of(found: TrialEndpoints, document: Mapping[str, Any]) -> tuple[Picture, ...]:
    """Draw what the endpoints and their document hold."""
    words = words_of("en")
    return (
        *_survival("overall_survival", found.overall, words),
        *_survival("progression_free_survival", found.progression_free, words),
        *_incidence(document, words),
        *forests(document, words),
        *_calibration(document, words),
        *_safety(document, words),
        *_scores(document, words),
        *_bounds(document, words),
    )


def _survival(part: str, comparison: Comparison, words: Words) -> Iterator[Picture]:
    from liverplan.endpoints import survival_figure  # noqa: PLC0415 - loads what draws

    title = words[f"figure.{part}"]
    arms = tuple(curve.label for curve in comparison.curves)
    yield picture(
        survival_figure(comparison.curves),
        part=part,
        file=f"{part}.svg",
        title=title,
        alt=words("figure.survival_alt", title=title, arms=arms),
    )
    if comparison.proportional is not None:
        yield picture(
            hazards_figure(comparison.proportional.tests, words),
            part=part,
            file=f"{part}_hazards.svg",
            title=words("figure.hazards", title=title),
            alt=words("figure.hazards_alt", p=comparison.proportional.p),
        )
        yield picture(
            log_log_figure(comparison.curves, words),
            part=part,
            file=f"{part}_log_log.svg",
            title=words("figure.log_log", title=title),
            alt=words["figure.log_log_alt"],
        )


def _incidence(document: Mapping[str, Any], words: Words) -> Iterator[Picture]:
    match document:
        case {"progression_by_rule": {"arms": [_, *_] as arms}}:
            yield picture(
                incidence_figure(arms, words),
                part="progression_by_rule",
                file="incidence.svg",
                title=words["figure.incidence"],
                alt=words("figure.incidence_alt", arms=tuple(str(arm["arm"]) for arm in arms)),
            )


def _calibration(document: Mapping[str, Any], words: Words) -> Iterator[Picture]:
    match document:
        case {"prediction": {"calibration": [_, *_] as rows}}:
            yield picture(
                calibration_figure(rows, words),
                part="prediction",
                file="calibration.svg",
                title=words["figure.calibration"],
                alt=words["figure.calibration_alt"],
            )


def _safety(document: Mapping[str, Any], words: Words) -> Iterator[Picture]:
    match document:
        case {"safety": {"clavien_dindo": list(), "isgls": list(), "mortality_90_days": list()}}:
            safety = document["safety"]
            kept = {"IIIa or worse": "clavien_dindo", "B or C": "isgls"}
            rows = [row for what, key in kept.items() for row in safety[key] if row["what"] == what]
            yield picture(
                shares_figure([*rows, *safety["mortality_90_days"]], words),
                part="safety",
                file="safety.svg",
                title=words["figure.safety"],
                alt=words["figure.safety_alt"],
            )


def _scores(document: Mapping[str, Any], words: Words) -> Iterator[Picture]:
    match document:
        case {"quality_of_life": {"means": [_, *_] as rows}}:
            scales = tuple(dict.fromkeys(str(row["scale"]) for row in rows))
            yield picture(
                scores_figure(rows, words),
                part="quality_of_life",
                file="quality_of_life.svg",
                title=words["figure.scores"],
                alt=words("figure.scores_alt", scales=scales),
            )


def _bounds(document: Mapping[str, Any], words: Words) -> Iterator[Picture]:
    match document:
        case {"design": {"interim": {"information": [_, *_], "z": [_, *_]} as interim}}:
            yield picture(
                bounds_figure(interim, words),
                part="design",
                file="bounds.svg",
                title=words["figure.bounds"],
                alt=words["figure.bounds_alt"],
            )
