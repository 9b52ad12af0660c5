"""What comes out: labels, reports, DICOM."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Literal

from liverplan import case, dicom, report
from liverplan.case import Case, CaseState, Record, Register
from liverplan.dicom.deidentify import Rules, deidentify_headers
from liverplan.errors import CaseError, InputError, PlanError
from liverplan.fhir.elements import Release
from liverplan.findings import Statement
from liverplan.report import AuditRow, PlanRow, ReportInput
from liverplan.segmentation import Prompt, Segmentation, write_mask_file
from liverplan.segmentation.labels import LIVER
from liverplan.workflow.cases import measure_state, user
from liverplan.workflow.committee import is_final, signature_rows
from liverplan.workflow.exporting import FHIR_FILE, parts_of, standing_of, trail_end, write_objects
from liverplan.workflow.folders import whole_folder
from liverplan.workflow.inputs import ct_notes, make_segmentation, open_ct
from liverplan.workflow.people import Signer
from liverplan.workflow.progress import Progress, part, tell
from liverplan.workflow.registering import note_in, require_as_noted
from liverplan.workflow.remeasuring import measured_again
from liverplan.workflow.request import DEFAULT_BACKEND, Request

Identity = Literal["shown", "hidden"]

WITH, WITHOUT = "with its patient", "without names, dates and identifiers"
"""What a trail says of a report or an export, whose identity is shown or hidden."""
LABEL_FORMATS = (".nii.gz", ".nrrd", ".dcm")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Written:
    """Labels that were written, and what is to be said of them."""

    segmentation: Segmentation
    notes: tuple[Statement, ...]

    def to_json(self, speak: Callable[[Statement], str]) -> dict[str, object]:
        """Return each label with its volume and what made it, the notes as `speak` says them."""
        masks = self.segmentation
        return {
            "schema": "liverplan.segmentation/1",
            "labels": [
                {
                    "label": label,
                    "volume_ml": masks.volume_ml(label),
                    "method": made.method,
                    "version": made.version,
                    "origin": made.origin,
                    **made.network,
                }
                for label, made in sorted(masks.provenance.items())
            ],
            **masks.provenance[LIVER].network,
            "version": masks.provenance[LIVER].version,
            "notes": [speak(note) for note in self.notes],
        }


def segment_to_file(
    path: Path,
    out: Path,
    *,
    series_uid: str | None = None,
    prompts: Sequence[Prompt] = (),
    backend: str = DEFAULT_BACKEND,
    lesion_backend: str = DEFAULT_BACKEND,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> Written:
    """Find the liver and the clicked metastases, write them, and say what was written.

    Raises
    ------
    InputError
        If the file's name ends in none of ``LABEL_FORMATS``, or it cannot be written.
    """
    if not out.name.lower().endswith(LABEL_FORMATS):
        raise InputError(f"{out.name} names no label format; use {', '.join(LABEL_FORMATS)}.")
    ct = open_ct(path, series_uid, progress=part(progress, 0.0, 0.3), cancel=cancel)
    request = Request(
        prompts=tuple(prompts),
        backend=backend,
        lesion_backend=lesion_backend,
    )
    segmentation, notes = make_segmentation(
        ct.volume, request, progress=part(progress, 0.3, 0.9), cancel=cancel
    )
    tell(progress, 0.9, "Writing")
    if out.suffix.lower() == ".dcm":
        dicom.write_seg(out, segmentation, ct.headers)
    else:
        write_mask_file(out, segmentation)
    return Written(segmentation=segmentation, notes=(*ct_notes(ct.notes), *notes))


def report_input(
    opened: Case,
    *,
    language: str = "en",
    identity: Identity = "shown",
    register: Register | None = None,
) -> ReportInput:
    """Everything that a case's report shows.

    Parameters
    ----------
    opened : Case
        The case.
    language : {"en", "sv"}
        Of the report's own words.
    identity : {"shown", "hidden"}
        "hidden" leaves out names, dates and identifiers.
    register : Register or None
        That lies beside the case: the report says where it ends.

    Raises
    ------
    CaseError
        If the case was not measured yet.
    """
    state = opened.state
    if state.volume is None or state.segmentation is None:
        raise CaseError(f"The case {opened.folder} holds no masks yet, so there is no report.")
    return ReportInput(
        patient=_secrets(state.record) if identity == "hidden" else {},
        volume=state.volume,
        segmentation=state.segmentation,
        plan=state.plan,
        maps=state.maps,
        findings=measured_again(opened),
        hashes={
            "case state": opened.content_sha256,
            "audit trail": trail_end(opened),
            **({} if register is None else {"register": register.head}),
        },
        audit=tuple(
            AuditRow(when=e.when, who=e.actor.name, kind=e.actor.kind, what=e.what, why=e.why)
            for e in opened.history
        ),
        plans=_plan_rows(opened),
        signatures=signature_rows(opened),
        visits=state.record.visits.visits or state.record.facts.visits,
        key_images=tuple(
            image
            for image in state.key_images
            if identity == "shown" or not image.written_on  # what was written may name somebody
        ),
        status="final" if is_final(opened) else "draft",
        language=language,
        identity=identity,
    )


def _plan_rows(opened: Case) -> tuple[PlanRow, ...]:
    """Measure the other plans that the case holds; one that makes no sense says why."""
    state = opened.state
    current = state.plan.to_json()["cuts"]
    rows = []
    for number, plan in enumerate(state.plans, 1):
        if not plan.cuts or plan.to_json()["cuts"] == current:
            continue
        name = plan.name or str(number)
        try:
            found = measure_state(state, opened.folder, plan)
        except PlanError as error:
            rows.append(PlanRow(name=name, findings=None, refusal=str(error)))
        else:
            rows.append(PlanRow(name=name, findings=found))
    return tuple(rows)


def _secrets(record: Record) -> dict[str, str]:
    """Whatever names somebody in the CT's headers or the facts, so that no sentence repeats it."""
    texts: list[str] = []
    if record.headers is not None:
        texts += dicom.Headers.from_json(record.headers).identifying_texts()
    facts = record.facts.facts.values()
    texts += [text for fact in facts for text in (fact.by, fact.note) if text]
    return {str(number): text for number, text in enumerate(texts)}


def write_report(
    folder: Path,
    out: Path,
    *,
    language: str = "en",
    identity: Identity = "shown",
    register: Path | None = None,
    signer: Signer | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write a case's report as .html or .pdf; see `report_input` for the choices.

    A register that is named here notes where the case ends then; the line that says so in the
    trail is the ``signer``'s, if there is one.

    Raises
    ------
    InputError
        If the name ends in neither, or the file cannot be written.
    CaseError
        If the case is not the one that its register noted.
    """
    writers = {".html": report.write_html, ".pdf": report.write_pdf}
    writer = writers.get(out.suffix.lower())
    if writer is None:
        raise InputError(f"{out.name} names no report format; use .html or .pdf.")
    tell(progress, 0.1, "Measuring the case again")
    opened = case.open_case(folder)
    known = require_as_noted(opened, register)
    request = report_input(opened, language=language, identity=identity, register=known)
    tell(progress, 0.5, "Drawing the report")
    written = writer(out, request)
    note_in(_noted(opened, f"Wrote the report {_kind(identity)}", signer), register)
    return written


def _noted(opened: Case, what: str, signer: Signer | None) -> Case:
    """Add to the trail what left the case; a case that nobody may write to any more stays."""
    actor, key = (user(), None) if signer is None else (signer.actor, signer.secret)
    if os.access(opened.folder / case.TRAIL, os.W_OK) and os.access(opened.folder, os.W_OK):
        return opened.note(actor=actor, what=what, key=key)
    return opened


def _kind(identity: Identity) -> str:
    return WITH if identity == "shown" else WITHOUT


def export_case(  # noqa: PLR0913 - one argument a choice, as the command has them
    folder: Path,
    out: Path,
    *,
    rules: Rules | None = None,
    ct: Path | None = None,
    release: Release | None = None,
    register: Path | None = None,
    signer: Signer | None = None,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> list[Path]:
    """Write a case as DICOM SEG, SR, encapsulated PDF and STL, as plain STL files and as glTF.

    Remnant and resected tissue are exported in whole voxels that sum up to the numbers measured.

    Parameters
    ----------
    folder, out : Path
        The case, and the folder to write.
    rules : Rules, optional
        De-identify everything by these; the report then hides identity.
    ct : Path, optional
        Where the CT itself lies: its files are de-identified by the same rules into ``ct/``.
    release : {"R4", "R5"}, optional
        Write the result as FHIR resources too, a Bundle of that release.
    register : Path, optional
        What notes where the case ends then.
    signer : Signer, optional
        Whose line in the trail it is.

    Raises
    ------
    InputError
        If ``out`` holds anything but an earlier export, or cannot be written.
    DicomError
        If ``ct`` does not hold the case's CT, or cannot be cleaned.
    """
    opened = case.open_case(folder)
    tell(progress, 0.0, "Measuring")
    known = require_as_noted(opened, register)
    identity: Identity = "shown" if rules is None else "hidden"
    request = report_input(opened, identity=identity, register=known)
    headers = headers_of(opened.state)
    remnant_ml = request.findings.volumes.remnant_ml
    parts = parts_of(request.segmentation, request.plan, request.maps, remnant_ml)
    with whole_folder(out, _is_export) as filled:
        tell(progress, 0.2, "Writing")
        standing = standing_of(opened, rules)
        write_objects(filled, request, headers, parts, standing, rules, release)
        if ct is not None and rules is not None:
            onward = part(progress, 0.6, 1.0)
            dicom.deidentify_series(
                ct, headers, filled / "ct", rules, progress=onward, cancel=cancel
            )
    note_in(_noted(opened, f"Exported {_kind(identity)}", signer), register)
    return sorted(path for path in out.rglob("*") if path.is_file())


def export_notes(folder: Path, rules: Rules | None = None) -> tuple[Statement, ...]:
    """Say which values of the CT's headers an export of this case corrects or leaves out.

    Of a de-identified one nothing is said of what de-identifying removes in any case.
    """
    headers = headers_of(case.open_case(folder).state)
    return dicom.header_notes(headers if rules is None else deidentify_headers(headers, rules))


def headers_of(state: CaseState) -> dicom.Headers:
    """Return the CT's headers.

    Raises
    ------
    CaseError
        If the case holds none, so that nothing can be written as DICOM.
    """
    if state.record.headers is None:
        raise CaseError("The case holds no DICOM headers, so nothing can be written as DICOM.")
    return dicom.Headers.from_json(state.record.headers)


def _is_export(name: str) -> bool:
    return name.endswith((".dcm", ".stl", ".glb")) or name in {"ct", FHIR_FILE}
