"""What comes out: labels, reports, DICOM."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Event

from liverplan import case, dicom, report
from liverplan.case import Case
from liverplan.errors import CaseError, InputError
from liverplan.report import AuditRow, ReportInput
from liverplan.segmentation import write_mask_file
from liverplan.workflow.cases import measure_state
from liverplan.workflow.inputs import DEFAULT_BACKEND, Point, Request, make_segmentation, open_ct
from liverplan.workflow.progress import Progress, part, tell

LABEL_FORMATS = (".nii.gz", ".nrrd", ".dcm")


def segment_to_file(
    path: Path,
    out: Path,
    *,
    series_uid: str | None = None,
    clicks: Sequence[Point] = (),
    backend: str = DEFAULT_BACKEND,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> tuple[str, ...]:
    """Find the liver and the clicked metastases, write them, and return what is to be said.

    Raises
    ------
    InputError
        If the file's name ends in none of ``LABEL_FORMATS``, or it cannot be written.
    """
    if not out.name.lower().endswith(LABEL_FORMATS):
        raise InputError(f"{out.name} names no label format; use {', '.join(LABEL_FORMATS)}.")
    ct = open_ct(path, series_uid, progress=part(progress, 0.0, 0.3), cancel=cancel)
    request = Request(clicks=tuple(clicks), backend=backend)
    segmentation, notes = make_segmentation(
        ct.volume, request, progress=part(progress, 0.3, 0.9), cancel=cancel
    )
    tell(progress, 0.9, "Writing")
    if out.suffix.lower() == ".dcm":
        dicom.write_seg(out, segmentation, ct.headers)
    else:
        write_mask_file(out, segmentation)
    return (*ct.notes, *notes)


def report_input(opened: Case) -> ReportInput:
    """Everything that a case's report shows.

    Raises
    ------
    CaseError
        If the case was not measured yet.
    """
    state = opened.state
    if state.volume is None or state.segmentation is None:
        raise CaseError(f"The case {opened.folder} holds no masks yet, so there is no report.")
    return ReportInput(
        volume=state.volume,
        segmentation=state.segmentation,
        planes=state.planes,
        findings=measure_state(state, opened.folder),
        hashes={"case state": opened.content_sha256},
        audit=tuple(
            AuditRow(when=e.when, who=e.actor.name, kind=e.actor.kind, what=e.what, why=e.why)
            for e in opened.history
        ),
    )


def write_report(folder: Path, out: Path) -> Path:
    """Write a case's report as .html or .pdf.

    Raises
    ------
    InputError
        If the name ends in neither, or the file cannot be written.
    """
    writers = {".html": report.write_html, ".pdf": report.write_pdf}
    writer = writers.get(out.suffix.lower())
    if writer is None:
        raise InputError(f"{out.name} names no report format; use .html or .pdf.")
    return writer(out, report_input(case.open_case(folder)))


def export_case(folder: Path, out: Path) -> list[Path]:
    """Write a case as DICOM SEG, SR, encapsulated PDF and STL; return the files."""
    opened = case.open_case(folder)
    request = report_input(opened)
    headers = dicom.Headers.from_json(opened.state.documents["headers"])
    return dicom.export(
        out,
        segmentation=request.segmentation,
        planes=request.planes,
        findings=request.findings,
        headers=headers,
        pdf=report.pdf_of(request),
    )
