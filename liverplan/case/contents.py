"""A state's documents: how each typed part of a state is written down, and read again.

What says the same as it did keeps the very bytes that it had, so that a document which an older
version wrote, or a person typed, is never spelled anew without reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from liverplan.case.document_shapes import DOCUMENTS
from liverplan.case.documents import Json, plain
from liverplan.case.record import Record
from liverplan.eligibility.files import PatientFile, ProtocolFile
from liverplan.errors import CaseError
from liverplan.findings import Annotation, Findings, SeriesSummary, Statement
from liverplan.findings.annotations import annotations_json, read_annotations
from liverplan.findings.key_images import KeyImage, key_images_json
from liverplan.followup import Visits
from liverplan.resection import Plan, Plane
from liverplan.resection.anatomy.landmarks import Landmarks
from liverplan.resection.anatomy.segment_branches import SegmentBranches
from liverplan.resection.anatomy.vessel_segments import VesselSegments
from liverplan.words import in_english

DEFAULT_MARGIN_MM = 10.0
TEXT = "toml"

T = TypeVar("T")

Get = Callable[[str], bytes]
"""Bytes of a file of the case by its name; checked against its hash."""


def no_file(name: str) -> bytes:
    """Refuse: where documents are read alone, no file lies beside them.

    Raises
    ------
    CaseError
        Always.
    """
    raise CaseError(f"The picture {name} is not there.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What is chosen on screen, which no signature speaks of.

    Parameters
    ----------
    plan, cut : int
        Which plan is active, and which of its cuts has the handles (-1: none; None: the last).
    margin_mm : float
        The margin that the user plans with.
    locked : bool
        Whether the cuts are protected from the mouse.
    """

    plan: int = 0
    cut: int | None = None
    margin_mm: float = DEFAULT_MARGIN_MM
    locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a state's documents hold; ``plans`` is empty where the state's own plan is the only."""

    record: Record = field(default_factory=Record)
    plans: tuple[Plan, ...] = ()
    findings: Findings | None = None
    annotations: tuple[Annotation, ...] = ()
    key_images: tuple[KeyImage, ...] = ()
    screen: Screen | None = None
    others: Mapping[str, Json] = field(default_factory=lambda: MappingProxyType({}))


def written(contents: Contents, own: Plan) -> dict[str, Json]:
    """Return the documents, by name, that say what a state's contents say.

    A list of plans that says no more than the state's own plan is left out.
    """
    record = contents.record
    plans = [plan.to_json() for plan in contents.plans]
    documents = {
        "series": record.series and record.series.to_json(),
        "headers": record.headers,
        "notes": [note.to_json() for note in record.notes] or None,
        "protocol": record.protocol and _protocol_json(record.protocol),
        "patient": _patient_json(record),
        "landmarks": record.landmarks and record.landmarks.to_json(),
        "segment_branches": record.segment_branches and record.segment_branches.to_json(),
        "vessel_segments": record.vessel_segments and record.vessel_segments.to_json(),
        "vessels": dict(record.vessel_clicks) or None,
        "visits": record.visits.to_json() if record.visits else None,
        "plans": plans if plans != [own.to_json()] and plans else None,
        "findings": contents.findings and contents.findings.to_json(in_english),
        "annotations": annotations_json(contents.annotations) if contents.annotations else None,
        "key_images": key_images_json(contents.key_images) if contents.key_images else None,
        "app": contents.screen and _screen_json(contents.screen),
        **contents.others,
    }
    return {name: plain(value) for name, value in documents.items() if value is not None}


def read(
    documents: Mapping[str, Json], *, get: Get = no_file, plans_on_screen: bool = False
) -> Contents:
    """Read what `written` wrote, now or in an older version.

    Findings of another spelling count as none: they are measured anew. A document that nobody
    here knows, by its name or its kind, is kept as it is. ``get``: bytes of a picture by its file's
    name. ``plans_on_screen``: whether plans may
    stand in what is chosen on screen, as in older versions; no signature speaks of that document.

    Raises
    ------
    CaseError
        If a document cannot be understood.
    """
    screen = documents.get("app")
    others = {name: value for name, value in documents.items() if not _known(name, value)}
    _require_shapes({name: value for name, value in documents.items() if name not in others})
    return Contents(
        record=_record({name: value for name, value in documents.items() if name not in others}),
        plans=_plans(documents.get("plans"), (screen or {}) if plans_on_screen else {}),
        findings=_findings(documents.get("findings")),
        annotations=_part(documents, "annotations", read_annotations) or (),
        key_images=_key_images(documents.get("key_images"), get),
        screen=None if screen is None else _screen(screen),
        others=MappingProxyType(others),
    )


def _require_shapes(documents: Mapping[str, Json]) -> None:
    """Refuse documents that are none of ours; findings are read, or measured anew."""
    faults = (
        DOCUMENTS[name].fault(document, f"its {name}")
        for name, document in documents.items()
        if name in DOCUMENTS and name != "findings"
    )
    fault = next(filter(None, faults), "")
    if fault:
        raise CaseError(f"The case's state cannot be understood: {fault}.")


def _key_images(document: Json, get: Get) -> tuple[KeyImage, ...]:
    images = [] if document is None else document["images"]
    return tuple(KeyImage.from_json(one, get(one["file"])) for one in images)


def _record(documents: Mapping[str, Json]) -> Record:
    protocol = _part(documents, "protocol", _protocol)
    clicks = documents.get("vessels", {}).items()
    return Record(
        series=_part(documents, "series", SeriesSummary.from_json),
        headers=documents.get("headers"),
        notes=tuple(map(Statement.from_json, documents.get("notes", ()))),
        protocol=protocol,
        patient=_patient(documents.get("patient"), protocol),
        landmarks=_part(documents, "landmarks", Landmarks.from_json),
        segment_branches=_part(documents, "segment_branches", SegmentBranches.from_json),
        vessel_segments=_part(documents, "vessel_segments", VesselSegments.from_json),
        vessel_clicks={name: tuple(map(_point, points)) for name, points in clicks},
        visits=Visits.from_json(documents["visits"]) if documents.get("visits") else Visits(),
    )


def _part(documents: Mapping[str, Json], name: str, reader: Callable[[Json], T]) -> T | None:
    return reader(documents[name]) if name in documents else None


def _known(name: str, document: Json) -> bool:
    if name in ("patient", "protocol"):
        return isinstance(document, dict) and TEXT in document
    return name in DOCUMENTS


def _protocol_json(given: ProtocolFile) -> Json:
    return {"name": given.name, TEXT: given.text}


def _protocol(document: Json) -> ProtocolFile:
    return ProtocolFile.read(document[TEXT], name=document["name"])


def _patient_json(record: Record) -> Json:
    """Return the patient's document; one without anything stands beside every protocol."""
    if record.protocol is None and record.patient == PatientFile():
        return None
    return {"name": record.patient.name, TEXT: record.patient.text}


def _patient(document: Json, protocol: ProtocolFile | None) -> PatientFile:
    if document is None:
        return PatientFile()
    if protocol is None:
        raise CaseError("The case holds a patient's facts, and no protocol that asks for them.")
    name, text = document["name"], document[TEXT]
    return PatientFile.read(text, name=name, protocol=protocol.protocol)


def _findings(document: Json) -> Findings | None:
    try:
        return None if document is None else Findings.from_json(document)
    except ValueError:
        return None


def _screen_json(screen: Screen) -> Json:
    return {
        "plan": screen.plan,
        "cut": screen.cut,
        "margin_mm": screen.margin_mm,
        "locked": screen.locked,
    }


CHOSEN = frozenset(_screen_json(Screen()))
"""All that today's versions write of what is chosen on screen."""


def _screen(document: Json) -> Screen:
    return Screen(
        plan=document.get("plan", 0),
        cut=document.get("cut", document.get("plane")),  # "plane": while there were planes only
        margin_mm=document.get("margin_mm", DEFAULT_MARGIN_MM),
        locked=document.get("locked", False),
    )


def _plans(document: Json, screen: Mapping[str, Json]) -> tuple[Plan, ...]:
    if document is not None:
        return tuple(map(Plan.from_json, document))
    return tuple(_plans_of_planes(screen.get("plans", ())))


def _plans_of_planes(documents: Json) -> Iterator[Plan]:
    """Read plans as they were kept on screen while there were planes only."""
    for document in documents:
        planes = [Plane(point_mm=p["point_mm"], normal=p["normal"]) for p in document["planes"]]
        yield Plan(cuts=tuple(planes), name=document["name"])


def _point(values: Json) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in values)
    return x, y, z
