"""All resources of a result in one Bundle that refers to nothing outside itself."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from highdicom.sr import CodedConcept

from liverplan import NOTICE
from liverplan.dicom.documents import REPORT_TITLE
from liverplan.fhir.elements import (
    Element,
    Release,
    concept,
    given,
    hash_identifier,
    uid_identifier,
)
from liverplan.fhir.observations import Told, conclusions, judged, measured
from liverplan.fhir.study import imaging_study, patient, study_day
from liverplan.findings import Findings

if TYPE_CHECKING:
    import pydicom

_STUDY: dict[Release, str] = {"R4": "imagingStudy", "R5": "study"}
"""What a DiagnosticReport calls the images that it speaks of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Which state of a case it is (SHA-256), and who stands behind it.

    ``status`` is "final" once the whole committee has signed. ``names`` and ``issued`` are empty in
    what leaves without identity.
    """

    state_sha256: str
    status: Literal["preliminary", "final"]
    names: Sequence[str] = ()
    issued: datetime | None = None


def bundle_of(
    report: pydicom.Dataset, findings: Findings, signed: Signed, release: Release
) -> Element:
    """Return Patient, ImagingStudy, Observations and DiagnosticReport of a result.

    Parameters
    ----------
    report : Dataset
        The structured report of the result, as it was written: de-identified or not.
    findings : Findings
        The result; only what its criteria say is taken from here.
    signed : Signed
        By whom, and which state of the case.
    release : {"R4", "R5"}
        Of FHIR.
    """
    refer = _References(seed=str(report.SOPInstanceUID))
    subject, study = refer.to("Patient"), refer.to("ImagingStudy")
    told = [*measured(report), judged(findings.criteria, findings.protocol)]
    shared = given(
        status=signed.status,
        subject=subject,
        effectiveDateTime=study_day(report),
        issued=_moment(signed),
    )
    resources = [
        ("Patient", patient(report)),
        ("ImagingStudy", imaging_study(report, subject, release)),
        *_observations(told, shared, study),
        ("DiagnosticReport", _report(report, signed, shared)),
    ]
    results = [refer.to(one.name) for one in told]
    resources[-1][1].update({"result": results, _STUDY[release]: [study]})
    return given(
        resourceType="Bundle",
        identifier=hash_identifier(signed.state_sha256),
        type="collection",
        timestamp=_moment(signed),
        entry=[{"fullUrl": refer.url(name), "resource": held} for name, held in resources],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _References:
    """Names of resources within one Bundle, the same whenever it is made of the same report."""

    seed: str

    def url(self, name: str) -> str:
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{self.seed}/{name}").urn

    def to(self, name: str) -> Element:
        return {"reference": self.url(name)}


def _observations(
    told: Sequence[Told], shared: Element, study: Element
) -> Iterator[tuple[str, Element]]:
    for one in told:
        kind: Element = {"resourceType": "Observation"}
        yield one.name, {**kind, **shared, **one.element, "derivedFrom": [study]}


def _report(report: pydicom.Dataset, signed: Signed, shared: Element) -> Element:
    """Return the report; its conclusion begins with the notice."""
    title = CodedConcept(*REPORT_TITLE)
    return given(
        resourceType="DiagnosticReport",
        identifier=[
            hash_identifier(signed.state_sha256),
            uid_identifier(str(report.SOPInstanceUID)),
        ],
        code=concept(title.meaning, title),
        resultsInterpreter=[{"display": name} for name in signed.names],
        conclusion=" ".join((NOTICE, *conclusions(report))),
        **shared,
    )


def _moment(signed: Signed) -> str:
    return "" if signed.issued is None else signed.issued.isoformat(timespec="seconds")
