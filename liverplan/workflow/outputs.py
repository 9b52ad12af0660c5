"""What comes out: labels, reports, DICOM."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Event
from typing import Literal

from liverplan import case, dicom, report
from liverplan.anatomy import lesion_name
from liverplan.case import Case
from liverplan.errors import CaseError, InputError, PlanError
from liverplan.report import AuditRow, PlanRow, ReportInput
from liverplan.resection import Plan
from liverplan.segmentation import write_mask_file
from liverplan.segmentation.labels import LIVER
from liverplan.segmentation.results import Mask
from liverplan.volumetry.cut_checks import staying
from liverplan.volumetry.cut_volumes import PlanIndex
from liverplan.workflow.cases import measure_state, patient_of
from liverplan.workflow.committee import is_final, signature_rows
from liverplan.workflow.folders import whole_folder
from liverplan.workflow.inputs import DEFAULT_BACKEND, Point, Request, make_segmentation, open_ct
from liverplan.workflow.progress import Progress, part, tell
from liverplan.workflow.response import visits_in

Identity = Literal["shown", "hidden"]

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


def report_input(
    opened: Case, *, language: str = "en", identity: Identity = "shown"
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
        plan=state.plan,
        maps=state.maps,
        findings=measure_state(state, opened.folder),
        hashes={"case state": opened.content_sha256},
        audit=tuple(
            AuditRow(when=e.when, who=e.actor.name, kind=e.actor.kind, what=e.what, why=e.why)
            for e in opened.history
        ),
        plans=_plan_rows(opened),
        signatures=signature_rows(opened),
        visits=visits_in(state.documents) or patient_of(state.documents).visits,
        status="final" if is_final(opened) else "draft",
        language=language,
        identity=identity,
    )


def _plan_rows(opened: Case) -> tuple[PlanRow, ...]:
    """Measure the other plans that the case holds; one that makes no sense says why."""
    state = opened.state
    current = state.plan.to_json()["cuts"]
    rows = []
    for number, document in enumerate(state.documents.get("plans", ()), 1):
        plan = Plan.from_json(document)
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


def write_report(
    folder: Path, out: Path, *, language: str = "en", identity: Identity = "shown"
) -> Path:
    """Write a case's report as .html or .pdf; see `report_input` for the choices.

    Raises
    ------
    InputError
        If the name ends in neither, or the file cannot be written.
    """
    writers = {".html": report.write_html, ".pdf": report.write_pdf}
    writer = writers.get(out.suffix.lower())
    if writer is None:
        raise InputError(f"{out.name} names no report format; use .html or .pdf.")
    request = report_input(case.open_case(folder), language=language, identity=identity)
    return writer(out, request)


def export_case(folder: Path, out: Path) -> list[Path]:
    """Write a case as DICOM SEG, SR, encapsulated PDF and STL, and as plain STL files.

    Remnant and resected tissue are exported by voxel centres; the numbers are those measured.

    Raises
    ------
    InputError
        If ``out`` holds anything but an earlier export, or cannot be written.
    """
    opened = case.open_case(folder)
    request = report_input(opened)
    headers = dicom.Headers.from_json(opened.state.documents["headers"])
    parts = _parts(request)
    with whole_folder(out, _is_export) as filled:
        seg = dicom.write_seg(
            filled / "segmentation.dcm",
            request.segmentation,
            headers,
            remnant=parts.get("remnant"),
            resected=parts.get("resected"),
        )
        dicom.write_sr(filled / "measurements.dcm", request.findings, headers, seg)
        dicom.write_pdf(filled / "report.dcm", report.pdf_of(request), headers)
        for number, (name, mask) in enumerate(_structures(request, parts), 1):
            stl = dicom.stl_of(mask, request.segmentation.grid)
            (filled / f"{name}.stl").write_bytes(stl)
            dicom.write_stl_object(
                filled / f"{name}.stl.dcm", stl, headers, name=name, number=number
            )
    return sorted(out.iterdir())


def _parts(request: ReportInput) -> dict[str, Mask]:
    """Masks of the functional tissue that stays and that is removed; none without a cut."""
    if not request.plan.cuts:
        return {}
    functional = request.segmentation.labels == LIVER
    index = PlanIndex.build(request.segmentation, request.maps)
    remnant = functional & staying(index, request.plan)
    return {"remnant": remnant, "resected": functional & ~remnant}


def _structures(request: ReportInput, parts: Mapping[str, Mask]) -> Iterator[tuple[str, Mask]]:
    segmentation = request.segmentation
    yield "liver", segmentation.liver
    for label in segmentation.lesion_labels:
        yield lesion_name(label).lower().replace(" ", "_"), segmentation.lesion(label)
    yield from ((name, mask) for name, mask in parts.items() if mask.any())


def _is_export(name: str) -> bool:
    return name.endswith((".dcm", ".stl"))
