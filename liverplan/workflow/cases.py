"""One patient's case: assess into it, measure it again."""

from __future__ import annotations

import getpass
import logging
import os
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from liverplan import __version__, case
from liverplan.case import Actor, Case, CaseState, Record
from liverplan.eligibility.files import PatientFile, ProtocolFile
from liverplan.errors import CaseError, InputError, PlanError
from liverplan.findings import Findings, SeriesSummary, Statement
from liverplan.findings.divided import resting
from liverplan.findings.how_sure import how_sure, sources
from liverplan.followup import lengths_tenths
from liverplan.resection import Plan
from liverplan.resection.anatomy.guide import SegmentPoints, divided
from liverplan.resection.anatomy.landmarks import Landmarks, read_landmarks
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.named import SCHEME as COUINAUD
from liverplan.resection.anatomy.vessel_segments import VesselSegments
from liverplan.segmentation import Segmentation
from liverplan.segmentation.plausible import DOUBTS
from liverplan.volumetry import Liver
from liverplan.words import fates, in_english, other_readings, spoken
from liverplan.words import verdict as spoken_verdict
from liverplan.workflow.evaluate import evaluate
from liverplan.workflow.identity import images_of
from liverplan.workflow.inputs import Outlined, ct_notes, open_ct, outline
from liverplan.workflow.people import Signer
from liverplan.workflow.phase_named import phase_in
from liverplan.workflow.plans import Draft, drafts_of, needs_masks, placed
from liverplan.workflow.progress import Progress, part, tell
from liverplan.workflow.request import Request
from liverplan.workflow.segments import read_segments
from liverplan.workflow.vessels import (
    Unasked,
    read_branches,
    read_vessels,
    unasked_vessels,
    with_vessel_segments,
    with_vessels_cut,
    with_vessels_kept,
)

if TYPE_CHECKING:
    from liverplan.dicom import CT


_log = logging.getLogger(__name__)


def assess(
    path: Path,
    out: Path,
    request: Request,
    *,
    signer: Signer | None = None,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> Findings:
    """Take a CT to a verdict and keep both, with the masks and the plan, as a case.

    A case of the same series that lies at ``out`` gets a new state; its history stays. Where a
    ``signer`` does it, the line is theirs and signed with their key.

    Raises
    ------
    LiverplanError
        In one sentence; what lay at ``out`` is then as it was.
    """
    protocol = ProtocolFile.shipped(request.protocol)
    patient = PatientFile()
    if request.patient is not None:
        patient = PatientFile.load(request.patient, protocol.protocol)
    drafts, landmarks = _drafts(request)
    branches = read_branches(request)
    existing = case.open_case(out) if case.is_case(out) else None
    _require_writable(out)
    ct = open_ct(path, request.series_uid, progress=part(progress, 0.0, 0.3), cancel=cancel)
    series = summary_of(ct)
    _require_same_series(existing, series)
    made = outline(ct.volume, request, progress=part(progress, 0.3, 0.8), cancel=cancel)
    tell(progress, 0.8, "Measuring")
    found = unasked_vessels(request, ct.volume, made)
    maps, map_notes, told = _maps(request, made, landmarks or branches, found)
    liver = Liver(segmentation=made.segmentation, maps=maps)
    plan = _plan(request, drafts, liver)
    record = Record(
        series=series,
        headers=ct.headers.to_json(),
        notes=(*ct_notes(ct.notes), *made.notes, *map_notes),
        protocol=protocol,
        patient=patient,
        landmarks=landmarks,
        segment_branches=branches,
        vessel_segments=told,
        vessel_clicks=found.roots_mm,
    )
    state = CaseState(
        volume=ct.volume, segmentation=made.segmentation, plan=plan, maps=maps, record=record
    )
    state = with_biopsied(state, request.biopsied)
    findings = measure_state(state, out, liver=liver)
    if not request.allow_faults:
        _require_sound(findings)
    _log.info("%d metastases, %d cuts", len(findings.lesions), len(plan.cuts))
    tell(progress, 0.9, "Keeping the case")
    _keep(out, existing, replace(state, findings=findings), signer)
    return findings


def _require_sound(findings: Findings) -> None:
    """Refuse a plan that makes no sense on its liver, and say what is wrong with its masks."""
    if findings.faults:
        doubts = (note for note in findings.notes if note.key in DOUBTS)
        says = (*(fault.says for fault in findings.faults), *doubts)
        raise PlanError(" ".join(map(in_english, says)))


def measure_state(
    state: CaseState,
    folder: Path,
    plan: Plan | None = None,
    *,
    liver: Liver | None = None,
) -> Findings:
    """Measure one state of a case, with its own plan or with another.

    Parameters
    ----------
    state : CaseState
        With masks, a CT's series and a protocol.
    folder : Path
        Where the case lies, for a refusal's words.
    plan : Plan or None
        None: the state's own.
    liver : Liver or None
        The state's masks and maps, if they are at hand.

    Raises
    ------
    CaseError
        If something lacks.
    """
    if state.segmentation is None:
        raise CaseError(f"The case {folder} holds no masks yet, so there is nothing to measure.")
    return evaluate(
        liver or Liver(segmentation=state.segmentation, maps=state.maps),
        state.plan if plan is None else plan,
        series=state.record.ct,
        patient=state.record.facts,
        protocol=state.record.rules,
        notes=notes_of(state.record, state.segmentation),
        response=state.record.visits.response,
        biopsied=state.biopsied,
        images=images_of(state.record.ct, state.record.headers),
    )


def with_biopsied(state: CaseState, labels: Collection[int]) -> CaseState:
    """Return a state in which these metastases were biopsied, and no others.

    Raises
    ------
    CaseError
        If it holds no such metastasis.
    """
    known = state.segmentation.lesion_labels if state.segmentation is not None else ()
    unknown = sorted(set(labels) - set(known))
    if unknown:
        raise CaseError(
            f"There is no metastasis with label {', '.join(map(str, unknown))} that could have "
            f"been biopsied; there are {', '.join(map(str, known)) or 'none'}."
        )
    return replace(state, biopsied=frozenset(labels))


def notes_of(record: Record, segmentation: Segmentation) -> tuple[Statement, ...]:
    """Return what the reader must be told, old measurements that no longer hold among it."""
    found = record.notes
    if record.vessel_segments is not None:
        found = (*found, *record.vessel_segments.says)
    if record.visits:
        found = (*found, *record.visits.outdated(lengths_tenths(segmentation)))
    return found


def with_known_findings(state: CaseState, known: CaseState) -> CaseState:
    """Keep the findings of the state before where nothing that they follow from has changed.

    So a lock or another chosen cut, saved before the numbers came back, loses no result and
    voids no signature.
    """
    if state.findings is not None or known.findings is None:
        return state
    return replace(state, findings=known.findings) if _same_inputs(state, known) else state


def _same_inputs(state: CaseState, known: CaseState) -> bool:
    """Whether everything that findings follow from is the same; images where they are."""
    maps, before = state.maps, known.maps
    return (
        state.volume is known.volume
        and state.segmentation is known.segmentation
        and maps.keys() == before.keys()
        and all(found is before[scheme] for scheme, found in maps.items())
        and state.biopsied == known.biopsied
        and state.plan.to_json() == known.plan.to_json()
        and _without_results(state).documents == _without_results(known).documents
    )


def _without_results(state: CaseState) -> CaseState:
    return replace(state, findings=None, screen=None, annotations=(), key_images=())


def verdict(findings: Findings) -> str:
    """Return what is asked of a plan, a question a line.

    Number, range, threshold and reason, and what becomes of each metastasis; what other
    denominators say; on how many kept vessels it rests; which range is which, and what makes it
    wide; eligibility and, where that is open, why.
    """
    lines = (
        f"{spoken_verdict(findings)} {spoken(fates(findings), 'en')}".strip(),
        *map(in_english, other_readings(findings)),
        *map(in_english, resting(findings.vessels)),
        *map(in_english, (*how_sure(findings), *sources(findings))),
        f"Eligibility: {findings.eligibility}.",
        *map(in_english, findings.reasons),
    )
    return "\n".join(filter(None, lines))


def summary_of(ct: CT) -> SeriesSummary:
    """Summarise a CT for the findings."""
    grid = ct.volume.grid
    return SeriesSummary(
        uid=ct.info.uid,
        shape=grid.shape,
        spacing_mm=grid.spacing_mm,
        description=ct.info.description,
        study_date=ct.info.study_date,
        phase=phase_in(ct.info.description),
        thickness_mm=ct.headers.thickness_mm,
    )


def user() -> Actor:
    """Who works here: the account's name."""
    name = "unknown"
    with suppress(OSError, KeyError, ImportError):
        name = getpass.getuser()
    return Actor(name=name, kind="human")


def _drafts(request: Request) -> tuple[tuple[Draft, ...], Landmarks | None]:
    """Read the plan and the landmarks before the work: what is wrong with them is said at once."""
    if request.landmarks is not None and request.segments is not None:
        raise InputError("Give landmarks or a map of the segments, not both.")
    drafts = drafts_of(planes=request.planes, resections=request.resections, wedges=request.wedges)
    return drafts, None if request.landmarks is None else read_landmarks(request.landmarks)


def _plan(request: Request, drafts: tuple[Draft, ...], liver: Liver) -> Plan:
    """Place what was asked for on the liver and its vessels."""
    plan = placed(drafts, liver.shapes if needs_masks(drafts) else None)
    plan = with_vessels_cut(plan, liver.maps, request.vessels_cut)
    return with_vessels_kept(plan, liver, request.vessels_kept)


def _maps(
    request: Request,
    made: Outlined,
    points: SegmentPoints | None,
    found: Unasked,
) -> tuple[dict[str, PartMap], tuple[Statement, ...], VesselSegments | None]:
    """Return a back end's maps, with segments by what was given in place of its own.

    Where nothing gives segments they follow from the vessels, if there are any.
    """
    maps, notes = {**made.maps, **found.maps}, found.notes
    if request.segments is not None:
        maps[COUINAUD], of_segments = read_segments(request.segments, made.segmentation)
        notes = (*notes, *of_segments)
    if request.vessels is not None:
        maps |= read_vessels(request.vessels, made.segmentation)
    if points is not None:
        maps[COUINAUD] = divided(made.segmentation, maps, points)
    maps, told, why_not = with_vessel_segments(made.segmentation, maps)
    return maps, (*notes, *why_not), told


def _require_writable(out: Path) -> None:
    """Refuse before the work, not after it, where the case could not be kept."""
    place = next(p for p in (out.absolute(), *out.absolute().parents) if p.exists())
    if not os.access(place, os.W_OK):
        raise CaseError(f"The case cannot be kept: {place} cannot be written.")


def _require_same_series(existing: Case | None, series: SeriesSummary) -> None:
    if existing is None:
        return
    uid = (existing.document("series") or {}).get("uid", series.uid)
    if uid != series.uid:
        raise CaseError(
            f"The case {existing.folder} holds another CT series ({uid}); choose another folder."
        )


def _keep(out: Path, existing: Case | None, state: CaseState, signer: Signer | None) -> None:
    what = f"Assessed with liverplan {__version__}"
    actor, key = (user(), None) if signer is None else (signer.actor, signer.secret)
    if existing is None:
        case.create_case(out, state=state, actor=actor, what=what, key=key)
    else:
        # Signatures stay, visibly void where what they cover has changed.
        state = replace(state, signatures=tuple(existing.state_json["signatures"]))
        existing.commit(state, actor=actor, what=what, why="Assessed again", key=key)
