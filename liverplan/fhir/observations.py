"""The report's groups of measurements as Observations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from liverplan import NOTICE
from liverplan.fhir.elements import Element, concept, given, quantity, uid_identifier
from liverplan.findings import CriterionFinding
from liverplan.words import words_of

if TYPE_CHECKING:
    import pydicom

GROUP, TRACKING_ID, TRACKING_UID = "125007", "112039", "112040"
FINDING, SITE, COMMENT, CONCLUSION = "121071", "363698007", "121106", "121077"
THRESHOLD, UPPER, LOWER = "122411", "371886008", "371885007"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An Observation before it knows whose it is, and the name by which others refer to it."""

    name: str
    element: Element


def items(of: pydicom.Dataset, code: str) -> Iterator[pydicom.Dataset]:
    """Yield the content items of a concept, at whatever depth."""
    for item in of.get("ContentSequence", ()):
        if _code(item) == code:
            yield item
        yield from items(item, code)


def conclusions(report: pydicom.Dataset) -> tuple[str, ...]:
    """Return the verdict, the eligibility, and where other denominators read otherwise."""
    return tuple(str(item.TextValue) for item in items(report, CONCLUSION))


def measured(report: pydicom.Dataset) -> Iterator[Told]:
    """Yield an Observation for each group of the report.

    What has a range, the remnant, is held against the protocol's limit and read by the verdict.
    """
    limit = next(items(report, THRESHOLD), None)
    verdict = next(iter(conclusions(report)), "")
    for group in items(report, GROUP):
        name = str(next(items(group, TRACKING_ID)).TextValue)
        yield Told(name=name, element=_observation(group, name, limit, verdict))


def judged(criteria: Sequence[CriterionFinding], protocol: str) -> Told:
    """Return what a protocol says, a component for each criterion; no code says it."""
    words = words_of("en")
    told = [
        {
            "code": concept(one.title or one.id),
            "valueCodeableConcept": concept(words[f"state_{one.state.replace(' ', '_')}"]),
        }
        for one in criteria
    ]
    name = words("fhir.criteria", protocol=protocol)
    return Told(name=name, element=given(code=concept(name), component=told, note=notes(())))


def notes(texts: Iterable[str]) -> list[Element]:
    """Return texts as notes, after the notice that goes wherever a number goes."""
    return [{"text": text} for text in (NOTICE, *texts)]


def _observation(
    group: pydicom.Dataset, name: str, limit: pydicom.Dataset | None, verdict: str
) -> Element:
    found = [item.ConceptCodeSequence[0] for item in items(group, FINDING)]
    site = next(items(group, SITE)).ConceptCodeSequence[0]
    numbers = [item for item in group.ContentSequence if item.ValueType == "NUM"]
    return given(
        identifier=[uid_identifier(str(next(items(group, TRACKING_UID)).UID))],
        code=concept(name, *found),
        bodySite=concept(str(site.CodeMeaning), site),
        component=[part for one in numbers for part in _components(one, limit, verdict)],
        note=notes(str(item.TextValue) for item in items(group, COMMENT)),
    )


def _components(
    item: pydicom.Dataset, limit: pydicom.Dataset | None, verdict: str
) -> Iterator[Element]:
    """Yield a measurement and, where it has one, its range; a share is held against the limit."""
    words, name = words_of("en"), item.ConceptNameCodeSequence[0]
    value, unit = _number(item)
    below, above = next(items(item, LOWER), None), next(items(item, UPPER), None)
    code = concept(str(name.CodeMeaning), name)
    if below is None or above is None:
        yield {"code": code, "valueQuantity": quantity(value, unit)}
        return
    limits = {} if limit is None else _against(limit, unit, verdict)
    yield {"code": code, "valueQuantity": quantity(value, unit), **limits}
    low, high = value - _number(below)[0], value + _number(above)[0]
    yield {
        "code": concept(words("fhir.range", of=str(name.CodeMeaning))),
        "valueRange": {"low": quantity(low, unit), "high": quantity(high, unit)},
    }


def _against(limit: pydicom.Dataset, unit: pydicom.Dataset, verdict: str) -> Element:
    value, of_limit = _number(limit)
    if of_limit.CodeValue != unit.CodeValue:  # a volume has no limit of its own
        return {}
    text = words_of("en")("fhir.limit", limit=value)
    return {
        "interpretation": [concept(verdict)],
        "referenceRange": [{"low": quantity(value, unit), "text": text}],
    }


def _number(item: pydicom.Dataset) -> tuple[float, pydicom.Dataset]:
    held = item.MeasuredValueSequence[0]
    return float(held.NumericValue), held.MeasurementUnitsCodeSequence[0]


def _code(item: pydicom.Dataset) -> str:
    names = item.get("ConceptNameCodeSequence") or ()
    return str(names[0].CodeValue) if names else ""
