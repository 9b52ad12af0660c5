"""One patient's case: assess into it, measure it again, suggest a plane, verify it."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

from liverplan import __version__, case, report
from liverplan.case import Actor, Case, CaseState
from liverplan.dicom import CT
from liverplan.eligibility import (
    Patient,
    Protocol,
    parse_patient,
    parse_protocol,
    protocol_text,
)
from liverplan.eligibility.strict import read_text
from liverplan.errors import CaseError, InputError
from liverplan.findings import Findings, SeriesSummary
from liverplan.resection import Plan, Plane
from liverplan.volumetry import Suggestion, VolumeIndex, best_plane, front
from liverplan.workflow.evaluate import evaluate
from liverplan.workflow.inputs import Request, open_ct, outline, planes_of
from liverplan.workflow.progress import Progress, part, tell
from liverplan.workflow.response import outdated, response_in

FRONT_MARGINS_MM = tuple(float(mm) for mm in range(31))


def assess(
    path: Path,
    out: Path,
    request: Request,
    *,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> Findings:
    """Take a CT to a verdict and keep both, with the masks and the plan, as a case.

    A case of the same series that lies at ``out`` gets a new state; its history stays.

    Raises
    ------
    LiverplanError
        In one sentence; what lay at ``out`` is then as it was.
    """
    given = _documents(request)
    protocol, patient = protocol_of(given), patient_of(given)
    planes = planes_of(request)
    existing = case.open_case(out) if case.is_case(out) else None
    _require_writable(out)
    ct = open_ct(path, request.series_uid, progress=part(progress, 0.0, 0.3), cancel=cancel)
    series = summary_of(ct)
    _require_same_series(existing, series)
    made = outline(ct.volume, request, progress=part(progress, 0.3, 0.8), cancel=cancel)
    tell(progress, 0.8, "Measuring")
    notes = (*ct.notes, *made.notes)
    findings = evaluate(
        made.segmentation,
        planes,
        maps=made.maps,
        series=series,
        patient=patient,
        protocol=protocol,
        notes=notes,
    )
    tell(progress, 0.9, "Keeping the case")
    documents = {
        "series": asdict(series),
        "headers": ct.headers.to_json(),
        "notes": list(notes),
        **given,
        "findings": findings.to_json(),
    }
    state = CaseState(
        volume=ct.volume,
        segmentation=made.segmentation,
        plan=Plan(cuts=planes),
        maps=made.maps,
        documents=documents,
    )
    _keep(out, existing, state)
    return findings


def measure_case(folder: Path) -> Findings:
    """Measure a stored case again: the same inputs give the same result.

    Raises
    ------
    CaseError
        If there is no case, or it holds nothing to measure.
    """
    return measure_state(case.open_case(folder).state, folder)


def measure_state(
    state: CaseState, folder: Path, plan: Plan | Sequence[Plane] | None = None
) -> Findings:
    """Measure one state of a case, with its own plan or with another."""
    if state.segmentation is None:
        raise CaseError(f"The case {folder} holds no masks yet, so there is nothing to measure.")
    return evaluate(
        state.segmentation,
        state.plan if plan is None else plan,
        maps=state.maps,
        series=_summary(state.documents["series"]),
        patient=patient_of(state.documents),
        protocol=protocol_of(state.documents),
        notes=(*state.documents["notes"], *outdated(state.documents, state.segmentation)),
        response=response_in(state.documents),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedPlane:
    """The best plane at a margin, and how the remnant falls as the margin grows."""

    best: Suggestion
    front: tuple[Suggestion, ...]
    threshold_fraction: float

    def to_json(self) -> dict[str, Any]:
        """Return a plain document: mm, mL and fractions."""
        return {
            "schema": "liverplan.suggestion/1",
            **_suggestion_json(self.best),
            "front": [_suggestion_json(point) for point in self.front],
            "threshold_fraction": self.threshold_fraction,
        }

    def in_words(self) -> str:
        """Return the suggestion as a few lines, with the plane as `assess` takes it."""
        plane = ",".join(f"{x:.3f}" for x in (*self.best.plane.point_mm, *self.best.plane.normal))
        share, limit = 100 * self.best.remnant_fraction, 100 * self.threshold_fraction
        words = "above" if self.best.remnant_fraction > self.threshold_fraction else "not above"
        return (
            f"Best plane at {self.best.margin_mm:g} mm: remnant {self.best.remnant_ml:.1f} mL, "
            f"{share:.1f} % of the functional liver, {words} {limit:g} %.\n--plane {plane}\n"
            "It knows nothing of vessels."
        )


def suggest(folder: Path, margin_mm: float) -> SuggestedPlane:
    """Find the plane that removes every metastasis with a margin and leaves the most.

    Raises
    ------
    CaseError, PlanError
        If the case has no masks or no metastases, or no plane does it.
    """
    if not 0 <= margin_mm <= 100:
        raise InputError(f"A margin of {margin_mm:g} mm is not between 0 and 100 mm.")
    state = case.open_case(folder).state
    if state.segmentation is None:
        raise CaseError(f"The case {folder} holds no masks yet, so no plane can be suggested.")
    index = VolumeIndex.build(state.segmentation)
    return SuggestedPlane(
        best=best_plane(index, margin_mm),
        front=front(index, FRONT_MARGINS_MM),
        threshold_fraction=protocol_of(state.documents).threshold_fraction,
    )


def verify_case(folder: Path) -> None:
    """Check every hash of a case and its audit chain.

    Raises
    ------
    CaseError
        If anything was altered; every fault is named.
    """
    faults = case.verify(folder)
    if faults:
        raise CaseError(f"The case {folder} was altered: {'; '.join(faults)}.")


def verdict(findings: Findings) -> str:
    """Return the verdict in words: number, range, threshold, reason; then eligibility."""
    return f"{report.verdict(findings)}\nEligibility: {findings.eligibility}."


def summary_of(ct: CT) -> SeriesSummary:
    """Summarise a CT for the findings."""
    grid = ct.volume.grid
    return SeriesSummary(
        uid=ct.info.uid,
        shape=grid.shape,
        spacing_mm=grid.spacing_mm,
        description=ct.info.description,
        study_date=ct.info.study_date,
    )


def protocol_of(documents: Mapping[str, Any]) -> Protocol:
    """Read the protocol that a case holds."""
    return parse_protocol(documents["protocol"]["toml"], name=documents["protocol"]["name"])


def patient_of(documents: Mapping[str, Any]) -> Patient:
    """Read the attested facts that a case holds; none if it holds none."""
    facts = documents["patient"]
    if not facts["toml"]:
        return Patient()
    return parse_patient(facts["toml"], name=facts["name"], protocol=protocol_of(documents))


def user() -> Actor:
    """Who works here: the account's name."""
    name = "unknown"
    with suppress(OSError, KeyError, ImportError):
        name = getpass.getuser()
    return Actor(name=name, kind="human")


def _documents(request: Request) -> dict[str, Any]:
    """Take the protocol and the patient's facts into the case as they were given."""
    patient = request.patient
    toml = "" if patient is None else read_text(patient, what="patient file")
    return {
        "protocol": {"name": request.protocol, "toml": protocol_text(request.protocol)},
        "patient": {"name": "" if patient is None else str(patient), "toml": toml},
    }


def _summary(document: dict[str, Any]) -> SeriesSummary:
    values: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in document.items()
    }
    return SeriesSummary(**values)


def _require_writable(out: Path) -> None:
    """Refuse before the work, not after it, where the case could not be kept."""
    place = next(p for p in (out.absolute(), *out.absolute().parents) if p.exists())
    if not os.access(place, os.W_OK):
        raise CaseError(f"The case cannot be kept: {place} cannot be written.")


def _require_same_series(existing: Case | None, series: SeriesSummary) -> None:
    if existing is None:
        return
    uid = existing.documents["series"]["uid"]
    if uid != series.uid:
        raise CaseError(
            f"The case {existing.folder} holds another CT series ({uid}); choose another folder."
        )


def _keep(out: Path, existing: Case | None, state: CaseState) -> None:
    what = f"Assessed with liverplan {__version__}"
    if existing is None:
        case.create_case(out, state=state, actor=user(), what=what)
    else:
        # Signatures stay, visibly void where what they cover has changed.
        state = replace(state, signatures=tuple(existing.state_json["signatures"]))
        existing.commit(state, actor=user(), what=what, why="Assessed again")


def _suggestion_json(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "margin_mm": suggestion.margin_mm,
        "plane": {
            "point_mm": suggestion.plane.point_mm.tolist(),
            "normal": suggestion.plane.normal.tolist(),
        },
        "remnant_ml": suggestion.remnant_ml,
        "remnant_fraction": suggestion.remnant_fraction,
    }
